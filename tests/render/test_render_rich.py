from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.render_material import ENTRY, PAPER, TOGETHER, TRANSLATION, hostile_entries, papers_together
from fakes.rich_material import RICH, check, messages, rendered, rows, weight
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.arxiv_source.feed import parse_feed
from bot.render.rich import MAX_RICH_MESSAGES, rich_size
from bot.render.rich_text import formula_source, rich_text
from bot.simulator.rich_plain import rich_plain, text_of
from storage.records import AnnounceType, BilingualPaper, DigestStyle, Layout, PartKind

pytestmark = pytest.mark.pure

# The whole proof takes minutes: RICH_EXAMPLES=10000 papers, and FEED_FILE=… for a recorded feed (RSS or Atom).
PAPERS = int(os.environ.get("RICH_EXAMPLES", "40"))
FEED = os.environ.get("FEED_FILE", "")


def numbered(count: int, *, abstract: str = "An abstract.", summary: str = "一句话。") -> list[BilingualPaper]:
    translation = replace(TRANSLATION, abstract="一段摘要。", summary=summary)
    papers = (replace(PAPER, arxiv_id=f"2608.{number:05}", abstract=abstract) for number in range(1, count + 1))
    return [BilingualPaper(paper, translation, AnnounceType.NEW) for paper in papers]


def test_a_digest_is_a_table_and_a_folded_block_per_paper_linked_both_ways() -> None:
    part, document = rendered([ENTRY])
    assert (part.kind, document.kind) == (PartKind.RICH, PartKind.DOCUMENT)
    (blocks,) = messages([part])
    check(blocks)
    assert [block["type"] for block in blocks] == [
        "heading",
        "paragraph",
        "heading",
        "table",
        "heading",
        "anchor",
        "details",
    ]
    assert "is_open" not in blocks[-1]
    assert (blocks[3]["is_bordered"], blocks[3]["is_striped"]) == (True, True)
    assert [(cell["text"], cell["is_header"]) for cell in blocks[3]["cells"][0]] == [
        ("编号", True),
        ("标题", True),
        ("一句话总结", True),
    ]
    assert rich_plain(blocks).split("\n") == [
        "arXiv cs.CV cs.LG · 2026年8月21日",
        "1 篇新论文",
        "摘要",
        "编号 | 标题 | 一句话总结",
        (
            "1 | Sparse Attention Needs $O(n \\log n)$ Time ‹https://arxiv.org/abs/2608.01234› | "
            "稀疏注意力的时间下界为 $O(n \\log n)$，且是紧的。"
        ),
        "详细",
        "▸ 1. 稀疏注意力需要 $O(n \\log n)$ 时间",
        "  Sparse Attention Needs $O(n \\log n)$ Time",
        "  Ada Byron、Emmy Noether",
        "  https://arxiv.org/abs/2608.01234 · PDF ‹https://arxiv.org/pdf/2608.01234› · cs.LG cs.CC · ↑",
        "  稀疏注意力的时间下界为 $O(n \\log n)$，且是紧的。",
        "  Sparse attention needs $O(n \\log n)$ time, and this is tight.",
        "  我们证明稀疏注意力需要 $O(n \\log n)$ 时间，并给出匹配的上界。",
        "  We show that sparse attention needs $O(n \\log n)$ time. A matching upper bound is given.",
    ]


def test_readers_of_english_see_every_text_once() -> None:
    english = replace(TRANSLATION, language="en", title=None, abstract=None, summary=None)
    (blocks,) = messages(rendered([replace(ENTRY, translation=english)], interface="en"))
    lines = rich_plain(blocks).split("\n")
    assert lines[2:4] == ["Summary", "Ref | Title | Summary"]
    assert len(lines) == len(set(lines))


