"""Numbers in any text, read as its language writes them: `12.5`, `12,5`, `١٢٫٥`; `3.5 million`, `3,5 Mio.`, `350万`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from bot.translate.text.large_numbers import LARGE

POWERS = {"million": 6, "billion": 9, "trillion": 12}
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
FIGURES = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,12})?|\d{1,15}(?:\.\d{1,12})?"
"""As English writes them, and the languages of East Asia."""

# What a number is multiplied by, as texts write it: 3.5 million, 350万, 35亿, 100K, 7B.
_FACTORS = {
    **POWERS,
    "thousand": 3, "hundred": 2, "k": 3, "m": 6, "b": 9, "t": 12,
    "百": 2, "千": 3, "万": 4, "萬": 4, "만": 4, "亿": 8, "億": 8, "억": 8, "兆": 12, "조": 12,
    "百万": 6, "百萬": 6, "千万": 7, "千萬": 7, "十亿": 9, "十億": 9, "万亿": 12, "萬億": 12, "百만": 6,
}  # fmt: skip
_LETTER = r"[kKMBT](?![a-zA-Z])"
_NUMBER = re.compile(
    rf"(?P<number>{FIGURES})(?:\s?(?:(?P<word>百万|百萬|千万|千萬|十亿|十億|万亿|萬億|[百千万萬만亿億억兆조]"
    rf"|(?:million|billion|trillion|thousand|hundred)\b)|(?P<letter>{_LETTER})))?",
    re.IGNORECASE | re.ASCII,
)
# Elsewhere the comma may be the decimal sign, and a point, a space or an apostrophe may part the thousands.
_ELSEWHERE = r"[0-9]{1,15}(?:[.,'’][0-9]{1,12}|[ \u00a0\u202f][0-9]{3}(?![0-9])){0,5}"
_PART = re.compile(r"[ \u00a0\u202f'’]")
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_EUROPEAN = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+(?:,[0-9]+)?")
_DIGITS = re.compile(r"[0-9]+")
_OTHER_DIGIT = re.compile(r"[^\D0-9]|[٫٬]")
_SEPARATORS = {"٫": ".", "٬": ","}
_NAME_BEFORE = re.compile(r"[^\W\d](?:[-–.])?\Z")
_WORD_AFTER = re.compile(r"[^\W\d]|\)|[-–][A-Z]")


def read_numbers(
    text: str, language: str = "en", *, stated: bool = False, bare: bool = False
) -> Iterator[frozenset[Decimal]]:
    """Each number in a text, in order, as the values that it may stand for: `7B` is 7 or 7,000,000,000.

    `stated`: only those that every translation has to have. `3D`, `1st` and `1990s` may become words, `1)` marks a list
    and `COVID-19` is a name. `bare`: `3.5 million` may stand for 3.5 as well.
    """
    text = _OTHER_DIGIT.sub(lambda digit: _SEPARATORS.get(digit[0]) or str(unicodedata.decimal(digit[0])), text)
    code = language.partition("-")[0]
    elsewhere = code in LARGE
    for found in (_elsewhere(code) if elsewhere else _NUMBER).finditer(text):
        start, end = found.span()
        if stated and (_NAME_BEFORE.search(text, max(0, start - 2), start) or _WORD_AFTER.match(text, end)):
            continue
        values = _readings(found["number"]) if elsewhere else frozenset({value_of(found["number"])})
        factor = found.lastgroup or ""
        if factor == "number":
            yield values
            continue
        power = int(factor[1:]) if factor.startswith("p") else _FACTORS[found[factor].lower()]
        multiplied = frozenset(value * Decimal(10) ** power for value in values)
        yield multiplied | values if bare or factor == "letter" else multiplied


def value_of(figures: str) -> Decimal:
    """A number as English writes it, in figures or as a word up to twelve."""
    word = figures.lower()
    return Decimal(WORDS.index(word) + 1) if word in WORDS else Decimal(figures.replace(",", ""))


def _readings(figures: str) -> frozenset[Decimal]:
    """What figures may mean in a language that is not English: `1.500` is 1500 or 1.5, `12 500` may be two numbers."""
    parts = _PART.split(figures)
    whole = "".join(parts)
    found: set[Decimal] = set()
    if _ENGLISH.fullmatch(whole):
        found.add(Decimal(whole.replace(",", "")))
    if _EUROPEAN.fullmatch(whole):
        found.add(Decimal(whole.replace(".", "").replace(",", ".")))
    if len(parts) > 1 or not found:
        found.update(map(Decimal, _DIGITS.findall(figures)))
    return frozenset(found)


@cache
def _elsewhere(language: str) -> re.Pattern[str]:
    words = "|".join(f"(?P<p{power}>{forms})" for power, forms in LARGE[language].items())
    return re.compile(rf"(?P<number>{_ELSEWHERE})(?:\s?(?:(?P<letter>{_LETTER})|{words}))?", re.IGNORECASE)
