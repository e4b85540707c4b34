from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from fakes.render_material import ENTRY, PAPER, TRANSLATION, digest
from fakes.telegram_html import Parsed, parse_message
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import Words, words_for
from bot.render.classic import MAX_MESSAGES
from bot.render.digest import render_digest, render_digest_plain
from bot.render.digest_pieces import digest_markdown, file_name
from bot.render.markdown import render_markdown
from bot.render.records_jsonl import to_record
from storage.records import AnnounceType, BilingualPaper, DigestStyle, Layout, Part, PartKind

pytestmark = pytest.mark.pure

ZH, EN = words_for("zh"), words_for("en")
CROSS = replace(ENTRY, announce_type=AnnounceType.CROSS)
REPLACED = BilingualPaper(replace(PAPER, version=4), TRANSLATION, AnnounceType.REPLACE)


def numbered(count: int, *, summary: str = "一句话。") -> list[BilingualPaper]:
    translation = replace(TRANSLATION, summary=summary)
    return [
        BilingualPaper(replace(PAPER, arxiv_id=f"2608.{number:05}"), translation, AnnounceType.NEW)
        for number in range(1, count + 1)
    ]


def test_a_small_digest_is_one_message_and_the_file() -> None:
    message, document = render_digest(digest(), [ENTRY, CROSS, REPLACED], ZH)
    assert (message.number, message.kind) == (1, PartKind.MESSAGE)
    parsed = parse_message(message.payload["text"])
    assert parsed.text == (
        "arXiv cs.CV cs.LG · 2026年8月21日\n"
        "1 篇新论文 · 1 篇交叉列表 · 1 篇更新\n\n"
        "1. 稀疏注意力需要 O(n log n) 时间\n稀疏注意力的时间下界为 O(n log n)，且是紧的。\n\n"
        "2. 稀疏注意力需要 O(n log n) 时间\n稀疏注意力的时间下界为 O(n log n)，且是紧的。\n\n"
        "3. 稀疏注意力需要 O(n log n) 时间 · 更新至 v4\n稀疏注意力的时间下界为 O(n log n)，且是紧的。"
    )
    assert parsed.links() == ["https://arxiv.org/abs/2608.01234"] * 3
    assert message.payload["buttons"] == []
    assert (document.number, document.kind) == (2, PartKind.DOCUMENT)
    assert document.payload["file_name"] == "arxiv-cs.CV-cs.LG-2026-08-21.md"
    assert document.payload["content"] == render_markdown(
        [to_record(entry, words=ZH) for entry in (ENTRY, CROSS, REPLACED)]
    )
    caption = parse_message(document.payload["caption"], limit=1024).text
    assert "1 篇新论文 · 1 篇交叉列表 · 1 篇更新" in caption


def test_for_readers_of_english_titles_summaries_and_headings_are_english() -> None:
    english = replace(TRANSLATION, language="en", title=None, abstract=None, summary=None)
    parts = render_digest(digest(language="en"), [replace(ENTRY, translation=english)], EN)
    assert render_digest_plain(parts) == (
        "arXiv cs.CV cs.LG · Aug 21, 2026\n"
        "1 new\n\n"
        "1. Sparse Attention Needs O(n log n) Time <https://arxiv.org/abs/2608.01234>\n"
        "Sparse attention needs O(n log n) time, and this is tight.\n\n"
        "---\n\n"
        "[arxiv-cs.CV-cs.LG-2026-08-21.md]\n"
        "cs.CV cs.LG · Aug 21, 2026\n"
        "1 new\n"
        "The paper of this digest, with its full abstract\n"
    )
    assert parts[-1].payload["content"].startswith("# Summary\n")


def test_an_entry_that_was_not_translated_or_was_withdrawn_is_marked() -> None:
    untranslated = replace(ENTRY, translation=replace(TRANSLATION, title=None, summary=None))
    withdrawn = replace(ENTRY, paper=replace(PAPER, withdrawn=True))
    text = parse_message(render_digest(digest(), [untranslated, withdrawn], ZH)[0].payload["text"]).text
    assert "1. 〔未翻译〕Sparse Attention Needs O(n log n) Time\n〔未翻译〕Sparse attention needs" in text
    assert "2. 稀疏注意力需要 O(n log n) 时间 · 〔已撤稿〕\n" in text


def test_no_entries_make_no_parts() -> None:
    assert render_digest(digest(), [], ZH) == ()
    assert render_digest_plain(()) == ""


