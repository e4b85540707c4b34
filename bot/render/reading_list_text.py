"""A person's reading list as files: a table for spreadsheets, and Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.i18n import Words
from bot.render.card import texts_of
from bot.render.markdown import paragraph, target
from bot.render.names import abs_url, authors_line, clean, one_line
from storage.records import BilingualPaper

COLUMNS = (
    "arxiv_id", "version", "title", "translated_title", "authors", "categories", "submitted", "announced", "summary",
    "doi", "journal_ref", "comment", "note", "saved_at", "link",
)  # fmt: skip
# A spreadsheet takes a cell that begins with one of these for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# Excel reads UTF-8 only behind this mark.
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Saved:
    """A paper on the list, with its note and when it was saved."""

    entry: BilingualPaper
    note: str
    saved_at: datetime


def render_csv(saved: Sequence[Saved]) -> str:
    """The list as a table with a head line; a cell that would be a formula begins with an apostrophe."""
    out = io.StringIO()
    out.write(_BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for saved_paper in saved:
        writer.writerow([_cell(text) for text in _row(saved_paper)])
    return out.getvalue()


def render_reading_list(saved: Sequence[Saved], words: Words) -> str:
    """The list as Markdown: a heading per paper with its facts, note, summaries and abstracts."""
    return f"# {words('reading-list')}\n\n" + "\n".join(
        _section(number, saved_paper, words) for number, saved_paper in enumerate(saved, start=1)
    )


def _row(saved: Saved) -> tuple[str, ...]:
    paper, translation = saved.entry.paper, saved.entry.translation
    return (
        paper.arxiv_id,
        str(paper.version),
        paper.title,
        translation.title or "",
        "; ".join(paper.authors),
        " ".join(paper.categories),
        paper.submitted_at.date().isoformat() if paper.submitted_at is not None else "",
        paper.announced_on.isoformat() if paper.announced_on is not None else "",
        translation.summary or translation.summary_en or "",
        paper.doi or "",
        paper.journal_ref or "",
        paper.comment or "",
        saved.note,
        saved.saved_at.isoformat(timespec="seconds"),
        abs_url(paper.arxiv_id),
    )


def _cell(text: str) -> str:
    shown = clean(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def _section(number: int, saved: Saved, words: Words) -> str:
    paper, texts = saved.entry.paper, texts_of(saved.entry, words)
    title, *more = texts.titles
    authors = authors_line(paper, words)
    facts = " · ".join(fact for fact in (authors, one_line(paper.primary_category), abs_url(paper.arxiv_id)) if fact)
    blocks = [
        f"## {number}. [{paragraph(title)}]({target(abs_url(paper.arxiv_id))})",
        *map(paragraph, more),
        paragraph(facts),
        *([f"> {paragraph(saved.note)}"] if one_line(saved.note) else []),
        *map(paragraph, texts.summaries),
        *map(paragraph, texts.abstracts),
    ]
    return "\n\n".join(block for block in blocks if block.strip()) + "\n"
