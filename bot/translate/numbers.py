"""Large numbers where languages count in ten thousands: `3.5 million` is 350万, exactly. And numbers in any text, read.

In the system that the sample digest came from 3.7 % of such mentions were wrong by a power of ten, so no translator is
asked to convert them: they are written here, and masked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Magnitude:
    """text[start:end] is a number with a word such as million; `values` are one, or the two ends of a range."""

    start: int
    end: int
    values: tuple[Decimal, ...]
    currency: str = ""


_POWERS = {"million": 6, "billion": 9, "trillion": 12}
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FIGURES = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,12})?|\d{1,15}(?:\.\d{1,12})?"
_MAGNITUDE = re.compile(
    rf"(?<![\w.,\\])(?P<currency>US\$|[$€£])?(?:(?P<first>{_FIGURES})\s?(?:-|–|--|to)\s?[$€£]?)?"
    rf"(?P<number>{_FIGURES}|(?:{'|'.join(_WORDS)})(?=[\s~-]))[\s~-]{{0,2}}(?P<power>million|billion|trillion)\b",
    re.IGNORECASE | re.ASCII,
)
_POWER = re.compile(r"(?:m|b|tr)illion\b", re.IGNORECASE | re.ASCII)
_MOST_BEFORE = 90
"""Two figures at their longest with all that may stand between them and before the word."""
_UNITS: dict[str, tuple[tuple[int, str], ...]] = {
    "zh-CN": ((12, "万亿"), (8, "亿"), (4, "万")),
    "zh-TW": ((12, "兆"), (8, "億"), (4, "萬")),
    "ja": ((12, "兆"), (8, "億"), (4, "万")),
    "ko": ((12, "조"), (8, "억"), (4, "만")),
}
"""Language → powers of ten with their names, the largest first."""
_CURRENCIES = {
    "zh-CN": {"$": "美元", "€": "欧元", "£": "英镑"},
    "zh-TW": {"$": "美元", "€": "歐元", "£": "英鎊"},
    "ja": {"$": "ドル", "€": "ユーロ", "£": "ポンド"},
    "ko": {"$": "달러", "€": "유로", "£": "파운드"},
}
_RANGE = {"zh-CN": "至", "zh-TW": "至", "ja": "～", "ko": "~"}
# What a number is multiplied by, as texts write it: 3.5 million, 350万, 35亿, 100K, 7B.
_FACTORS = {
    **_POWERS,
    "thousand": 3, "hundred": 2, "k": 3, "m": 6, "b": 9, "t": 12,
    "百": 2, "千": 3, "万": 4, "萬": 4, "만": 4, "亿": 8, "億": 8, "억": 8, "兆": 12, "조": 12,
    "百万": 6, "百萬": 6, "千万": 7, "千萬": 7, "十亿": 9, "十億": 9, "万亿": 12, "萬億": 12, "百만": 6,
}  # fmt: skip
_NUMBER = re.compile(
    rf"(?P<number>{_FIGURES})(?:\s?(?P<factor>百万|百萬|千万|千萬|十亿|十億|万亿|萬億|[百千万萬만亿億억兆조]"
    r"|(?:million|billion|trillion|thousand|hundred)\b|[kKMBT](?![a-zA-Z])))?",
    re.IGNORECASE | re.ASCII,
)


_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_NAME_BEFORE = re.compile(r"[^\W\d](?:[-–.])?\Z")
_WORD_AFTER = re.compile(r"[^\W\d]|\)|[-–][A-Z]")


def counts_in_myriads(language: str) -> bool:
    """Whether the language groups large numbers by four digits, so that million and billion have to be converted."""
    return language in _UNITS


def magnitudes(text: str) -> Iterator[Magnitude]:
    """The numbers with million, billion or trillion in English text, in order."""
    at = 0
    for word in _POWER.finditer(text):
        # From the word back, because there are far fewer of them than figures.
        found = _MAGNITUDE.search(text, max(at, word.start() - _MOST_BEFORE), word.end())
        if found is None:
            continue
        at = found.end()
        power = Decimal(10) ** _POWERS[found["power"].lower()]
        figures = [one for one in (found["first"], found["number"]) if one]
        values = tuple(_value(one) * power for one in figures)
        yield Magnitude(found.start(), found.end(), values, (found["currency"] or "")[-1:])


def in_myriads(magnitude: Magnitude, language: str) -> str:
    """How the language writes it, to the last digit: `350万`, `1至2亿`, `500万美元`. KeyError for other languages."""
    written = _RANGE[language].join(_written(value, language) for value in magnitude.values)
    return written + _CURRENCIES[language].get(magnitude.currency, "")


def read_numbers(text: str, *, stated: bool = False) -> Iterator[frozenset[Decimal]]:
    """Each number in a text, in order, as the values that it may stand for: `7B` is 7 or 7,000,000,000.

    `stated`: only those that every translation has to have. `3D`, `1st` and `1990s` may become words, `1)` marks a list
    and `COVID-19` is a name.
    """
    text = _ascii_digits(text)
    for found in _NUMBER.finditer(text):
        start, end = found.span()
        if stated and (_NAME_BEFORE.search(text, max(0, start - 2), start) or _WORD_AFTER.match(text, end)):
            continue
        number = _value(found["number"])
        factor = found["factor"]
        if factor is None:
            yield frozenset({number})
        elif len(factor) == 1 and factor.isascii():
            yield frozenset({number, number * Decimal(10) ** _FACTORS[factor.lower()]})
        else:
            yield frozenset({number * Decimal(10) ** _FACTORS[factor.lower()]})


def _written(value: Decimal, language: str) -> str:
    power, unit = next(((power, unit) for power, unit in _UNITS[language] if value >= Decimal(10) ** power), (0, ""))
    figures = f"{value.scaleb(-power):f}"
    return (figures.rstrip("0").rstrip(".") if "." in figures else figures) + unit


def _value(figures: str) -> Decimal:
    word = figures.lower()
    return Decimal(_WORDS.index(word) + 1) if word in _WORDS else Decimal(figures.replace(",", ""))


def _ascii_digits(text: str) -> str:
    """The text with the digits of other scripts (full-width, Arabic-Indic, Devanagari) as 0 to 9."""
    return _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
