"""The nouns of the house: frozen values that every room may name; no SQL, no wire.

Times are timezone-aware and in UTC. An `arxiv_id` never carries a version. A category is canonical
(`math.NA`, never its alias `cs.NA`); where a subscription or announcement names a category it may also be a whole
archive (`cs`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

Now = Callable[[], datetime]
"""The clock as it is handed around: returns the present as an aware datetime in UTC."""


class AnnounceType(StrEnum):
    """Why a paper stands in an announcement, in arXiv's own words."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"


DEFAULT_ANNOUNCE_TYPES = frozenset({AnnounceType.NEW, AnnounceType.CROSS})


@dataclass(frozen=True, slots=True)
class Paper:
    """One version of one arXiv paper. Text is Unicode with TeX accents resolved and math left as LaTeX."""

    arxiv_id: str
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    primary_category: str
    cross_lists: tuple[str, ...] = ()
    submitted_at: datetime | None = None
    """When version 1 was submitted; feeds do not tell."""
    updated_at: datetime | None = None
    """When this version was submitted; feeds do not tell."""
    announced_on: date | None = None
    """The mailing date under which it was first seen; the query API does not tell."""
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    withdrawn: bool = False
    more_authors: bool = False
    """Whether `authors` are only the first of them: arXiv's listing pages end long lists without a sign."""

    @property
    def categories(self) -> tuple[str, ...]:
        """The primary category, then the cross-lists."""
        return (self.primary_category, *self.cross_lists)

    @property
    def source_hash(self) -> str:
        """Names the text that a translation is of: the same title and abstract need translating once."""
        return source_hash(self.title, self.abstract)


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper in an announcement."""

    paper: Paper
    announce_type: AnnounceType


class AnnouncementState(StrEnum):
    """What is known of a category's announcement for a mailing date. Only FETCHED and EMPTY are complete."""

    DUE = "due"
    FETCHED = "fetched"
    LATE = "late"
    STALE = "stale"
    EMPTY = "empty"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A category (or archive) and the date of its mailing, as arXiv's listing page dates it (US Eastern)."""

    id: int
    category: str
    mailing_date: date
    state: AnnouncementState
    entry_count: int = 0
    source: str = ""
    """Where the entries came from: the address that answered, or a file's name."""
    reason: str = ""
    """Why the state is what it is, for the log and the administrators."""
    fetched_at: datetime | None = None
    retry_at: datetime | None = None
    approximate: bool = False
    """Whether the entries were chosen by submission time, because arXiv no longer tells what it announced."""
    asked_since: datetime | None = None
    """When it was asked for first."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A whole answer of an address, with the names that its server has for it: "" where it told none."""

    url: str
    etag: str
    last_modified: str
    """An HTTP date, as it came."""
    kept_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class AnnouncedEntry:
    """An entry as it is stored: by id, with its place in the announcement (from 0)."""

    announcement_id: int
    position: int
    arxiv_id: str
    version: int
    announce_type: AnnounceType


class TextField(StrEnum):
    """The texts that a translation is made of."""

    TITLE = "title"
    ABSTRACT = "abstract"
    SUMMARY = "summary"
    SUMMARY_EN = "summary_en"


@dataclass(frozen=True, slots=True)
class Translation:
    """Title, abstract and one-sentence summary of a paper in one language, and its summary in English.

    A text that could not be made is None; whoever shows it shows the English text and marks it.
    `made_by` tells for each text which backend and model made it, for example `openai:deepseek-chat` or `extractive`.
    The versions tell in which way: of the whole pipeline, of the question put to a language model, of the glossary.
    """

    arxiv_id: str
    version: int
    language: str
    source_hash: str
    title: str | None = None
    abstract: str | None = None
    summary: str | None = None
    summary_en: str | None = None
    made_by: Mapping[str, str] = field(default_factory=dict)
    pipeline_version: int = 1
    made_at: datetime | None = None
    prompt_version: int = 0
    glossary_version: str = ""
    notes: Mapping[str, list[str]] = field(default_factory=dict)
    """For each text what the gates said to those that were turned away before it, such as `google: echo`."""
    in_english: int = 0
    """How many sentences of these texts could not be translated: they stand in English behind a mark."""

    @property
    def complete(self) -> bool:
        """Whether every text was made, to the last sentence."""
        return not self.in_english and None not in (self.title, self.abstract, self.summary, self.summary_en)

    @property
    def fullness(self) -> tuple[int, int]:
        """For telling which of two translations has more: texts, then sentences that are not in English."""
        made = sum(one is not None for one in (self.title, self.abstract, self.summary, self.summary_en))
        return made, -self.in_english


