"""Small wordings that Markdown, cards and digests share: clean text, titles, addresses, authors, widths."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from urllib.parse import quote

from bot.i18n import Words
from storage.records import AnnounceType, Paper

ARXIV = "https://arxiv.org"

# Control characters but tab and newline; the marks that turn the direction of what follows (they could make a link
# read backwards); halves of surrogate pairs, which no encoder takes; the byte order mark.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
# Titles of feeds before 2024 end in "(arXiv:2312.13307v2 [cs.LG] UPDATED)"; a title of its own may end in an id alone.
_FEED_SUFFIX = re.compile(r"\s*\(arXiv:[^()\s]+v\d+ \[[^()\[\]]*\][^()]*\)$")
# A line must not begin with these, nor end with those.
_NOT_FIRST = frozenset("，。、；：？！）》」』】〕”’…,.;:?!)]}%")
_NOT_LAST = frozenset("（《「『【〔“‘([{")
_WORDS = re.compile(r"\s+|[^\s]+")


def clean(text: str) -> str:
    """The text with line breaks of every kind as newlines, and without control characters and direction marks."""
    return _UNWANTED.sub("", "\n".join(text.splitlines()).replace("\t", " "))


def one_line(text: str) -> str:
    """The clean text on one line; runs of spaces within a line stay as they are."""
    return " ".join(piece for line in clean(text).split("\n") if (piece := line.strip()))


def visible(text: str) -> bool:
    """Whether a reader sees anything of the text; Telegram refuses a message with a block that shows nothing."""
    return any(character.isprintable() and not character.isspace() for character in text)


def plain_title(title: str) -> str:
    """The title on one line without the "(arXiv:… [cs.LG])" that old feeds put behind it."""
    line = one_line(title)
    return _FEED_SUFFIX.sub("", line) or line


def abs_url(arxiv_id: str, base: str = ARXIV) -> str:
    """The address of the paper's abstract page; an id with a version behind it leads to that version."""
    return f"{base.rstrip('/')}/abs/{quote(arxiv_id, safe='/')}"


def pdf_url(arxiv_id: str, base: str = ARXIV) -> str:
    """The address of the paper's PDF; an id with a version behind it leads to that version."""
    return f"{base.rstrip('/')}/pdf/{quote(arxiv_id, safe='/')}"


def html_url(arxiv_id: str, base: str = ARXIV) -> str:
    """The address of the paper as a web page; an id with a version behind it leads to that version."""
    return f"{base.rstrip('/')}/html/{quote(arxiv_id, safe='/')}"


def shorten(text: str, limit: int) -> str:
    """The text in at most `limit` code points, cut between words where one ends near, and marked with "…"."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    end = limit - 1
    # A combining mark or joined emoji belongs to what stands before it.
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f" or text[end - 1] == "\u200d"):
        end -= 1
    head = text[:end]
    if text[end].isalnum() and (space := head.rfind(" ", max(0, end - 24))) > 0:
        head = head[:space]
    return head.rstrip(" \n,;:，；：、") + "…"


def authors_line(paper: Paper, words: Words, *, shown: int = 5, longest: int = 60) -> str:
    """The first authors, and how many there are besides, as far as that is known."""
    there = [author for author in paper.authors if visible(author)]  # cleaning the names of thousands takes a while
    listed = words("render-list-separator").join(shorten(one_line(author), longest) for author in there[:shown])
    if paper.more_authors:
        return words("render-authors-unknown", names=listed)
    if len(there) <= shown:
        return listed
    return words("render-authors-more", names=listed, more=len(there) - shown, all=len(there))


def counts_line(kinds: Collection[AnnounceType], words: Words) -> str:
    """How many entries there are of each announce type, in arXiv's order: "12 new · 3 cross-listed"."""
    numbers = {kind: sum(other is kind for other in kinds) for kind in AnnounceType}
    return " · ".join(words(f"render-count-{kind}", count=number) for kind, number in numbers.items() if number)


def display_width(text: str) -> int:
    """How many columns the text takes in a terminal."""
    return sum(map(_columns, text))


def wrap(text: str, columns: int = 100) -> list[str]:
    """The text in lines of at most `columns` columns, broken at spaces or between wide characters."""
    lines: list[str] = []
    line = ""
    width = 0
    for piece in _pieces(one_line(text), columns):
        room = display_width(piece.rstrip())
        if line and width + room > columns:
            lines.append(line.rstrip())
            line, width = "", 0
        # The space at which a line was broken belongs to no line.
        kept = piece if line else piece.lstrip()
        line += kept
        width += display_width(kept)
    return [*lines, line.rstrip()] if line.strip() else lines


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _pieces(text: str, columns: int) -> Iterator[str]:
    """Runs of characters between which a line may be broken."""
    piece = ""
    width = 0
    for before, character in zip(" " + text, text, strict=False):
        breaks = before.isspace() or (
            (_columns(before) > 1 or _columns(character) > 1)
            and character not in _NOT_FIRST
            and before not in _NOT_LAST
            and not character.isspace()
        )
        if piece and (breaks or width + _columns(character) > columns):
            yield piece
            piece, width = "", 0
        piece += character
        width += _columns(character)
    if piece:
        yield piece
