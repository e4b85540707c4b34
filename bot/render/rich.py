"""The rich layout: a table of titles and summaries, then a folded block per paper with everything (pure).

The form of the Markdown digest as rich messages of Bot API 10.1, in as many as keep its limits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.render.card import texts_of
from bot.render.classic import classic_sheets
from bot.render.digest_pieces import (
    CATEGORIES_CONTINUED,
    Longest,
    approximate_note,
    change_lines,
    entry_html,
    marks_of,
    title_html,
)
from bot.render.message import MESSAGE, SEPARATOR, escape, group, length, link, measure
from bot.render.names import abs_url, authors_line, counts_line, one_line, pdf_url, shorten, visible
from bot.render.rich_text import rich_text
from bot.render.sheet import Frame, Sheet
from storage.records import BilingualPaper, DigestStyle

MAX_RICH_MESSAGES = 3
"""A rich message holds about eight times as much as another one; what is beyond these stands in the file."""

_PAGE = 8
_AUTHORS_SHOWN = 10
_CATEGORIES_OF_A_PAPER = 8
_ROOMY = Longest(abstract=4000)
_NO_ABSTRACTS = Longest(abstract=0)
# A page always holds the same papers: where these are too long together, all are held to the next of these.
_TIGHTER = (_ROOMY, Longest(abstract=1500), Longest(abstract=600), _NO_ABSTRACTS, Longest(120, 200, 0))
_BLOCK = re.compile(r"<(?:p|h[1-6]|table|tr|details|footer)\b|<a name=")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class RichSize:
    """What a piece of rich HTML takes up: characters with the sources of formulas, and blocks."""

    characters: int
    blocks: int

    def __add__(self, other: RichSize) -> RichSize:
        return RichSize(self.characters + other.characters, self.blocks + other.blocks)

    def within(self, limits: RichSize) -> bool:
        """Whether it fits."""
        return self.characters <= limits.characters and self.blocks <= limits.blocks


# 32,768 characters and 500 blocks fit into a rich message; nested blocks, details and the rows of tables count as
# blocks. How Telegram counts is only described: this far below its limits no reading of that is beyond them.
_ROOM = RichSize(30_000, 450)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One entry as it stands in a rich message, and in the classic one that takes its place."""

    row: str
    details: str
    classic: str
    size: RichSize


def rich_size(html: str) -> RichSize:
    """What rich HTML takes up; an anchor counts as a block wherever it stands."""
    return RichSize(length(html), len(_BLOCK.findall(html)))


def rich_page_size(_: DigestStyle) -> int:
    """How many entries stand on one page."""
    return _PAGE


def rich_sheets(frame: Frame, entries: Sequence[BilingualPaper]) -> tuple[Sheet, ...]:
    """One sheet for a page's entries; of all entries at most MAX_RICH_MESSAGES, and the last says what is left out.

    Of a digest that is too long for its messages either the last papers or all abstracts are left to the file, as the
    look says: with `show_abstracts` the abstracts stay. The same input gives the same bytes.
    """
    return (_page(frame, entries),) if frame.digest.style.paged else _messages(frame, entries)


def _page(frame: Frame, entries: Sequence[BilingualPaper]) -> Sheet:
    rest = frame.left_out(frame.total - frame.shown) if frame.page == frame.pages else ""
    html = ""
    for longest in _TIGHTER:
        pieces = [_piece(frame, number, entry, longest) for number, entry in enumerate(entries, frame.first)]
        html = _message(frame, pieces, (frame.page, frame.pages), rest)
        if rich_size(html).within(_ROOM):
            break
    return Sheet(classic_sheets(frame, entries)[0].text, len(entries), html)


def _messages(frame: Frame, entries: Sequence[BilingualPaper]) -> tuple[Sheet, ...]:
    groups = _packed(frame, entries, _ROOMY)
    if len(groups) > MAX_RICH_MESSAGES and not frame.digest.style.show_abstracts:
        groups = _packed(frame, entries, _NO_ABSTRACTS)
    groups = groups[:MAX_RICH_MESSAGES]
    left = frame.total - sum(map(len, groups))
    sheets = []
    for number, pieces in enumerate(groups, start=1):
        page, missing = (number, len(groups)), left if number == len(groups) else 0
        rich = _message(frame, pieces, page, frame.left_out(missing))
        sheets.append(Sheet(_classic(frame, pieces, page, missing), len(pieces), rich))
    return tuple(sheets)


def _packed(frame: Frame, entries: Sequence[BilingualPaper], longest: Longest) -> list[list[_Piece]]:
    """The entries as they go together into messages, in order. The longest entry there can be is shorter than one."""
    around = rich_size(_message(frame, [], (1, MAX_RICH_MESSAGES), frame.left_out(frame.total)))
    groups: list[list[_Piece]] = []
    used = around
    for number, entry in enumerate(entries, frame.first):
        piece = _piece(frame, number, entry, longest)
        if not groups or not (used + piece.size).within(_ROOM):
            groups.append([])
            used = around
        groups[-1].append(piece)
        used += piece.size
    return groups