@dataclass(frozen=True, slots=True)
class OpenCard:
    """A card that was posted with less than a whole translation, and what it takes to render it once more."""

    chat_id: int
    message_id: int
    source_hash: str
    language: str
    """The language of its texts, beside English."""
    arxiv_id: str
    version: int
    asked_version: int | None
    """The version that was asked for; None where it was the newest one, whichever that was."""
    other: str
    """The language that its button changes to."""
    interface: str
    bot_name: str
    """In a channel the bot in whose private chat it opens; empty elsewhere."""
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Term:
    """An English term and how it is rendered in a language; None: it stays as it is, in every language if `*`."""

    english: str
    rendering: str | None = None
    language: str = "*"

    def __str__(self) -> str:
        """`zh-CN: prompt = 提示`, as files write it."""
        head = "" if self.language == "*" else f"{self.language}: "
        return head + self.english + (f" = {self.rendering}" if self.rendering is not None else "")


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked of translation backends. Money is in the currency of the prices in the settings."""

    requests: int = 0
    characters: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    money: Decimal = Decimal(0)

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(
            self.requests + other.requests,
            self.characters + other.characters,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.money + other.money,
        )

    def __sub__(self, other: Usage) -> Usage:
        """The one without the other."""
        less = Usage(-other.requests, -other.characters, -other.tokens_in, -other.tokens_out, -other.money)
        return self + less


@dataclass(frozen=True, slots=True)
class Spent:
    """Usage, how often nothing came of it, and how many texts were turned away at the gates."""

    used: Usage = Usage()
    failures: int = 0
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class BilingualPaper:
    """A paper with what is known of it in the reader's language: what cards and digests are rendered from."""

    paper: Paper
    translation: Translation
    announce_type: AnnounceType | None = None
    previous: Paper | None = None
    """The version before this one, where the archive has it and this one replaces it."""


@dataclass(frozen=True, slots=True)
class SavedPaper:
    """A paper on a person's reading list."""

    user_id: int
    arxiv_id: str
    version: int | None
    """The version that was saved; None for the newest, whichever that is."""
    note: str
    saved_at: datetime


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
class Look:
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
    def look(self) -> Look:
        """What digests look like here: in channels, where nobody turns pages for all others, without pages."""
        paged = self.kind is not ChatKind.CHANNEL
        return Look(self.layout, self.papers_shown, self.attach_file, self.show_abstracts, paged)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A destination's wish for one category or archive."""

    destination_id: int
    category: str
    cursor: date
    """The newest mailing date already planned for this subscription."""
    announce_types: frozenset[AnnounceType] = DEFAULT_ANNOUNCE_TYPES


