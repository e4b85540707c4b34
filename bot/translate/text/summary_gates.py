"""The gates that summaries pass beside the others: their form, and nothing in them that the paper has not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from bot.translate.text.alarm import Alarm, Gate
from bot.translate.text.figures import read_numbers
from bot.translate.text.sentences import count_sentences
from bot.translate.text.spans import without_spans
from bot.translate.text.summary import split_sentences
from bot.translate.text.thresholds import limits_of
from storage.records import TextField

_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
# Where texts are in Latin letters, two or three capitals may be that language's own: `IA`, `KI`, `ADN`.
_LATIN_NAME = re.compile(r"[A-Z]{4,}[a-z]?|\w*[a-z][A-Z]\w*|\w*[A-Za-z]\d\w*")
_WORDS = re.compile(r"[^\W\d_]+")
_NOT_ESSENTIAL = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Known:
    """What of a paper's English its summaries are measured against."""

    numbers: frozenset[Decimal]
    essence: str
    initials: str
    """The first letters of its words."""


def summary_alarms(source: str, translated: str, field: TextField, language: str, paper: str) -> list[Alarm]:
    """The alarms that a summary raises as one: `source` is the English sentence that it renders, `paper` all of it."""
    return [*_form(source, translated.strip(), field, language), *_invented(paper, translated, language)]


def essence(text: str) -> str:
    """Letters and digits alone, for telling whether two texts are the same."""
    return _NOT_ESSENTIAL.sub("", text.casefold())


def _form(source: str, text: str, field: TextField, language: str) -> list[Alarm]:
    alarms = [Alarm(Gate.SUMMARY_FORM, "several lines")] if "\n" in text else []
    limits = limits_of(language)
    most, allowed = limits.summary, 1
    if field is TextField.SUMMARY:
        most = max(most, round(limits.summary_ratio * len(source)))
        allowed = max(1, len(split_sentences(source)))
    if len(text) > most:
        alarms.append(Alarm(Gate.SUMMARY_FORM, f"{len(text)} characters, {most} allowed"))
    if (count := count_sentences(text, language)) > allowed:
        alarms.append(Alarm(Gate.SUMMARY_FORM, f"{count} sentences"))
    return alarms


def _invented(paper: str, translated: str, language: str) -> list[Alarm]:
    """Numbers and Latin names in a summary that the paper has not."""
    alarms = []
    text = without_spans(translated)
    known = _known(paper)
    if numbers := sum(not values & known.numbers for values in read_numbers(text, language, stated=True)):
        alarms.append(Alarm(Gate.NUMBER_INVENTED, f"{numbers} that the English has not"))
    words = _LATIN_WORD.findall(text)
    names = words if limits_of(language).scripts else [word for word in words if _LATIN_NAME.fullmatch(word)]
    # An abbreviation may stand for words of the paper: its letters begin them. LLMs is LLM.
    folded = [name.casefold() for name in names]
    unknown = [word for word in folded if word not in known.essence and word.rstrip("s") not in known.initials]
    if unknown:
        alarms.append(Alarm(Gate.NAME_INVENTED, f"{len(unknown)} that the English has not"))
    return alarms


@lru_cache(maxsize=64)
def _known(paper: str) -> _Known:
    numbers: frozenset[Decimal] = frozenset().union(*read_numbers(paper, bare=True))
    return _Known(numbers, essence(paper), "".join(word[0] for word in _WORDS.findall(paper.casefold())))
