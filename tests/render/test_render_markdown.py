from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.render_material import RECORD, hostile_records, hostile_text
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from bot.render.latex import pieces
from bot.render.markdown import ENGLISH_HEADINGS, render_markdown
from bot.render.names import one_line, plain_title
from bot.render.records_jsonl import dump_records, load_records
from storage.records import DigestRecord

SEED = Path(__file__).parents[1] / "data" / "seed_digest.md"
SEED_RECORDS = Path(__file__).parents[2] / "bot" / "simulator" / "sample" / "seed.jsonl"


class Read:
    """A Markdown digest as a reader's program understands it."""

    def __init__(self, text: str, *, formulas: bool = False) -> None:
        reader = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
        if formulas:
            reader = reader.use(dollarmath_plugin)
        environment: dict[str, Any] = {}
        tokens = reader.parse(text, environment)
        self.kinds = [token.type for token in tokens]
        self.headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
        self.rows: list[list[Token]] = []
        for i, token in enumerate(tokens):
            if token.type == "tr_open":
                self.rows.append([])
            if token.type in {"td_open", "th_open"}:
                self.rows[-1].append(tokens[i + 1])
        self.notes: list[list[str]] = []
        for i, token in enumerate(tokens):
            if token.type == "footnote_open":
                self.notes.append([])
            elif token.type == "inline" and self.notes and "footnote_block_open" in self.kinds[:i]:
                self.notes[-1].append(shown(token))


def shown(token: Token) -> str:
    """The text that a reader sees of inline tokens."""
    return "".join(
        child.content for child in token.children or () if child.type in {"text", "code_inline", "math_inline"}
    )


def hrefs(token: Token) -> list[str]:
    return [str(child.attrs["href"]) for child in token.children or () if child.type == "link_open"]


def assert_whole(records: list[DigestRecord], read: Read) -> None:
    assert read.headings == ["摘要", "详细"]
    assert len(read.rows) == len(records) + 1
    assert all(len(row) == 3 for row in read.rows)
    assert len(read.notes) == len(records)
    assert set(read.kinds) <= {
        "heading_open", "heading_close", "inline", "table_open", "table_close", "thead_open", "thead_close",
        "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close",
        "footnote_block_open", "footnote_block_close", "footnote_open", "footnote_close", "footnote_anchor",
        "paragraph_open", "paragraph_close", "footnote_reference_open", "footnote_reference_close",
    }  # fmt: skip
    for row, record in zip(read.rows[1:], records, strict=True):
        reference, title, _ = row
        assert [child.type for child in reference.children or ()] == ["footnote_ref"]
        assert hrefs(title) == [record.link]
        kinds = [child.type for child in title.children or ()]
        assert (kinds[0], kinds[-1]) == ("link_open", "link_close")
        for cell in row[1:]:
            assert "footnote_ref" not in {child.type for child in cell.children or ()}
            assert "image" not in {child.type for child in cell.children or ()}
            assert "html_inline" not in {child.type for child in cell.children or ()}


def test_the_sample_digest_comes_out_byte_for_byte_from_its_own_records() -> None:
    records = load_records(SEED_RECORDS.read_text(encoding="utf-8").splitlines())
    assert len(records) == 8
    assert render_markdown(records).encode() == SEED.read_bytes()


def test_the_sample_records_are_written_as_the_jsonl_form_writes_them() -> None:
    text = SEED_RECORDS.read_text(encoding="utf-8")
    assert dump_records(load_records(text.splitlines())) == text


@pytest.mark.pure
@settings(max_examples=25, deadline=None)
@given(st.lists(hostile_records(), min_size=1, max_size=4))
def test_no_text_breaks_the_table_the_links_or_the_footnotes(records: list[DigestRecord]) -> None:
    text = render_markdown(records)
    text.encode()
    assert_whole(records, Read(text))
    assert_whole(records, Read(text, formulas=True))


@pytest.mark.pure
@settings(max_examples=25, deadline=None)
@given(hostile_text())
def test_text_without_formulas_shows_exactly_as_it_is(text: str) -> None:
    text = "".join(piece.source for piece in pieces(text) if piece.formula is None)
    if any(piece.formula is not None for piece in pieces(plain_title(text))):
        return
    [row] = Read(render_markdown([replace(RECORD, title=text, tldr=text)])).rows[1:]
    assert shown(row[1]) == (plain_title(text) or RECORD.arxiv_id)
    assert shown(row[2]) == one_line(text)


