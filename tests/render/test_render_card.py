from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fakes.render_material import ENTRY, PAPER, TRANSLATION, hostile_entries
from fakes.telegram_html import Parsed, parse_message
from hypothesis import HealthCheck, given, settings

from bot.i18n import words_for
from bot.render.button import Button
from bot.render.card import CARD_LIMIT, Place, render_card, render_card_plain, texts_of
from bot.render.message import units
from bot.render.names import display_width
from storage.records import BilingualPaper

pytestmark = pytest.mark.pure

ZH, EN = words_for("zh"), words_for("en")


def read(entry: BilingualPaper, interface: str = "zh") -> Parsed:
    return parse_message(render_card(entry, words_for(interface)).text, limit=CARD_LIMIT)


def test_a_card_shows_both_languages_with_formulas_readable() -> None:
    card = render_card(ENTRY, ZH, category_names={"cs.LG": "机器学习"})
    parsed = parse_message(card.text)
    assert parsed.text == (
        "稀疏注意力需要 O(n log n) 时间\n"
        "Sparse Attention Needs O(n log n) Time\n\n"
        "作者：Ada Byron、Emmy Noether\n"
        "分类：cs.LG 机器学习 · cs.CC\n"
        "提交于 2026年8月19日 · 公布于 2026年8月21日\n\n"
        "稀疏注意力的时间下界为 O(n log n)，且是紧的。\n\n"
        "Sparse attention needs O(n log n) time, and this is tight.\n\n"
        "我们证明稀疏注意力需要 O(n log n) 时间，并给出匹配的上界。\n"
        "We show that sparse attention needs O(n log n) time. A matching upper bound is given.\n\n"
        "译文来源：openai:small-model；英文一句话总结摘自原文"
    )
    assert parsed.marked("b") == ["稀疏注意力需要 O(n log n) 时间"]
    assert parsed.marked("a") == ["Sparse Attention Needs O(n log n) Time"]
    assert parsed.marked("code") == ["cs.LG", "cs.CC"]
    assert len(parsed.marked("blockquote")) == 2
    assert parsed.links() == ["https://arxiv.org/abs/2608.01234"]
    assert card.buttons == (
        (
            Button("arXiv", url="https://arxiv.org/abs/2608.01234"),
            Button("PDF", url="https://arxiv.org/pdf/2608.01234"),
            Button("HTML", url="https://arxiv.org/html/2608.01234"),
        ),
    )


def test_what_is_known_of_its_publication_stands_on_the_card() -> None:
    paper = replace(PAPER, comment="12 pages, CVPR 2026", journal_ref="J. Sheep 3 (2026) 1-9", doi="10.1000/a<b>#1")
    parsed = read(replace(ENTRY, paper=paper), "en")
    assert "\nComments: 12 pages, CVPR 2026\nJournal: J. Sheep 3 (2026) 1-9\nDOI: 10.1000/a<b>#1\n" in parsed.text
    assert parsed.links()[-1] == "https://doi.org/10.1000/a%3Cb%3E%231"
    assert "备注：12 pages" in read(replace(ENTRY, paper=paper)).text


@pytest.mark.parametrize(
    ("arxiv_id", "updated", "html"),
    [
        ("2312.00001", None, True),
        ("2311.17001", None, False),
        ("hep-th/9901001", None, False),
        ("1706.03762", datetime(2024, 1, 5, tzinfo=UTC), True),
    ],
)
def test_the_web_page_is_offered_where_arxiv_makes_one(arxiv_id: str, updated: datetime | None, *, html: bool) -> None:
    card = render_card(replace(ENTRY, paper=replace(PAPER, arxiv_id=arxiv_id, updated_at=updated)), EN)
    assert ("HTML" in [button.text for button in card.buttons[0]]) is html


def test_a_card_of_an_earlier_version_says_so_and_leads_to_that_version_and_to_the_newest() -> None:
    place = Place(PAPER.arxiv_id, 1, "zh-CN", "en", newest=3)
    card = render_card(ENTRY, EN, place=place)
    parsed = parse_message(card.text)
    assert parsed.text.startswith("There is a newer version: v3\n")
    assert parsed.links() == ["https://arxiv.org/abs/2608.01234v1"]
    assert card.buttons[0][1].url == "https://arxiv.org/pdf/2608.01234v1"
    assert Button("v3", callback_data="card:2608.01234v3:zh-CN") in card.buttons[-1]
    assert Button("English", callback_data="card:2608.01234v1:en") in card.buttons[-1]


def test_a_card_of_the_newest_version_has_no_version_in_its_links() -> None:
    card = render_card(ENTRY, EN, place=Place(PAPER.arxiv_id, None, "zh-CN", "en", newest=1))
    assert "newer" not in card.text
    assert parse_message(card.text).links() == ["https://arxiv.org/abs/2608.01234"]
    assert [button.text for button in card.buttons[-1]] == ["English"]


def test_for_readers_of_english_everything_stands_once_and_nothing_is_marked() -> None:
    english = replace(TRANSLATION, language="en", title=None, abstract=None, summary=None)
    parsed = read(replace(ENTRY, translation=english), "en")
    assert parsed.text == (
        "Sparse Attention Needs O(n log n) Time\n\n"
        "Authors: Ada Byron, Emmy Noether\n"
        "Categories: cs.LG · cs.CC\n"
        "Submitted Aug 19, 2026 · Announced Aug 21, 2026\n\n"
        "Sparse attention needs O(n log n) time, and this is tight.\n\n"
        "We show that sparse attention needs O(n log n) time. A matching upper bound is given."
    )
    assert parsed.marked("b") == parsed.marked("a") == ["Sparse Attention Needs O(n log n) Time"]


