"""A text that is no translation does not reach the reader; a good one does."""

from __future__ import annotations

import pytest
from fakes.pseudo import pseudo

from bot.translate.text.alarm import Gate
from bot.translate.text.gates import check, is_name_like
from storage.records import TextField

pytestmark = pytest.mark.pure

TITLE = "Learning to Rank with Noisy Measurements from Many Users"
ABSTRACT = (
    "Ranking systems learn from what users do, but such measurements are noisy and biased in several ways. "
    "We propose a method which estimates the noise of each user and corrects the ranking for it. "
    "On four public data sets it beats the best known methods by 12.5 points. Code: https://example.org/rank"
)
SENTENCE = "We propose a method which estimates the noise of each user and corrects the ranking for it."
LANGUAGES = ("zh-CN", "zh-TW", "ja", "ko", "ru", "ar", "hi", "fr", "de")


def gates(source: str, translated: str, field: TextField, language: str = "zh-CN") -> set[Gate]:
    return {alarm.gate for alarm in check(source, translated, field, language)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("source", "field"), [(TITLE, TextField.TITLE), (ABSTRACT, TextField.ABSTRACT), (SENTENCE, TextField.SUMMARY)]
)
def test_a_translation_in_the_right_script_and_length_passes(source: str, field: TextField, language: str) -> None:
    assert gates(source, pseudo(source, language), field, language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("source", "field"), [(TITLE, TextField.TITLE), (ABSTRACT, TextField.ABSTRACT), (SENTENCE, TextField.SUMMARY)]
)
def test_an_echo_of_the_english_is_rejected(source: str, field: TextField, language: str) -> None:
    assert gates(source, f"{source} ", field, language) & {Gate.ECHO, Gate.SCRIPT}
    assert gates(source, f"（未翻译）{source}", field, language) & {Gate.ECHO, Gate.SCRIPT}


@pytest.mark.parametrize("language", ["fr", "de", "es"])
def test_english_with_a_few_words_changed_is_rejected_where_letters_do_not_tell(language: str) -> None:
    assert Gate.ECHO in gates(ABSTRACT, ABSTRACT.replace("propose", "present"), TextField.ABSTRACT, language)


@pytest.mark.parametrize(
    ("translated", "gate"),
    [
        ("", Gate.EMPTY),
        ("  \n", Gate.EMPTY),
        ("。，12", Gate.EMPTY),
        ("<html><body>排名系统向用户学习</body></html>", Gate.ERROR_PAGE),
        ("Error 500 (Server Error)!!1500.That’s an error.", Gate.ERROR_PAGE),
        (f"以下是这篇论文的翻译：{pseudo(ABSTRACT, 'zh')}", Gate.LEAK),
        (f"Sure! {pseudo(ABSTRACT, 'zh')}", Gate.LEAK),
        (f"{pseudo(ABSTRACT, 'zh')} PAPER-0a1b2c3d", Gate.LEAK),
        (f"{pseudo(ABSTRACT, 'zh')}{{v3}}", Gate.LEAK),
        (f"{pseudo(ABSTRACT, 'zh')[:14] * 6} https://example.org/rank", Gate.LOOP),
        (pseudo(ABSTRACT, "zh")[:30], Gate.LENGTH),
        (pseudo(ABSTRACT, "zh") + pseudo(TITLE + SENTENCE, "zh") * 2, Gate.LENGTH),
        (pseudo(ABSTRACT, "zh").replace("https://example.org/rank", ""), Gate.URL_LOST),
        (pseudo(ABSTRACT, "zh") + " https://evil.example/pay", Gate.URL_INVENTED),
        (pseudo(ABSTRACT, "ru"), Gate.SCRIPT),
    ],
)
def test_each_way_of_being_no_abstract_has_its_gate(translated: str, gate: Gate) -> None:
    assert gate in gates(ABSTRACT, translated, TextField.ABSTRACT)


def test_chinese_is_not_taken_for_japanese() -> None:
    assert gates(ABSTRACT, pseudo(ABSTRACT, "zh"), TextField.ABSTRACT, "ja") == {Gate.SCRIPT}


@pytest.mark.parametrize("title", ["BERT", "U-Turn Diffusion", "GPT-4o", "$k$-SVD", "Mamba", "AlphaFold 3 vs ESMFold"])
def test_a_title_of_names_may_stay_as_it_is(title: str) -> None:
    assert is_name_like(title)
    assert gates(title, title, TextField.TITLE) == set()


@pytest.mark.parametrize(
    "title", ["Attention Is All You Need", "A Survey of Large Language Models", "Deep Graph Learning", TITLE]
)
def test_a_title_of_words_may_not(title: str) -> None:
    assert not is_name_like(title)
    assert Gate.ECHO in gates(title, title, TextField.TITLE)