def test_a_long_digest_is_numbered_through_its_pages() -> None:
    entries = numbered(60, summary="字" * 150)
    parts = render_digest(digest(), entries, ZH)
    texts = [parse_message(part.payload["text"]).text for part in parts[:-1]]
    assert 2 < len(texts) <= MAX_MESSAGES
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    for number, text in enumerate(texts[1:], start=2):
        assert text.startswith(f"cs.CV cs.LG · 2026年8月21日 · {number}/{len(texts)}\n\n")
    assert re.findall(r"^(\d+)\. ", "\n".join(texts), re.MULTILINE) == [str(number) for number in range(1, 61)]


def test_what_five_messages_do_not_hold_stands_in_the_file_and_the_last_message_says_how_much() -> None:
    entries = numbered(500, summary="字" * 100)
    *messages, document = render_digest(digest(), entries, ZH)
    assert len(messages) == MAX_MESSAGES
    texts = [parse_message(part.payload["text"]).text for part in messages]
    shown = len(re.findall(r"^\d+\. ", "\n".join(texts), re.MULTILINE))
    assert texts[-1].endswith(f"……其余 {500 - shown} 篇见文件")
    assert document.payload["content"].count("\n| [^") == 500


def test_a_digest_of_days_missed_is_labelled_with_its_dates() -> None:
    days = tuple(date(2026, 8, 17) + timedelta(days=number) for number in range(8))
    few, many = digest(days=days[:2]), digest(days=days)
    assert "Aug 17, 2026 · Aug 18, 2026\n" in parse_message(render_digest(few, [ENTRY], EN)[0].payload["text"]).text
    assert "Aug 17\u2009–\u200924, 2026\n" in parse_message(render_digest(many, [ENTRY], EN)[0].payload["text"]).text
    assert file_name(many) == "arxiv-cs.CV-cs.LG-2026-08-17-to-2026-08-24.md"


def test_a_digest_chosen_by_submission_time_says_so() -> None:
    days = (date(2026, 5, 1), date(2026, 8, 21))
    exact = digest(days=days)
    approximate = replace(exact, approximate=days[:1])
    assert exact.key != approximate.key
    for one, marked in ((exact, False), (approximate, True)):
        message, document = render_digest(one, [ENTRY], ZH)
        texts = [message.payload["text"], document.payload["caption"], document.payload["content"]]
        assert ["2026年5月1日的论文按提交时间选取" in text for text in texts] == [marked] * 3


def test_the_same_input_gives_the_same_parts_and_any_change_another_hash() -> None:
    entries = [ENTRY, CROSS]
    first, again = render_digest(digest(), entries, ZH), render_digest(digest(), entries, ZH)
    assert first == again
    changed = render_digest(
        digest(), [replace(ENTRY, translation=replace(TRANSLATION, abstract="另一段。")), CROSS], ZH
    )
    assert [a.content_hash == b.content_hash for a, b in zip(first, changed, strict=True)] == [True, False]


def test_markdown_keeps_the_headings_of_the_sample_where_texts_or_reader_are_chinese() -> None:
    english = replace(ENTRY, translation=replace(TRANSLATION, language="en"))
    assert digest_markdown([ENTRY, english], ZH).startswith("# 摘要\n")
    french = replace(ENTRY, translation=replace(TRANSLATION, language="fr"))
    assert digest_markdown([ENTRY], EN).startswith("# 摘要\n")
    assert digest_markdown([french], ZH).startswith("# 摘要\n")
    assert digest_markdown([french], EN).startswith("# Summary\n")


@given(st.lists(st.text(max_size=30), min_size=1, max_size=30))
def test_file_names_are_short_and_safe_anywhere(categories: list[str]) -> None:
    name = file_name(digest(*categories))
    assert re.fullmatch(r"arxiv-[A-Za-z0-9.-]*2026-08-21\.md", name)
    assert len(name) <= 60


def test_a_file_name_with_too_many_categories_counts_the_rest() -> None:
    name = file_name(digest(*(f"cs.{letter}{letter}" for letter in "ABCDEFGH")))
    assert name == "arxiv-cs.AA-cs.BB-cs.CC-cs.DD-cs.EE-and-3-more-2026-08-21.md"


def style(**wishes: Any) -> DigestStyle:
    return DigestStyle(**wishes)


def rendered(entries: list[BilingualPaper], words: Words = ZH, **wishes: object) -> tuple[list[Parsed], list[Part]]:
    """The messages as a reader gets them, and the documents."""
    parts = render_digest(replace(digest(), style=style(**wishes)), entries, words)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    documents = [part for part in parts if part.kind is PartKind.DOCUMENT]
    return [parse_message(part.payload["text"]) for part in parts[: len(parts) - len(documents)]], documents


