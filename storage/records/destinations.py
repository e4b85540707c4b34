"""Where digests go, what is wanted there, and in which form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from storage.records.papers import DEFAULT_ANNOUNCE_TYPES, AnnounceType


class ChatKind(StrEnum):
    """Telegram's kinds of chat."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Layout(StrEnum):
    """How a digest is laid out in a chat: messages in Telegram HTML, rich messages, or a head line and the file."""

    CLASSIC = "classic"
    RICH = "rich"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class DigestStyle:
    """What a destination wants a digest to look like; equal looks share one rendering."""

    layout: Layout = Layout.CLASSIC
    papers_shown: int = 0
    """How many papers stand in the chat, the rest in the file; 0 for as many as a digest's messages hold."""
    attach_file: bool = True
    """Whether the whole digest comes along as a Markdown document."""
    show_abstracts: bool = False
    """Whether abstracts stand in the chat, folded, too."""
    paged: bool = False
    """Whether it is one message that its buttons lead through; else one message a page."""

    @property
    def has_file(self) -> bool:
        """Whether the document comes along."""
        return self.attach_file or self.layout is Layout.FILE


EVERY_DAY = frozenset(range(1, 8))
"""The days of the week as ISO numbers them: Monday is 1."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A chat, or a topic of a forum (thread_id, else 0), and what it wants. `id` is 0 until it is stored."""

    chat_id: int
    kind: ChatKind
    language: str
    """The language papers are translated to, such as `zh-CN`; `en` means English only."""
    interface: str
    """The language the bot speaks here: a catalogue's name, such as `zh` or `en`."""
    timezone: str
    """An IANA name."""
    id: int = 0
    thread_id: int = 0
    title: str = ""
    username: str | None = None
    owner_id: int | None = None
    """The person who made the first subscription here; told when something breaks."""
    delivery_time: time | None = None
    """Local time of the daily digest; None means as soon as announced."""
    next_run_at: datetime | None = None
    """When the next timed digest is due (UTC). For as soon as announced None, or until when the days hold it back."""
    layout: Layout = Layout.CLASSIC
    answer_links: bool = False
    """Whether links in this group are answered without being asked."""
    paused: str | None = None
    """Why nothing is delivered at present; None when all is well."""
    papers_shown: int = 0
    attach_file: bool = True
    show_abstracts: bool = False
    """This, the two before it and `layout` are the destination's look."""
    weekdays: frozenset[int] = EVERY_DAY
    """The local days of the week (ISO) on which digests come."""
    quiet: bool = False
    """Whether digests come without a sound."""
    pin: bool = False
    """Whether the newest digest is pinned, and the one before it no longer."""

    @property
    def style(self) -> DigestStyle:
        """What digests look like here: in channels, where nobody turns pages for all others, without pages."""
        paged = self.kind is not ChatKind.CHANNEL
        return DigestStyle(
            layout=self.layout,
            papers_shown=self.papers_shown,
            attach_file=self.attach_file,
            show_abstracts=self.show_abstracts,
            paged=paged,
        )


@dataclass(frozen=True, slots=True)
class Subscription:
    """A destination's wish for one category or archive."""

    destination_id: int
    category: str
    cursor: date
    """The newest mailing date already planned for this subscription."""
    announce_types: frozenset[AnnounceType] = DEFAULT_ANNOUNCE_TYPES