def test_a_title_may_be_half_a_name() -> None:
    assert gates("GraphEase-XL: A Training Schedule", "GraphEase-XL：训练计划", TextField.TITLE) == set()


def test_an_abstract_in_place_of_a_title_is_rejected() -> None:
    assert Gate.LENGTH in gates(TITLE, pseudo(ABSTRACT, "zh"), TextField.TITLE)


def test_a_formula_alone_is_a_translation_of_itself() -> None:
    assert gates("$E = mc^2$", "$E = mc^2$", TextField.TITLE) == set()


@pytest.mark.parametrize(("length", "passes"), [(120, True), (121, False)])
def test_a_chinese_summary_has_at_most_120_characters(length: int, passes: bool) -> None:  # noqa: FBT001 - a parameter
    text = "".join(chr(0x4E00 + at) for at in range(length))
    assert (gates(SENTENCE, text, TextField.SUMMARY) == set()) is passes


@pytest.mark.parametrize(("length", "passes"), [(280, True), (281, False)])
def test_an_english_summary_has_at_most_280_characters(length: int, passes: bool) -> None:  # noqa: FBT001 - a parameter
    text = "".join(chr(ord("a") + at * at % 26) + " " * (at % 7 == 0) for at in range(400))[:length]
    found = {alarm.gate for alarm in check(ABSTRACT, text, TextField.SUMMARY_EN, "en")}
    assert (Gate.SUMMARY_FORM not in found) is passes


def test_a_summary_is_one_line() -> None:
    assert gates(SENTENCE, "第一行\n第二行", TextField.SUMMARY) == {Gate.SUMMARY_FORM}


def test_the_summary_of_a_long_sentence_may_be_longer() -> None:
    sentence = " and ".join(["We propose one more method for yet another kind of graph"] * 8)
    text = "".join(chr(0x4E00 + at) for at in range(150))
    assert gates(sentence, text, TextField.SUMMARY) == set()


def test_a_text_that_ends_without_a_stop_is_not_the_whole_text() -> None:
    assert gates(f"{TITLE}.", pseudo(TITLE, "zh"), TextField.ABSTRACT) == {Gate.UNFINISHED}


def test_an_abstract_about_errors_may_speak_of_them() -> None:
    source = "We study Error 404 pages and <div> elements."
    assert gates(source, "我们研究 Error 404 页面和 <div> 元素。", TextField.ABSTRACT) == set()


def test_what_looks_like_a_mask_in_the_english_may_stand_in_the_translation() -> None:
    assert Gate.LEAK not in gates(f"{ABSTRACT} {{v3}}", f"{pseudo(ABSTRACT, 'zh')} {{v3}}", TextField.ABSTRACT)


@pytest.mark.parametrize(("text", "loops"), [("{0}甲{0}", False), ("{0}甲{0}乙{0}", True)])
def test_a_loop_says_the_same_three_times(*, text: str, loops: bool) -> None:
    again = text.format("一二三四五六七八九十百千")
    assert (Gate.LOOP in gates(ABSTRACT, again, TextField.ABSTRACT)) is loops


def test_a_japanese_title_needs_no_kana() -> None:
    assert gates("Deep Graph Learning", "深層図学習", TextField.TITLE, "ja") == set()


def test_a_few_words_that_look_english_prove_nothing() -> None:
    assert gates("A Study of The Matrix", "The Matrix : une étude", TextField.TITLE, "fr") == set()


def test_short_texts_and_titles_may_be_long_beside_their_english() -> None:
    assert Gate.LENGTH not in gates("We count sheep.", pseudo(ABSTRACT, "zh"), TextField.ABSTRACT)
    assert Gate.LENGTH not in gates("On Sheep", "论" * 60, TextField.TITLE)
    assert Gate.LENGTH in gates("On Sheep", "论" * 61, TextField.TITLE)


def test_a_text_full_of_names_is_measured_without_them() -> None:
    names = " ".join(f"Model{number}" for number in range(40))
    rest = " are compared on many data sets and tasks, and none of them is the best everywhere in all cases."
    translated = f"{names} 在许多数据集和任务上进行了比较，没有一个在所有情况下都是最好的。"
    assert Gate.LENGTH not in gates(names + rest, translated, TextField.ABSTRACT)
    assert Gate.LENGTH in gates(names + rest, f"{names}。", TextField.ABSTRACT)


def test_a_few_traditional_characters_are_a_name() -> None:
    assert Gate.VARIANT not in gates("The Analects and BERT", "《論語》与 BERT", TextField.TITLE)
    assert Gate.VARIANT in gates("The Analects and BERT", "《論語》与 BERT 的關係研究與討論", TextField.TITLE)