def test_withdrawn_and_replaced_papers_are_marked_and_a_new_version_tells_what_changed() -> None:
    withdrawn = replace(ENTRY, paper=replace(PAPER, withdrawn=True))
    newer = replace(PAPER, version=2, abstract=PAPER.abstract + " Now with code.")
    replaced = BilingualPaper(newer, TRANSLATION, AnnounceType.REPLACE, previous=replace(PAPER, title="Older title"))
    (blocks,) = messages(rendered([withdrawn, replaced], interface="en"))
    shown = rich_plain(blocks)
    assert "pdf/2608.01234" in shown.partition("▸ 2.")[2]
    assert "pdf/2608.01234" not in shown.partition("▸ 1.")[2].partition("▸ 2.")[0]
    assert [text_of(row[1]).partition(" · ")[2] for row in rows(blocks)] == ["[withdrawn]", "updated to v2"]
    changes = "The title was: Older title\nAbstract: +3 −0 words · “Now with code.”"
    assert text_of(rows(blocks)[1][2]) == changes
    assert "  " + changes.replace("\n", "\n  ") in shown


def test_the_look_says_how_many_papers_stand_in_the_chat_and_whether_the_file_comes() -> None:
    (blocks,) = messages(rendered(numbered(5), replace(RICH, papers_shown=2)))
    assert len(rows(blocks)) == 2
    assert blocks[-1] == {"type": "footer", "text": "……其余 3 篇见文件"}
    (alone,) = rendered(numbered(5), replace(RICH, papers_shown=2, attach_file=False))
    assert "……其余 3 篇未在此列出" in alone.payload["text"]
    assert messages([alone])[0][-1]["text"] == "……其余 3 篇未在此列出"


def test_a_long_digest_leaves_its_abstracts_or_its_last_papers_to_the_file_as_the_look_says() -> None:
    entries = numbered(90, abstract="word " * 380)
    without = messages(rendered(entries))
    assert len(without) <= MAX_RICH_MESSAGES
    assert sum(len(rows(blocks)) for blocks in without) == 90
    assert "word word" not in rich_plain(without[0])
    with_abstracts = messages(rendered(entries, replace(RICH, show_abstracts=True)))
    assert len(with_abstracts) == MAX_RICH_MESSAGES
    shown = sum(len(rows(blocks)) for blocks in with_abstracts)
    assert 20 < shown < 90
    assert with_abstracts[-1][-1]["text"] == f"……其余 {90 - shown} 篇见文件"
    assert "word word" in rich_plain(with_abstracts[-1])
    assert text_of(with_abstracts[1][0]["text"]) == "cs.CV cs.LG · 2026年8月21日 · 2/3"


def test_a_short_digest_has_its_abstracts_in_any_case() -> None:
    for show_abstracts in (True, False):
        (blocks,) = messages(rendered(numbered(3), replace(RICH, show_abstracts=show_abstracts)))
        assert rich_plain(blocks).count("An abstract.") == 3


def test_what_takes_the_place_of_a_refused_part_holds_its_papers_and_counts_the_rest() -> None:
    part = rendered(numbered(30, summary="字" * 200))[0]
    assert len(rows(messages([part])[0])) == 30
    assert part.payload["text"].startswith("<b>arXiv</b> <code>cs.CV</code>")
    listed = part.payload["text"].count("https://arxiv.org/abs/")
    assert 10 < listed < 30
    assert part.payload["text"].endswith(f"……其余 {30 - listed} 篇见文件")


def test_a_page_holds_its_papers_however_long_they_are() -> None:
    long = numbered(30, abstract="word " * 3000)
    style = replace(RICH, paged=True, attach_file=False)
    (page,) = rendered(long, style)
    (blocks,) = messages([page])
    assert len(rows(blocks)) == page.payload["text"].count("https://arxiv.org/abs/") == 8


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a $x_1$ b", "a <tg-math>x_1</tg-math> b"),
        ("$$E = mc^2$$", "<tg-math>E = mc^2</tg-math>"),
        ("$a<b$ & $b>c$", r"<tg-math>a\lt b</tg-math> &amp; <tg-math>b\gt c</tg-math>"),
        (r"$\left<x\right>$", r"<tg-math>\left\langle x\right\rangle</tg-math>"),
        ("$x^{2$ costs", "x^{2 costs"),
        ("$5 and $10", "$5 and $10"),
        (r"\emph{all} of it", "all of it"),
        ("<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"),
        ("mail a@b.org \u202eevil", "mail a@b.org evil"),
    ],
)
def test_texts_are_escaped_and_formulas_stay_latex(text: str, html: str) -> None:
    assert rich_text(text, 100) == html


