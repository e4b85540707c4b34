"""What a layout of a digest is given, and what it makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.i18n import Words
from bot.render.digest_pieces import CATEGORIES_CONTINUED, approximate_note, title_html
from bot.render.message import escape
from bot.render.names import ARXIV, counts_line
from storage.records import AnnounceType, Digest


@dataclass(frozen=True, slots=True)
class Sheet:
    """One message of a digest, without its buttons."""

    text: str
    """Telegram HTML that fits into a message. Beside `rich` it is what stands in its place where that is refused."""
    count: int
    """How many entries stand on it; those of the first sheet begin at the frame's `first`."""
    rich: str = ""
    """Rich HTML; "" for a message in Telegram HTML."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The digest around the entries that a layout is given: the ones of a single page, or all that are to be shown.

    A layout makes one sheet of a single page (`digest.look.paged`); of all it makes as many as it needs up to its most.
    """

    digest: Digest
    words: Words
    kinds: tuple[AnnounceType, ...]
    """The announce types of all entries of the digest, in order."""
    base: str = ARXIV
    first: int = 1
    """The number of the first given entry."""
    page: int = 1
    pages: int = 1
    """How many pages there are; only a digest that is paged has more than one."""

    @property
    def total(self) -> int:
        """How many entries the digest has."""
        return len(self.kinds)

    @property
    def shown(self) -> int:
        """How many of them are to stand in the chat, at most."""
        return min(self.digest.style.papers_shown or self.total, self.total)

    def head(self) -> str:
        """Telegram HTML at the top of the first message."""
        lines = [
            f"<b>arXiv</b> {title_html(self.digest, self.words.language)}",
            escape(counts_line(self.kinds, self.words)),
        ]
        if note := approximate_note(self.digest.approximate, self.words):
            lines.append(f"<i>{escape(note)}</i>")
        return "\n".join(lines)

    def continued(self, page: int, pages: int) -> str:
        """Telegram HTML at the top of a later message."""
        return f"{title_html(self.digest, self.words.language, CATEGORIES_CONTINUED)} · {page}/{pages}"

    def left_out(self, count: int) -> str:
        """Says how many entries do not stand in the chat, and where they are: plain text, "" for none."""
        if not count:
            return ""
        return self.words("render-more-in-file" if self.digest.style.has_file else "render-more", count=count)