@pytest.mark.pure
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text("abXY|*_^<&#,.中 ", max_size=6), st.text("xy_{}^*+|[]", min_size=1, max_size=6))))
def test_formulas_stand_between_dollars_as_they_are_unless_they_would_break_what_is_around(
    parts: list[tuple[str, str]],
) -> None:
    title = " ".join(f"{word} ${formula}$" for word, formula in parts)
    read = Read(render_markdown([replace(RECORD, title=title)]), formulas=True)
    found = shown(read.rows[1][1])
    if read.rows[1][1].content.count("\\$"):
        assert found.replace("$", "") == plain_title(title).replace("$", "")
    else:
        assert found == (plain_title(title).replace("$", "") or RECORD.arxiv_id)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("On $a_i * b_i$ and *stars*", "On $a_i * b_i$ and \\*stars\\*"),
        ("The $|x|$ of it | more", "The $\\|x\\|$ of it \\| more"),
        ("Norms $\\|x\\|_2$", "Norms $\\Vert x\\Vert _2$"),
        ("Half-open $[0,1)$", "Half-open \\$\\[0,1)\\$"),
        ("From $5 to $10", "From \\$5 to \\$10"),
        ("snake_case and _slanted_", "snake_case and \\_slanted\\_"),
        ("A trailing \\", "A trailing \\\\"),
        ("Kept [cs.LG] but not [^2]", "Kept [cs.LG] but not \\[^2\\]"),
        ("Shown \\(x^2\\) inline", "Shown $x^2$ inline"),
        ("Old feeds (arXiv:2312.13307v2 [cs.LG] UPDATED)", "Old feeds"),
        ("Comment on a paper (arXiv:2312.13307v2)", "Comment on a paper (arXiv:2312.13307v2)"),
        ("\n", "2608.01234"),
    ],
)
def test_titles_are_written_like_this_in_the_table(title: str, written: str) -> None:
    assert f"| [{written}](https://arxiv.org/abs/2608.01234) |" in render_markdown([replace(RECORD, title=title)])


@pytest.mark.pure
def test_a_footnote_holds_every_text_in_the_order_of_the_sample() -> None:
    assert Read(render_markdown([RECORD])).notes == [
        [
            "一个标题",
            "A Title",
            "https://arxiv.org/abs/2608.01234",
            "一句话。",
            "One sentence.",
            "一段摘要。",
            "An abstract.",
        ]
    ]


@pytest.mark.pure
@pytest.mark.parametrize("start", ["# ", "- ", "+ ", "> ", "1. ", "12) ", "---", "===", "```", "    ", "* ", "<div>"])
def test_a_paragraph_that_begins_like_a_block_stays_a_paragraph(start: str) -> None:
    record = replace(RECORD, translated_title=f"{start}text", abstract=f"{start}text")
    read = Read(render_markdown([record]))
    assert_whole([record], read)
    assert read.notes[0][0] == read.notes[0][-1] == f"{start}text".strip()


@pytest.mark.pure
def test_texts_that_are_their_own_translation_stand_once() -> None:
    record = replace(RECORD, translated_title="A Title", translated_abstract="An abstract.", tldr_en="")
    read = Read(render_markdown([record], headings=ENGLISH_HEADINGS))
    assert read.headings == ["Summary", "Details"]
    assert read.notes == [["A Title", "https://arxiv.org/abs/2608.01234", "一句话。", "An abstract."]]


@pytest.mark.pure
def test_links_that_would_end_early_are_percent_encoded() -> None:
    record = replace(RECORD, link="https://arxiv.org/abs/x) | <y>\n(z`\\")
    read = Read(render_markdown([record]))
    assert hrefs(read.rows[1][1]) == ["https://arxiv.org/abs/x%29%20%7C%20%3Cy%3E%20%28z%60%5C"]


@pytest.mark.pure
def test_an_empty_digest_is_two_headings_and_a_table_without_rows() -> None:
    read = Read(render_markdown([]))
    assert read.headings == ["摘要", "详细"]
    assert [[cell.content for cell in row] for row in read.rows] == [["Ref", "Title", "Summary"]]
    assert read.notes == []