def _message(frame: Frame, pieces: Sequence[_Piece], page: tuple[int, int], rest: str) -> str:
    """The rich HTML of one message, the first of which tells what the digest is; `rest` stands at its end."""
    words, digest = frame.words, frame.digest
    number, of = page
    if number == 1:
        head = [
            f"<h2>arXiv {title_html(digest, words.language)}</h2>",
            f"<p>{escape(counts_line(frame.kinds, words))}</p>",
        ]
        if note := approximate_note(digest.approximate, words):
            head.append(f"<p><i>{escape(note)}</i></p>")
    else:
        head = [f"<h3>{title_html(digest, words.language, CATEGORIES_CONTINUED)} · {number}/{of}</h3>"]
    columns = "".join(
        f"<th>{escape(words(key))}</th>"
        for key in ("render-rich-reference", "render-rich-title", "render-rich-summary")
    )
    return "".join(
        [
            *head,
            f"<h3>{escape(words('render-rich-overview'))}</h3>",
            f"<table bordered striped><tr>{columns}</tr>{''.join(piece.row for piece in pieces)}</table>",
            f"<h3>{escape(words('render-rich-details'))}</h3>",
            *(piece.details for piece in pieces),
            *([f"<footer>{escape(rest)}</footer>"] if rest else []),
        ]
    )


def _piece(frame: Frame, number: int, entry: BilingualPaper, longest: Longest) -> _Piece:
    texts = texts_of(entry, frame.words, formulas=str)
    changes = [] if entry.previous is None else change_lines(entry.previous, entry.paper, frame.words)
    marks = "".join(f" · {escape(mark)}" for mark in marks_of(entry, frame.words))
    name = rich_text(texts.titles[-1], longest.title)
    address = abs_url(entry.paper.arxiv_id, frame.base)
    title = link(address, name if _shows(name) else escape(entry.paper.arxiv_id))
    below = [escape(shorten(line, longest.summary)) for line in changes]
    summary = "<br>".join(below or [rich_text(text, longest.summary) for text in texts.summaries[:1]])
    row = (
        f'<tr><td align="center" valign="top"><a name="r{number}"></a><a href="#p{number}">{number}</a></td>'
        f'<td valign="top">{title}{marks}</td><td valign="top">{summary}</td></tr>'
    )
    paragraphs = [
        *(f"<b>{rich_text(text, longest.title)}</b>" for text in texts.titles[1:]),
        escape(authors_line(entry.paper, frame.words, shown=_AUTHORS_SHOWN)),
        " · ".join([*_facts(frame, entry), f'<a href="#r{number}">↑</a>']),
        *(f"<i>{line}</i>" for line in below),
        *(rich_text(text, longest.summary) for text in texts.summaries),
        *(rich_text(text, longest.abstract) for text in texts.abstracts if longest.abstract),
    ]
    inside = "".join(f"<p>{text}</p>" for text in paragraphs if _shows(text))
    heading = f"{number}. {rich_text(texts.titles[0], longest.title)}{marks}"
    details = f'<a name="p{number}"></a><details><summary>{heading}</summary>{inside}</details>'
    return _Piece(row, details, entry_html(number, entry, frame.words, frame.base), rich_size(row + details))


def _facts(frame: Frame, entry: BilingualPaper) -> list[str]:
    """Where the paper is found and what it is filed under, as HTML."""
    paper = entry.paper
    address = abs_url(paper.arxiv_id, frame.base)
    pdf = link(pdf_url(paper.arxiv_id, frame.base), escape(frame.words("render-button-pdf")))
    categories = [shorten(one_line(category), 40) for category in paper.categories[:_CATEGORIES_OF_A_PAPER]]
    return [
        link(address, escape(address)),
        *([] if paper.withdrawn else [pdf]),
        " ".join(f"<code>{escape(category)}</code>" for category in categories if visible(category)),
    ]


def _shows(html: str) -> bool:
    return visible(_TAG.sub("", html))


def _classic(frame: Frame, pieces: Sequence[_Piece], page: tuple[int, int], left: int) -> str:
    """One classic message of the same entries, as many as it holds; `left` more stand in none of the messages."""
    head = frame.head() if page[0] == 1 else frame.continued(*page)
    reserved = measure(SEPARATOR + escape(frame.left_out(frame.total)))
    blocks = group([piece.classic for piece in pieces], limits=MESSAGE - reserved, head=head)[0]
    missing = left + len(pieces) - (len(blocks) - 1)
    return SEPARATOR.join([*blocks, *([escape(frame.left_out(missing))] if missing else [])])
