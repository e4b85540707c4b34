"""Millions and billions become 万 and 亿 exactly, and numbers are found again however they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.translate.text.figures import read_numbers
from bot.translate.text.masking import mask, unmask
from bot.translate.text.numbers import in_myriads, magnitudes

pytestmark = pytest.mark.pure

LANGUAGES = st.sampled_from(["zh-CN", "zh-TW", "ja", "ko"])
AMOUNTS = st.decimals("0.001", "99999", places=3) | st.integers(1, 99_999).map(Decimal)


@given(AMOUNTS, st.sampled_from([("million", 6), ("billion", 9), ("trillion", 12)]), LANGUAGES)
def test_conversion_and_reading_are_inverse(amount: Decimal, unit: tuple[str, int], language: str) -> None:
    word, power = unit
    written = f"{amount:f} {word}"
    (found,) = magnitudes(written)
    assert found.values == (amount * Decimal(10) ** power,)
    (read,) = read_numbers(in_myriads(found, language))
    assert read == {amount * Decimal(10) ** power}
    assert list(read_numbers(written)) == [read]


@pytest.mark.parametrize(
    ("text", "chinese", "korean"),
    [
        ("3.5 million", "350万", "350만"),
        ("2.3 billion", "23亿", "23억"),
        ("1 trillion", "1万亿", "1조"),
        ("1,234.5 million", "12.345亿", "12.345억"),
        ("1-2 million", "100万至200万", "100만~200만"),
        ("$5 million", "500万美元", "500만달러"),
        ("two billion", "20亿", "20억"),
        ("7-billion", "70亿", "70억"),
        ("0.001 million", "1000", "1000"),
    ],
)
def test_magnitudes_are_written_as_the_language_counts(text: str, chinese: str, korean: str) -> None:
    (found,) = magnitudes(f"with {text} things")
    assert in_myriads(found, "zh-CN") == chinese
    assert in_myriads(found, "ko") == korean


@pytest.mark.parametrize("text", ["a million", "millions of", "v2.5million-scale", "one in a billion", "$x$ million"])
def test_words_without_a_number_are_left_to_the_translator(text: str) -> None:
    assert list(magnitudes(text)) == []


@pytest.mark.parametrize(
    ("text", "stated"), [("COVID-19", 0), ("3D", 0), ("1st", 0), ("1990s", 0), ("1) a", 0), ("12.5%", 1), ("5 of 7", 2)]
)
def test_names_and_ordinals_may_become_words(text: str, stated: int) -> None:
    assert len(list(read_numbers(text, stated=True))) == stated


def test_a_mask_brings_back_the_converted_number_and_for_english_the_number_itself() -> None:
    masked = mask("We train on 1.5 million images of $n$ kinds.", language="zh-CN")
    assert masked.text == "We train on {v1} images of {v2} kinds."
    assert unmask("我们用{v1}张{v2}类图像训练。", masked) == "我们用150万张$n$类图像训练。"
    assert unmask(masked.text, masked, english=True) == "We train on 1.5 million images of $n$ kinds."
    assert mask("1.5 million", language="fr").tokens == {}