@pytest.mark.parametrize(
    "formula",
    [
        "x^{2", "x}2{", r"\left( x", r"\right) x \left(", r"\begin{a} x \end{b}", "a & b", "a $ b", r"\cite{x}", " ",
        r"\href{javascript:x}{y}", "50% off", r"a \> b", "\\", "x\u200by", "x" * 601,
    ],
)  # fmt: skip
def test_what_is_not_whole_or_no_formula_is_no_formula(formula: str) -> None:
    assert formula_source(formula) is None


@pytest.mark.parametrize("formula", [r"\{x\}", r"\begin{cases} x \end{cases}", r"\left\{ x \right.", r"50\% x"])
def test_what_is_whole_is_a_formula(formula: str) -> None:
    assert formula_source(formula) == formula


def test_a_text_is_cut_between_formulas_and_never_in_one() -> None:
    assert rich_text("some words $x+y+z$ more", 13) == "some words …"
    assert rich_text("some words $x+y+z$ more", 17) == "some words <tg-math>x+y+z</tg-math>…"
    assert rich_text("one two three", 9) == "one two…"


def test_authors_beyond_the_first_are_counted() -> None:
    crowd = replace(ENTRY, paper=replace(PAPER, authors=tuple(f"Author {number}" for number in range(1000))))
    (blocks,) = messages(rendered([crowd], interface="en"))
    assert "Author 9, … +990" in rich_plain(blocks)


@settings(max_examples=PAPERS // TOGETHER, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    papers_together(),
    st.sampled_from([1, 1, 12]),
    st.builds(DigestStyle, st.just(Layout.RICH), show_abstracts=st.booleans(), paged=st.booleans()),
    st.sampled_from(["zh", "en"]),
)
def test_whatever_papers_say_the_messages_can_be_sent(
    together: list[list[BilingualPaper]], times: int, style: DigestStyle, interface: str
) -> None:
    for entries in together:
        found = messages(rendered(entries * times, style, interface))
        assert 1 <= len(found) <= MAX_RICH_MESSAGES
        for blocks in found:
            check(blocks)
            assert "\u202e" not in rich_plain(blocks)


@given(hostile_entries(), st.sampled_from([RICH, replace(RICH, paged=True)]))
def test_the_same_papers_give_the_same_bytes(entry: BilingualPaper, style: DigestStyle) -> None:
    assert rendered([entry], style) == rendered([entry], style)


@settings(max_examples=PAPERS, deadline=None)
@given(hostile_entries())
def test_messages_are_measured_as_the_parser_counts_them(entry: BilingualPaper) -> None:
    part = rendered([entry])[0]
    (blocks,) = messages([part])
    measured, counted = rich_size(part.payload["rich"]["html"]), weight(blocks)
    assert measured.blocks == counted.blocks
    # Runs of spaces count as one when they are read.
    assert 0 <= measured.characters - counted.characters <= 2 * len(part.payload["rich"]["html"].split("  "))


@pytest.mark.skipif(not FEED, reason="FEED_FILE names no recorded feed")
@pytest.mark.parametrize("made", ["translated", ""])
def test_a_recorded_feed_can_be_sent(made: str) -> None:
    feed = parse_feed(Path(FEED).read_bytes())
    entries = []
    for entry in feed.entries:
        paper = entry.paper
        translation = replace(TRANSLATION, title=paper.title, abstract=paper.abstract, summary=paper.abstract[:200])
        if not made:
            translation = replace(TRANSLATION, title=None, abstract=None, summary=None, summary_en=None)
        entries.append(BilingualPaper(paper, translation, entry.announce_type))
    assert entries
    for start in range(0, len(entries), 25):
        for blocks in messages(rendered(entries[start : start + 25], replace(RICH, show_abstracts=True))):
            check(blocks)
    shown = [len(rows(blocks)) for blocks in messages(rendered(entries))]
    assert 50 < sum(shown) <= len(entries)
