"""Large numbers where languages count in ten thousands: `3.5 million` is 350万, exactly.

In the system that the sample digest came from 3.7 % of such mentions were wrong by a power of ten, so no translator is
asked to convert them: they are written here, and masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.translate.text.figures import FIGURES, POWERS, WORDS, value_of


@dataclass(frozen=True, slots=True)
class Magnitude:
    """text[start:end] is a number with a word such as million; `values` are one, or the two ends of a range."""

    start: int
    end: int
    values: tuple[Decimal, ...]
    currency: str = ""


_MAGNITUDE = re.compile(
    rf"(?<![\w.,\\])(?P<currency>US\$|[$€£])?(?:(?P<first>{FIGURES})\s?(?:-|–|--|to)\s?[$€£]?)?"
    rf"(?P<number>{FIGURES}|(?:{'|'.join(WORDS)})(?=[\s~-]))[\s~-]{{0,2}}(?P<power>million|billion|trillion)\b",
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
        power = Decimal(10) ** POWERS[found["power"].lower()]
        figures = [figure for figure in (found["first"], found["number"]) if figure]
        values = tuple(value_of(figure) * power for figure in figures)
        yield Magnitude(found.start(), found.end(), values, (found["currency"] or "")[-1:])


def in_myriads(magnitude: Magnitude, language: str) -> str:
    """How the language writes it, to the last digit: `350万`, `1至2亿`, `500万美元`. KeyError for other languages."""
    written = _RANGE[language].join(_written(value, language) for value in magnitude.values)
    return written + _CURRENCIES[language].get(magnitude.currency, "")


def _written(value: Decimal, language: str) -> str:
    power, unit = next(((power, unit) for power, unit in _UNITS[language] if value >= Decimal(10) ** power), (0, ""))
    figures = f"{value.scaleb(-power):f}"
    return (figures.rstrip("0").rstrip(".") if "." in figures else figures) + unit