def test_only_as_many_papers_stand_in_the_chat_as_are_wanted() -> None:
    (message,), (document,) = rendered(numbered(12), papers_shown=5)
    assert message.links()[-1].endswith("2608.00005")
    assert message.text.endswith("\n\n……其余 7 篇见文件")
    assert "12 篇新论文" in message.text
    assert document.payload["content"].count("\n| [^") == 12


@pytest.mark.parametrize("paged", [False, True])
@pytest.mark.parametrize(("count", "shown"), [(12, 5), (500, 0), (500, 5)])
def test_without_the_file_nothing_claims_to_stand_in_it(count: int, shown: int, paged: bool) -> None:  # noqa: FBT001 - a case
    entries = numbered(count, summary="字" * 100)
    messages, documents = rendered(entries, EN, papers_shown=shown or 200, attach_file=False, paged=paged)
    assert documents == []
    assert "file" not in "".join(message.text for message in messages)
    # Of a paged digest only the first page is a part, and the last one tells what is left out.
    assert messages[-1].text.endswith("more that are not shown here") is (not paged or shown == 5)


@pytest.mark.parametrize("attach_file", [False, True])
def test_the_file_layout_is_the_document_with_a_head_line_alone(attach_file: bool) -> None:  # noqa: FBT001 - a case
    messages, (document,) = rendered(numbered(2), layout=Layout.FILE, attach_file=attach_file)
    assert messages == []
    assert parse_message(document.payload["caption"], limit=1024).text == (
        "cs.CV cs.LG · 2026年8月21日\n2 篇新论文\n本期全部 2 篇论文，附完整摘要"
    )


def test_abstracts_stand_folded_below_the_summaries() -> None:
    plain_ones, folded = rendered([ENTRY] * 3)[0][0], rendered([ENTRY] * 3, show_abstracts=True)[0][0]
    assert plain_ones.marked("blockquote") == []
    assert folded.marked("blockquote") == ["我们证明稀疏注意力需要 O(n log n) 时间，并给出匹配的上界。"] * 3


@pytest.mark.parametrize("paged", [False, True])
def test_a_single_entry_that_is_longer_than_a_message_is_cut_to_one(paged: bool) -> None:  # noqa: FBT001 - a case
    long = replace(TRANSLATION, title="题 " * 5000, summary="句 " * 5000, abstract="段 " * 20_000)
    endless = BilingualPaper(replace(PAPER, authors=("A. Author",) * 1000), long, AnnounceType.NEW)
    (message,), _ = rendered([endless], show_abstracts=True, paged=paged)
    assert message.text.count("…") == 3
    assert message.links() == ["https://arxiv.org/abs/2608.01234"]


def test_a_page_always_has_the_same_papers_however_long_their_texts_are() -> None:
    for length, count in ((10, 10), (1000, 10)):
        texts = replace(TRANSLATION, title="题" * length, summary="句" * length)
        (message,), _ = rendered([replace(ENTRY, translation=texts)] * 25, paged=True)
        assert len(message.links()) == count
    (message,), _ = rendered([ENTRY] * 25, paged=True, show_abstracts=True)
    assert len(message.links()) == 4


def test_each_message_of_a_channels_digest_has_buttons_for_its_own_papers_under_their_own_numbers() -> None:
    entries = numbered(50, summary="句" * 300)
    parts = render_digest(digest(), entries, ZH, bot_name="arxiv_bot")
    shown = [part for part in parts if part.kind is PartKind.MESSAGE]
    assert len(shown) > 2
    buttons = [button for part in shown for row in part.payload["buttons"] for button in row]
    counts = [len(parse_message(part.payload["text"]).links()) for part in shown]
    assert [sum(map(len, part.payload["buttons"])) for part in shown] == counts
    assert [(button["text"], button["url"][-5:]) for button in buttons] == [
        (str(number), f"{number:05}") for number in range(1, sum(counts) + 1)
    ]


@pytest.mark.parametrize(("layout", "has_buttons"), [(Layout.CLASSIC, False), (Layout.FILE, True)])
def test_the_file_has_the_buttons_only_where_no_message_has_them(*, layout: Layout, has_buttons: bool) -> None:
    asked = replace(digest(), id=7, style=DigestStyle(layout, paged=True))
    assert ("buttons" in render_digest(asked, [ENTRY], ZH)[-1].payload) is has_buttons
