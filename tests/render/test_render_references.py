"""The reading list's files: what is written is read back as it was, whatever stands in it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fakes.render_material import ENTRY, PAPER, hostile_entries, hostile_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.i18n import words_for
from bot.render.annotated_paper import Noted
from bot.render.names import clean, one_line
from bot.render.reading_list_text import COLUMNS, Saved, render_csv, render_reading_list
from bot.render.ris import render_ris

pytestmark = pytest.mark.pure

SAVED_AT = datetime(2026, 8, 22, 9, 30, tzinfo=UTC)
_few = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])


def hostile_lists() -> st.SearchStrategy[list[Saved]]:
    return st.lists(st.builds(Saved, hostile_entries(stretch=(1,)), hostile_text(), st.just(SAVED_AT)), max_size=3)


def ris_records(text: str) -> list[list[tuple[str, str]]]:
    """Records as reference managers read them: a line is a tag, two spaces, a dash, a space and the value."""
    records: list[list[tuple[str, str]]] = []
    for line in filter(None, text.split("\r\n")):
        match = re.fullmatch(r"([A-Z][A-Z0-9])  - ([^\r\n]*)", line)
        assert match is not None, line
        if match[1] == "TY":
            records.append([])
        records[-1].append((match[1], match[2]))
    return records


def test_a_ris_record_has_what_a_citation_needs() -> None:
    paper = replace(PAPER, authors=("Ada Byron", "John von Neumann Jr.", "The ATLAS Collaboration"), doi="10.1000/1")
    (record,) = ris_records(render_ris([Noted(paper, "read again")]))
    assert record == [
        ("TY", "UNPB"),
        ("TI", "Sparse Attention Needs O(n log n) Time"),
        ("AU", "Byron, Ada"),
        ("AU", "von Neumann, John, Jr."),
        ("AU", "The ATLAS Collaboration"),
        ("PY", "2026"),
        ("DA", "2026/08/19"),
        ("AB", "We show that sparse attention needs O(n log n) time. A matching upper bound is given."),
        ("DO", "10.1000/1"),
        ("N1", "read again"),
        ("KW", "cs.LG"),
        ("KW", "cs.CC"),
        ("AN", "arXiv:2608.01234"),
        ("UR", "https://arxiv.org/abs/2608.01234"),
        ("ER", ""),
    ]


def test_a_published_paper_is_a_journal_article() -> None:
    (record,) = ris_records(render_ris([Noted(replace(PAPER, journal_ref="J. Sheep 3"))]))
    assert record[0] == ("TY", "JOUR")
    assert ("JO", "J. Sheep 3") in record


@_few
@given(hostile_lists())
def test_every_ris_file_reads_as_one_whole_record_per_paper(papers: list[Saved]) -> None:
    records = ris_records(render_ris([Noted(paper.entry.paper, paper.note) for paper in papers]))
    assert len(records) == len(papers)
    for record, saved in zip(records, papers, strict=True):
        assert [tag for tag, _ in record][-1] == "ER"
        assert [tag for tag, _ in record].count("TY") == 1
        assert dict(record).get("N1", "") == one_line(saved.note)


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_the_table_has_a_column_for_everything() -> None:
    (row,) = rows(render_csv([Saved(ENTRY, "read, then “again”", SAVED_AT)]))
    assert tuple(row) == COLUMNS
    assert row["authors"] == "Ada Byron; Emmy Noether"
    assert row["note"] == "read, then “again”"
    assert row["saved_at"] == "2026-08-22T09:30:00+00:00"
    assert row["translated_title"].startswith("稀疏注意力")


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://evil.example")'])
def test_no_cell_is_a_formula(title: str) -> None:
    (row,) = rows(render_csv([Saved(replace(ENTRY, paper=replace(PAPER, title=title)), title, SAVED_AT)]))
    assert row["title"].strip()[0] not in "=+-@＝"
    assert row["note"].strip()[0] not in "=+-@＝"


@_few
@given(hostile_lists())
def test_every_cell_of_the_table_is_read_back_as_it_was(papers: list[Saved]) -> None:
    read = rows(render_csv(papers))
    assert len(read) == len(papers)
    for row, saved in zip(read, papers, strict=True):
        note = clean(saved.note)
        assert row["note"] in {note, f"'{note}"}
        assert row["title"] in {clean(saved.entry.paper.title), f"'{clean(saved.entry.paper.title)}"}
        assert None not in row
        assert not any(text.startswith(("=", "+", "-", "@", " =", " +", " -", " @")) for text in row.values())


def test_the_markdown_has_a_heading_per_paper_with_note_and_both_languages() -> None:
    text = render_reading_list([Saved(ENTRY, "*read* again", SAVED_AT)], words_for("zh"))
    assert text.startswith("# 阅读清单\n\n## 1. [稀疏注意力需要 O(n log n) 时间](https://arxiv.org/abs/2608.01234)\n\n")
    assert "\n\n> \\*read\\* again\n\n" in text
    assert "我们证明稀疏注意力" in text
    assert "We show that sparse attention" in text


@_few
@given(hostile_lists())
def test_nothing_in_a_paper_makes_a_heading_or_leaves_its_place_in_the_markdown(
    papers: list[Saved],
) -> None:
    tokens = MarkdownIt("commonmark").parse(render_reading_list(papers, words_for("en")))
    assert sum(token.type == "heading_open" for token in tokens) == 1 + len(papers)
    assert {token.type for token in tokens} <= {
        "heading_open", "heading_close", "inline", "paragraph_open", "paragraph_close", "blockquote_open",
        "blockquote_close",
    }  # fmt: skip
