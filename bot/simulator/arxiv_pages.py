"""Listing pages as arXiv writes them, made from records (pure). What `parse_listing` reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape

from bot.arxiv_source import categories
from storage.records import AnnounceType, Entry, Paper

PER_PAGE = 2_000
"""How many papers arXiv shows on one page."""

_AUTHORS = 101
"""How many authors arXiv shows of a paper, without a sign that there are more."""

_SECTIONS = (
    ("New", {AnnounceType.NEW}),
    ("Cross", {AnnounceType.CROSS}),
    ("Replacement", {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}),
)
# Not strftime, which speaks the machine's language.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def listing_page(
    query: str, entries: Iterable[Entry], on: date, *, skipped: int = 0, per_page: int = PER_PAGE
) -> bytes:
    """`/list/{query}/new` on a mailing date: new papers, then cross-lists, then replacements."""
    ordered = _ordered(entries)
    day = f"{_WEEKDAYS[on.weekday()]}, {on.day} {_MONTHS[on.month - 1]} {on.year}"
    total = f"<div class='paging'>Total of {len(ordered)} entries</div>" if ordered else ""
    shown = _sections(ordered, skipped, per_page, abstracts=True) or "<p>No updates today.</p>"
    return _document(query, f"<h1>{escape(query)}</h1>\n<h3>Showing new listings for {day}</h3>\n{total}\n{shown}")


def catchup_page(
    query: str, entries: Iterable[Entry], on: date, *, page: int = 1, per_page: int = PER_PAGE, abstracts: bool = True
) -> bytes:
    """`/catchup/{query}/{on}`; `page` counts from 1."""
    ordered = _ordered(entries)
    day = f"{_WEEKDAYS[on.weekday()][:3]}, {on.day:02} {_MONTHS[on.month - 1][:3]} {on.year}"
    further = "further " if page > 1 else ""
    shown = _sections(ordered, (page - 1) * per_page, per_page, abstracts=abstracts)
    shown = shown or f"<div><p>No {further}updates for {day}</p></div>"
    head = (
        f"<h1>Catchup results for {escape(query)} on {day}</h1>\n<div>Total of {len(ordered)} entries for {day}</div>"
    )
    return _document(query, f"{head}\n{shown}")


def _ordered(entries: Iterable[Entry]) -> list[Entry]:
    order = {kind: place for place, (_, kinds) in enumerate(_SECTIONS) for kind in kinds}
    return sorted(entries, key=lambda entry: order[entry.announce_type])


def _sections(ordered: Sequence[Entry], skipped: int, count: int, *, abstracts: bool) -> str:
    pages: list[str] = []
    first = 0
    for name, kinds in _SECTIONS:
        held = [entry for entry in ordered if entry.announce_type in kinds]
        start, end = max(skipped - first, 0), max(skipped + count - first, 0)
        if chosen := held[start:end]:
            place = first + start + 1
            last = "last " if start and end >= len(held) else ""
            showing = f"continued, showing {last}" if start else f"showing {'first ' if end < len(held) else ''}"
            items = [_item(entry, place + offset, abstracts=abstracts) for offset, entry in enumerate(chosen)]
            heading = f"<h3>{name} submissions ({showing}{len(chosen)} of {len(held)} entries)</h3>"
            pages.append(f"<dl id='articles'>\n{heading}\n{''.join(items)}</dl>\n")
        first += len(held)
    return "".join(pages)


def _item(entry: Entry, place: int, *, abstracts: bool) -> str:
    paper = entry.paper
    spelled = escape(paper.arxiv_id)
    mark = {AnnounceType.NEW: "", AnnounceType.CROSS: f"(cross-list from {escape(paper.primary_category)})"}
    return f"""<dt>
  <a name='item{place}'>[{place}]</a>
  <a href ="/abs/{spelled}" title="Abstract" id="{spelled}">
    arXiv:{spelled}
  </a>
  {mark.get(entry.announce_type, "(replaced)")}
  [<a href="/pdf/{spelled}" title="Download PDF">pdf</a>,
  <a href="https://arxiv.org/html/{spelled}v{paper.version}" title="View HTML">html</a>]
</dt>
<dd>
  <div class='meta'>
{"".join(_fields(paper, abstracts=abstracts))}  </div>
</dd>
"""


def _fields(paper: Paper, *, abstracts: bool) -> Iterable[str]:
    yield _field("list-title mathjax", "Title", escape(paper.title))
    shown = paper.authors[:_AUTHORS]
    names = ", ".join(f'<a href="/search/" rel="nofollow">{escape(name)}</a>' for name in shown)
    yield f"    <div class='list-authors'>{names or '(author list is unavailable)'}</div>\n"
    if paper.comment:
        yield _field("list-comments mathjax", "Comments", escape(paper.comment))
    if paper.journal_ref:
        yield _field("list-journal-ref", "Journal-ref", escape(paper.journal_ref))
    named = [
        escape(f"{known.name if (known := categories.get(category)) else category} ({category})")
        for category in paper.categories
    ]
    subjects = "; ".join([f'<span class="primary-subject">{named[0]}</span>', *named[1:]])
    yield _field("list-subjects", "Subjects", subjects)
    if abstracts and paper.abstract:
        yield f"    <p class='mathjax'>\n      {escape(paper.abstract)}\n    </p>\n"


def _field(classes: str, descriptor: str, html: str) -> str:
    return f"    <div class='{classes}'><span class='descriptor'>{descriptor}:</span>\n      {html}\n    </div>\n"


def _document(query: str, content: str) -> bytes:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(query)}</title></head>\n'
        f"<body><div id='dlpage'>\n{content}\n</div></body>\n</html>\n"
    ).encode()