def test_texts_that_were_not_translated_are_english_once_and_marked() -> None:
    nothing = replace(TRANSLATION, title=None, abstract=None, summary=None)
    text = read(replace(ENTRY, translation=nothing)).text
    assert text.count("〔未翻译〕") == 3
    assert "〔未翻译〕Sparse Attention Needs" in text
    assert text.count("We show that") == 1


def test_of_many_authors_five_are_named_and_the_rest_counted() -> None:
    paper = replace(PAPER, authors=tuple(f"A{number}" for number in range(1, 18)))
    entry = replace(ENTRY, paper=paper)
    assert "作者：A1、A2、A3、A4、A5 等 17 位作者\n" in read(entry).text
    assert "Authors: A1, A2, A3, A4, A5, … +12\n" in read(entry, "en").text


def test_a_withdrawn_paper_says_so_and_offers_no_pdf() -> None:
    card = render_card(replace(ENTRY, paper=replace(PAPER, withdrawn=True)), ZH)
    assert parse_message(card.text).text.startswith("〔已撤稿〕\n")
    assert [button.text for row in card.buttons for button in row] == ["arXiv"]


def test_a_later_version_tells_its_number_and_date() -> None:
    paper = replace(PAPER, version=3, updated_at=PAPER.submitted_at)
    assert "v3 更新于 2026年8月19日" in read(replace(ENTRY, paper=paper)).text


def test_the_longest_abstract_that_arxiv_takes_is_shown_whole_in_both_languages() -> None:
    abstract, translated = "word " * 384 + "w", "字" * 700
    entry = replace(
        ENTRY, paper=replace(PAPER, abstract=abstract), translation=replace(TRANSLATION, abstract=translated)
    )
    assert read(entry).marked("blockquote") == [translated, abstract]


def test_abstracts_too_long_for_a_message_are_shortened_with_a_link_to_the_whole() -> None:
    entry = replace(
        ENTRY,
        paper=replace(PAPER, abstract="word " * 2000),
        translation=replace(TRANSLATION, abstract="字" * 500),
    )
    parsed = read(entry)
    translated, english = parsed.marked("blockquote")
    assert translated == "字" * 500
    assert english.endswith(" word…")
    assert len(parsed.text) > CARD_LIMIT - 40
    assert parsed.marked("a")[-1] == "在 arXiv 阅读完整摘要"
    assert parsed.links() == ["https://arxiv.org/abs/2608.01234"] * 2


def test_characters_beyond_the_basic_plane_count_twice_as_telegrams_offsets_have_it() -> None:
    entry = replace(
        ENTRY, paper=replace(PAPER, abstract="𝒪 " * 2000), translation=replace(TRANSLATION, abstract="𝔽" * 2000)
    )
    parsed = read(entry)
    assert all(text.endswith("…") for text in parsed.marked("blockquote"))
    assert CARD_LIMIT - 10 < units(parsed.text) <= CARD_LIMIT
    assert parsed.marked("a")[-1] == "在 arXiv 阅读完整摘要"


def test_texts_that_show_nothing_are_none_and_no_text_ends_in_a_space_of_its_formula() -> None:
    empty = replace(
        ENTRY, paper=replace(PAPER, title="\u2063", abstract="\u200d"), translation=replace(TRANSLATION, title="\u200b")
    )
    texts = texts_of(replace(empty, translation=replace(empty.translation, abstract=None, summary="\u2060")), ZH)
    assert texts.titles == ("〔未翻译〕2608.01234",)
    assert texts.summaries == ("〔未翻译〕Sparse attention needs O(n log n) time, and this is tight.",)
    assert texts.abstracts == ()
    spaced = replace(ENTRY, translation=replace(TRANSLATION, title=r"间距 $a\ $", abstract=r"$x\,$ "))
    assert not any(text != text.strip() for text in (*texts_of(spaced, ZH).titles, *texts_of(spaced, ZH).abstracts))


def test_a_card_leads_to_the_given_site() -> None:
    card = render_card(ENTRY, EN, base="http://127.0.0.1:8080/")
    assert parse_message(card.text).links() == ["http://127.0.0.1:8080/abs/2608.01234"]
    assert card.buttons[0][1].url == "http://127.0.0.1:8080/pdf/2608.01234"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_entries())
def test_no_paper_makes_a_card_that_telegram_would_refuse(entry: BilingualPaper) -> None:
    for words in (ZH, EN):
        parse_message(render_card(entry, words, category_names={"cs.AI": "<b>|"}).text, limit=CARD_LIMIT)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_entries())
def test_a_card_in_the_terminal_keeps_to_a_hundred_columns(entry: BilingualPaper) -> None:
    lines = render_card_plain(entry, ZH).split("\n")
    assert all(display_width(line) <= 100 for line in lines if not line.startswith("https://"))
    assert not any(mark in line for line in lines for mark in "\x1b\r\x00")


def test_a_card_in_the_terminal_shows_both_languages_and_the_addresses() -> None:
    lines = render_card_plain(ENTRY, EN).splitlines()
    assert lines[:2] == ["稀疏注意力需要 O(n log n) 时间", "Sparse Attention Needs O(n log n) Time"]
    assert "https://arxiv.org/abs/2608.01234" in lines
    assert "https://arxiv.org/pdf/2608.01234" in lines
    assert "Sparse attention needs O(n log n) time, and this is tight." in lines


def test_a_text_of_nothing_but_macros_is_no_text() -> None:
    nothing = replace(TRANSLATION, title=None, summary=None, abstract=None, summary_en="\\\\")
    parsed = read(replace(ENTRY, paper=replace(PAPER, abstract="\\\\ "), translation=nothing))
    assert "（暂无一句话总结）" in parsed.text
    assert len(parsed.marked("blockquote")) == 0
