"""Where sentences end in any of the languages, as far as that tells whether a text is whole."""

from __future__ import annotations

import re
from functools import cache

from bot.translate.text.spans import spans, without_spans
from bot.translate.text.summary import split_sentences
from bot.translate.text.thresholds import limits_of

_CLOSING = r"[\"'”’»）)\]」』]*"
_FINISHED = re.compile(r"[.!?…。！？؟।׃][\"'”’»）)\]」』$]*\s*$")
_NEVER = " "


def is_finished(text: str) -> bool:
    """Whether a text ends as sentences do."""
    return bool(_FINISHED.search(text))


def tells_sentences(language: str) -> bool:
    """Whether sentences end with a sign in the language at all: Thai writes none."""
    return limits_of(language).stops != _NEVER


def count_sentences(text: str, language: str) -> int:
    """How many sentences a text in that language has; 0 where the language does not tell."""
    stops = limits_of(language).stops
    if stops == _NEVER:
        return 0
    if not stops:
        return len(split_sentences(text))
    found = len(_end(stops).findall(without_spans(text)))
    return found if is_finished(text) else found + 1


def first_sentence(text: str, language: str) -> str:
    """The first sentence of a text in that language; all of it where the language does not tell."""
    stops = limits_of(language).stops
    if stops == _NEVER or not text:
        return text
    if not stops:
        return split_sentences(text)[0]
    protected = spans(text)
    ends = (found.end() for found in _end(stops).finditer(text))
    end = next((end for end in ends if not any(span.start < end <= span.end for span in protected)), len(text))
    return text[:end].strip()


@cache
def _end(stops: str) -> re.Pattern[str]:
    return re.compile(rf"(?:[{stops}]+|(?<!\d)[!?.]+{_CLOSING}(?=\s|$)){_CLOSING}")
