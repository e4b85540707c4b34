"""How good a digest's records are: the rate of each gate's alarms, and of each defect that readers have met. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.translate.text.alarm import Alarm, Gate
from bot.translate.text.cleaning import clean_abstract, clean_title, clean_translation
from bot.translate.text.figures import read_numbers
from bot.translate.text.gates import check
from bot.translate.text.marks import count_shown
from bot.translate.text.numbers import magnitudes
from bot.translate.text.sentences import count_sentences
from bot.translate.text.spans import SpanKind, spans
from storage.records import DigestRecord, TextField


class Defect(StrEnum):
    """What was wrong with digests before; each with its rate there."""

    CUT = "cut"
    """The English abstract ends at 1,000 characters, in the middle of a sentence: 75.6 % of papers."""
    PREAMBLE = "preamble"
    """The feed's preamble was translated into the text: 52 % of papers."""
    SUMMARY_EN_BLANK = "summary_en_blank"
    """There is no English summary: 99.5 % of papers."""
    FIELD_MISSING = "field_missing"
    """A title, abstract or summary in the reader's language is missing: 1.44 % of papers."""
    UNTRANSLATED = "untranslated"
    """A text, or a sentence of one, is marked as English."""
    MATH = "math"
    """A formula was lost or altered: 14.5 % of formulas of more than a letter or number."""
    MAGNITUDE = "magnitude"
    """A million or billion is off by a power of ten: 3.7 % of mentions."""
    SUMMARY_SENTENCES = "summary_sentences"
    """The summary has more than one sentence: 28.4 % of papers."""
    SUMMARY_LONG = "summary_long"
    """The summary is longer than its language allows (120 Han characters): 7 % of papers."""


@dataclass(slots=True)
class Rate:
    """So many of so many."""

    count: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        """The part that counts, between 0 and 1; 0 where nothing was counted."""
        return self.count / self.of if self.of else 0.0

    def add(self, *, hit: bool) -> None:
        """Count one more case, and whether it is a hit."""
        self.of += 1
        self.count += hit


@dataclass(slots=True)
class Report:
    """The rates over some records. Gates look at abstracts that there are; `together` are those with any alarm."""

    records: int = 0
    gates: dict[Gate, Rate] = field(default_factory=lambda: {gate: Rate() for gate in _OF_ABSTRACTS})
    together: Rate = field(default_factory=Rate)
    defects: dict[Defect, Rate] = field(default_factory=lambda: {defect: Rate() for defect in Defect})


_OF_ABSTRACTS: tuple[Gate, ...] = (
    Gate.ERROR_PAGE,
    Gate.ECHO,
    Gate.SCRIPT,
    Gate.LENGTH,
    Gate.SENTENCES,
    Gate.LEAK,
    Gate.LOOP,
    Gate.VARIANT,
    Gate.NUMBER_LOST,
    Gate.URL_LOST,
    Gate.URL_INVENTED,
    Gate.UNFINISHED,
)
_CUT_AT = range(985, 1001)
_ENDS = re.compile(r"[.!?…][\"'”’)\]}$]*\s*$")
_PREAMBLE = re.compile(r"公告类型|公告類型|Announce Type")
_TRIVIAL = re.compile(r"[$\\()\[\]\s{}]*(?:[A-Za-z]|\d+(?:\.\d+)?|\\[a-zA-Z]+)[$\\()\[\]\s{}]*")
_LONGEST_SUMMARY = {"zh-CN": 120, "zh-TW": 120}
_ANY_LONGEST = 280


def assess(records: Iterable[DigestRecord], language: str, marks: Sequence[str] = ()) -> Report:
    """Look at every record. `marks` are the words that stand before a text that was not translated."""
    report = Report()
    for record in records:
        report.records += 1
        _gates(report, record, language, marks)
        for defect, hit in _defects(record, language, marks):
            report.defects[defect].add(hit=hit)
    return report


def _gates(report: Report, record: DigestRecord, language: str, marks: Sequence[str]) -> None:
    translated = clean_translation(record.translated_abstract)
    if not translated or _marked(record.translated_abstract, marks):
        return
    alarms: tuple[Alarm, ...] = check(clean_abstract(record.abstract), translated, TextField.ABSTRACT, language)
    raised = {alarm.gate for alarm in alarms}
    for gate, rate in report.gates.items():
        rate.add(hit=gate in raised)
    report.together.add(hit=bool(raised - {Gate.LEAK}))


def _defects(record: DigestRecord, language: str, marks: Sequence[str]) -> Iterator[tuple[Defect, bool]]:
    texts = (record.translated_title, record.translated_abstract, record.tldr)
    yield Defect.CUT, len(record.abstract) in _CUT_AT and not _ENDS.search(record.abstract)
    yield Defect.PREAMBLE, bool(_PREAMBLE.search(record.translated_abstract))
    yield Defect.SUMMARY_EN_BLANK, not record.tldr_en.strip()
    yield Defect.FIELD_MISSING, not all(text.strip() for text in texts)
    yield Defect.UNTRANSLATED, any(_marked(text, marks) for text in texts)
    if record.translated_abstract.strip() and not _marked(record.translated_abstract, marks):
        pairs = ((clean_abstract(record.abstract), record.translated_abstract),)
        for source, made in (*pairs, (clean_title(record.title), record.translated_title)):
            yield from ((Defect.MATH, lost) for lost in _formulas_lost(source, made))
            yield from ((Defect.MAGNITUDE, wrong) for wrong in _magnitudes_wrong(source, made, language))
    if record.tldr.strip() and not _marked(record.tldr, marks):
        yield Defect.SUMMARY_SENTENCES, count_sentences(record.tldr.strip(), language) > 1
        yield Defect.SUMMARY_LONG, len(record.tldr.strip()) > _LONGEST_SUMMARY.get(language, _ANY_LONGEST)


def _marked(text: str, marks: Sequence[str]) -> bool:
    return text.strip().startswith(tuple(mark.strip() for mark in marks)) or count_shown(text) > 0


def _formulas_lost(source: str, made: str) -> Iterator[bool]:
    """For each formula that is more than a letter or a number, whether it is missing or was changed."""
    squeezed = "".join(made.split())
    for span in spans(source):
        formula = source[span.start : span.end]
        if span.kind is SpanKind.MATH and not _TRIVIAL.fullmatch(formula):
            yield "".join(formula.split()) not in squeezed


def _magnitudes_wrong(source: str, made: str, language: str) -> Iterator[bool]:
    """For each number with million or billion, whether it is there with another power of ten and not with its own."""
    values = frozenset().union(*read_numbers(made, language))
    digits = {value.normalize().as_tuple().digits for value in values}
    for magnitude in magnitudes(source):
        for value in magnitude.values:
            yield value not in values and value.normalize().as_tuple().digits in digits