class PartKind(StrEnum):
    """What a part of a digest is sent as."""

    MESSAGE = "message"
    RICH = "rich"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a digest, ready to be sent: everything needed to send it again exactly.

    MESSAGE payload: {"text": HTML, "buttons": [[{"text": …, "url": … or "callback_data": …}]]}.
    RICH payload: the same, and {"rich": {"html": rich HTML}}; `text` is what is sent where rich messages are refused.
    DOCUMENT payload: {"file_name": …, "content": text, "caption": HTML}, and "buttons" where it has any.
    """

    number: int
    kind: PartKind
    payload: Mapping[str, Any]
    content_hash: str


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """A paper in a digest, in order."""

    arxiv_id: str
    version: int
    announce_type: AnnounceType


@dataclass(frozen=True, slots=True)
class Digest:
    """What one or many destinations get: the same entries in the same language, interface and look."""

    categories: tuple[str, ...]
    mailing_dates: tuple[date, ...]
    language: str
    interface: str
    entries: tuple[DigestEntry, ...]
    look: Look = Look()
    id: int = 0
    created_at: datetime | None = None
    approximate: tuple[date, ...] = ()
    """Those of the mailing dates whose papers were chosen by submission time."""

    @property
    def key(self) -> str:
        """Names the content: two destinations with equal keys share one digest."""
        # Only where it differs from what every digest was before there was a choice: stored keys stay what they are.
        plain = asdict(Look(self.look.layout))
        changed = [f"{name}={value}" for name, value in asdict(self.look).items() if value != plain[name]]
        parts = [
            ",".join(self.categories),
            ",".join(day.isoformat() for day in self.mailing_dates),
            self.language,
            self.interface,
            self.look.layout,
            *changed,
            *(f"approximate={day.isoformat()}" for day in self.approximate),
            *(f"{entry.arxiv_id}v{entry.version}:{entry.announce_type}" for entry in self.entries),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


class DeliveryState(StrEnum):
    """Where a part stands on its way to a destination."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One part of a digest on its way to one destination, with what the sender needs.

    A row with a message_id was sent before: claiming it again means editing that message to the part's content, or
    deleting it where the digest no longer has such a part (`part` is None).
    """

    id: int
    digest_id: int
    destination: Destination
    number: int
    part: Part | None
    state: DeliveryState
    message_id: int | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram accepted the message (or the edit)."""

    message_id: int
    no_rich: bool = False
    """Whether it had to be sent without its rich layout, which this chat's server refuses."""


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Not sent; may be tried again at that time. `whole_bot` when the limit is on everything the bot sends."""

    at: datetime
    reason: str
    whole_bot: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """Not sent: the group became a supergroup with this id."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Gone:
    """Not sent: the bot may not write there (blocked, kicked, no rights, chat or topic deleted)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not sent: Telegram refuses this content for good."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody knows whether it was sent: the answer never came."""

    reason: str
    look_at: datetime | None = None
    """When to look whether it arrived; None where somebody has to decide."""


Outcome = Sent | RetryAt | Moved | Gone | Refused | Unsure


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """A paper's texts under the names of the JSONL form: what the Markdown digest is rendered from.

    `tldr` is the summary in the reader's language, `tldr_en` the English one; an empty string where there is none.
    """

    arxiv_id: str
    link: str
    title: str
    abstract: str
    translated_title: str
    translated_abstract: str
    tldr: str
    tldr_en: str


def source_hash(title: str, abstract: str) -> str:
    """The name of a text: its first 32 hexadecimal digits of SHA-256."""
    return hashlib.sha256(f"{title}\n\n{abstract}".encode()).hexdigest()[:32]


def newer(known: Paper | None, seen: Paper) -> Paper:
    """What to keep of two views of one version: the seen one, with what only the known one could tell."""
    if known is None or known.version != seen.version:
        return seen
    whole = known if known.authors and (seen.more_authors or not seen.authors) else seen
    return replace(
        seen,
        abstract=seen.abstract or known.abstract,
        authors=whole.authors,
        more_authors=whole.more_authors,
        submitted_at=seen.submitted_at or known.submitted_at,
        updated_at=seen.updated_at or known.updated_at,
        announced_on=known.announced_on or seen.announced_on,
        comment=seen.comment or known.comment,
        journal_ref=seen.journal_ref or known.journal_ref,
        doi=seen.doi or known.doi,
        withdrawn=seen.withdrawn or known.withdrawn,
    )
