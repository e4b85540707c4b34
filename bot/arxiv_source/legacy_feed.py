"""What feeds had in another form before February 2024: titles that tell the id, and text that is HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.arxiv_source import categories
from bot.arxiv_source.ids import ArxivId, parse_id
from storage.records import AnnounceType

_HEADING = re.compile(
    r"(?P<title>.*\S)\s*\((?P<id>arXiv:[^\s()]{1,40})(?:\s+\[(?P<category>[A-Za-z.-]{1,24})\])?"
    r"(?:\s+(?P<mark>UPDATED|CROSS LISTED))?\)"
)
_LINK = re.compile(r'<a\s[^<>]*?href="([^"<>]*)"[^<>]*>([^<>]*)</a>', re.IGNORECASE)
_PARAGRAPH = re.compile(r"</?p>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A title, and what stood behind it: `(arXiv:2401.11174v1 [cs.CV] UPDATED)`."""

    title: str
    paper: ArxivId | None = None
    category: str | None = None
    mark: str | None = None

    def announce_type(self, query: str, listed: Sequence[str]) -> AnnounceType | None:
        """The announce type that the mark tells, in the feed of `query`; None for a title of today's form."""
        if self.paper is None:
            return None
        if self.mark == "UPDATED":
            elsewhere = categories.canonical(query) is not None and not categories.covers(query, listed)
            return AnnounceType.REPLACE_CROSS if elsewhere else AnnounceType.REPLACE
        return AnnounceType.CROSS if self.mark == "CROSS LISTED" else AnnounceType.NEW


def heading(title: str) -> Heading:
    """The heading of an entry, of either form. Titles of old had a full stop added to them."""
    match = _HEADING.fullmatch(title)
    paper = parse_id(match["id"]) if match is not None else None
    if match is None or paper is None:
        return Heading(title)
    own = match["title"]
    own = own[:-1] if own.endswith(".") and not own.endswith("..") else own
    return Heading(own, paper, match["category"], match["mark"])


def plain(text: str) -> str:
    """HTML of old as text: addresses instead of links to them, names instead of links to people's papers."""
    return html.unescape(_PARAGRAPH.sub("", _LINK.sub(_link_text, text)))


def _link_text(match: re.Match[str]) -> str:
    return match[1] if match[2].startswith("this http") else match[2]
