"""Good translations pass the gates in every language, with their own figures, large numbers and full stops."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from bot.i18n.languages import ENGLISH, NAMES
from bot.translate.text.alarm import Gate
from bot.translate.text.figures import read_numbers
from bot.translate.text.gates import check
from bot.translate.text.sentences import count_sentences, first_sentence, tells_sentences
from storage.records import TextField

pytestmark = pytest.mark.pure

PAPER = json.loads((Path(__file__).parents[1] / "data" / "one_abstract_in_all_languages.json").read_text("utf-8"))
ENGLISH_TEXT = f"{PAPER['title']} {PAPER['abstract']}"
LANGUAGES = sorted(NAMES.keys() - {ENGLISH})


def alarms(field: TextField, text: str, language: str) -> set[Gate]:
    return {one.gate for one in check(PAPER[field.value], text, field, language, paper=ENGLISH_TEXT)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_good_translation_passes_and_half_of_it_or_twice_of_it_does_not(language: str) -> None:
    made = PAPER["languages"][language]
    for field in (TextField.TITLE, TextField.ABSTRACT, TextField.SUMMARY):
        assert alarms(field, made[field.value], language) == set()
    abstract = made["abstract"]
    if tells_sentences(language):
        assert count_sentences(abstract, language) == 5
        assert first_sentence(f"{made['summary']} {abstract}", language) == made["summary"]
    assert alarms(TextField.ABSTRACT, abstract[: len(abstract) // 2], language)
    assert Gate.LENGTH in alarms(TextField.ABSTRACT, f"{abstract} {abstract}", language)
    assert alarms(TextField.ABSTRACT, PAPER["languages"]["ja" if language == "ko" else "ko"]["abstract"], language)


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("de", "um 12,5 % bei 1.500 Token", [{"12.5"}, {"1500", "1.5"}]),
        ("fr", "12 500 images et 3,5 milliards", [{"12500", "12", "500"}, {"3500000000"}]),
        ("de", "3,5 Mio. oder 2 Billionen", [{"3500000"}, {"2000000000000"}]),
        ("es", "1200 millones y 5 mil millones", [{"1200000000"}, {"5000000000"}]),
        ("ru", "3,5 млн и 2 миллиарда", [{"3500000"}, {"2000000000"}]),
        ("hi", "35 लाख और २ करोड़", [{"3500000"}, {"20000000"}]),
        ("ar", "١٢٫٥ و ١٬٥٠٠", [{"12.5"}, {"1500", "1.5"}]),
        ("th", "3 พันล้าน", [{"3000000000"}]),
        ("tr", "%12,5", [{"12.5"}]),
        ("it", "1.2.3", [{"1", "2", "3"}]),
        ("zh-CN", "350万和12,5", [{"3500000"}, {"12"}, {"5"}]),
    ],
)
def test_figures_are_read_as_each_language_writes_them(language: str, text: str, values: list[set[str]]) -> None:
    assert list(read_numbers(text, language)) == [set(map(Decimal, some)) for some in values]


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        ("de", "3,5 Millionen", "3,5 Milliarden"),
        ("fr", "12,5", "125"),
        ("hi", "35 लाख", "35 करोड़"),
        ("ru", "87,3", "8,73"),
        ("ar", "٣٫٥ مليون", "٣٫٥ مليار"),
    ],
)
def test_a_number_that_is_off_is_found_in_every_script(language: str, right: str, wrong: str) -> None:
    abstract = PAPER["languages"][language]["abstract"]
    assert right in abstract
    assert alarms(TextField.ABSTRACT, abstract.replace(right, wrong), language) == {Gate.NUMBER_LOST}


def test_a_summary_may_use_the_languages_own_short_names_and_no_invented_long_ones() -> None:
    summary = PAPER["languages"]["it"]["summary"]
    assert "IA" in summary
    assert alarms(TextField.SUMMARY, summary.replace("IA", "RESNET"), "it") == {Gate.NAME_INVENTED}
