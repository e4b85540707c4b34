"""Gates: what a translated text must not be before a reader sees it. Each alarm names its gate and says why.

The thresholds are one table. On 65,538 papers with good Chinese translations an echo raised an alarm for 0.1 %, the
Han share for 0.1 %, the length ratio for 0.7 %, the number of sentences for 0.4 %, the loop for 0.2 %, Traditional
characters for 0.03 %, a missing number for 0.8 %, a lost address for 0.5 %, missing final punctuation for 0.4 %;
together 2.7 %.
Titles are gated mildly: one that is a single word or mostly names (`BERT`, `U-Turn Diffusion`) may stay as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache

from bot.translate.masking import has_masks
from bot.translate.numbers import read_numbers
from bot.translate.scripts import SIMPLIFIED, TRADITIONAL
from bot.translate.spans import SpanKind, urls, without_spans
from bot.translate.summary import split_sentences
from storage.records import TextField


class Gate(StrEnum):
    """What can be wrong with a text."""

    EMPTY = "empty"
    ERROR_PAGE = "error_page"
    ECHO = "echo"
    SCRIPT = "script"
    LENGTH = "length"
    LEAK = "leak"
    LOOP = "loop"
    URL_LOST = "url_lost"
    URL_INVENTED = "url_invented"
    SENTENCES = "sentences"
    VARIANT = "variant"
    NUMBER_LOST = "number_lost"
    NUMBER_INVENTED = "number_invented"
    NAME_INVENTED = "name_invented"
    SUMMARY_FORM = "summary_form"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One gate's finding; the detail is for the log and quotes figures, not the text."""

    gate: Gate
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is normal for one language. Ratios are characters of translation per character of English, spaces apart."""

    scripts: tuple[tuple[str, float], ...]
    """Pairs of a character class and the least share of the letters that must be in it."""
    shortest: float
    longest: float
    summary: int
    """The most characters of a one-sentence summary."""
    summary_ratio: float
    """A summary may be longer than that where the English sentence it renders is: characters per character of it."""
    loop: int
    """That many characters coming back three times are a loop."""
    stops: str = ""
    """What ends sentences, where that is not the full stop of English; a space: nothing does."""


_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA = r"\u3040-\u30ff"
_CHINESE = Thresholds(((_HAN, 0.40),), 0.18, 0.50, 120, 0.43, 12, "。！？")
_LATIN = Thresholds((), 0.60, 1.80, 280, 1.4, 40)
THRESHOLDS = {
    "zh": _CHINESE,
    "ja": Thresholds(((_HAN + _KANA, 0.40), (_KANA, 0.05)), 0.25, 0.85, 170, 0.6, 16, "。！？"),
    "ko": Thresholds((("\uac00-\ud7af", 0.40),), 0.25, 0.90, 180, 0.65, 16),
    "ru": Thresholds((("\u0400-\u04ff", 0.50),), 0.60, 1.80, 280, 1.4, 40),
    "uk": Thresholds((("\u0400-\u04ff", 0.50),), 0.60, 1.80, 280, 1.4, 40),
    "el": Thresholds((("\u0370-\u03ff", 0.50),), 0.60, 1.80, 280, 1.4, 40),
    "ar": Thresholds((("\u0600-\u06ff", 0.50),), 0.45, 1.50, 280, 1.2, 40, "؟"),
    "fa": Thresholds((("\u0600-\u06ff", 0.50),), 0.45, 1.60, 280, 1.2, 40, "؟"),
    "he": Thresholds((("\u0590-\u05ff", 0.50),), 0.40, 1.40, 280, 1.2, 40, "."),
    "hi": Thresholds((("\u0900-\u097f", 0.50),), 0.55, 1.80, 280, 1.4, 40, "।"),
    "bn": Thresholds((("\u0980-\u09ff", 0.50),), 0.55, 1.80, 280, 1.4, 40, "।"),
    # Thai writes no stops: its sentences are not counted.
    "th": Thresholds((("\u0e00-\u0e7f", 0.50),), 0.45, 1.70, 280, 1.4, 40, " "),
}
"""By the first part of the language code; a language that is not here is taken to be written in Latin letters."""

_ENOUGH_TEXT = 200
"""Shorter English texts vary too much for a length ratio."""
_ENGLISH_WORDS = frozenset({
    "the", "of", "and", "to", "is", "that", "we", "with", "this", "which", "are", "these", "from", "by",
})  # fmt: skip
_ENGLISH_SHARE = 0.10
"""English abstracts have a quarter of such words, other languages next to none."""
_ENOUGH_TO_KNOW = 20
"""That many letters of the English, all of them, are an echo whatever stands around them."""
_FEW_WORDS = 8
"""Fewer words prove nothing about their language."""
_LOOP_TIMES = 3
_FEW_SENTENCES = 2
_SENTENCE_SHARE = 0.5
"""The number of sentences may differ by two, or by half of them in a long text."""
_VARIANT_SHARE = 0.05
"""So many of the characters may belong to the other way of writing Chinese: names and quotations."""
_ENOUGH_HAN = 10
_TITLE_GROWTH = 2.0
"""Short texts vary more: a title may be that much longer than the longest ratio has it."""
_ANY_TITLE = 60
"""A title of so many characters is never too long."""

_MARKUP = re.compile(
    r"<!doctype|<\s*/?\s*(?:html|head|body|div|span|script|style|title|table|meta|center|h1)\b[^<]*>", re.IGNORECASE
)
_ERROR_WORDS = re.compile(
    # Most words do not begin with one of these letters, and nothing more is tried there.
    r"(?<![A-Za-z])(?=[45eimnqstu])(?:"
    r"Error \d{3}\b|That.s an error|\b(?:502 Bad Gateway|503 Service|504 Gateway|403 Forbidden|404 Not Found)|"
    r"Internal Server Error|Service Unavailable|Too Many Requests|unusual traffic|MYMEMORY WARNING|"
    r"QUERY LENGTH LIMIT|INVALID (?:LANGUAGE PAIR|TARGET LANGUAGE)|NO QUERY SPECIFIED)",
    re.IGNORECASE,
)
_LEAK_START = re.compile(
    r"\s*(?:(?:sure|certainly|of course|okay)\b[,!.:，！。：]|here(?:'s| is| are) (?:the|your|a) (?:\w+ )?translation|"
    r"translation\s*[:：]|translated (?:title|abstract|text)\s*[:：]|"
    r"as an ai\b|i(?:'m| am) (?:sorry|unable)|i can(?:'t|not)\b|"
    r"(?:好的|当然)[，,！!。]|以下(?:是|为)[^。]{0,12}(?:翻译|译文)|(?:翻译|译文|翻译结果|译)(?:如下)?\s*[:：]|"
    r"抱歉|对不起|作为(?:一个|一名)?\s*(?:AI|人工智能)|我(?:无法|不能)(?:翻译|协助|提供))",
    re.IGNORECASE,
)
_LEAK_ANYWHERE = re.compile(
    r"公告类型|Announce Type|```|</?think>|\"(?:title|abstract|tldr|tldr_en)\"\s*:|\b(?:PAPER|END)-[0-9a-f]{8}\b"
)
_FUNCTION_WORD = re.compile(
    r"\b(?:an?|the|of|for|in|on|with|and|or|to|from|via|by|is|are|as|at|using|towards?|under|without|beyond|between|can"
    r"|do|does|how|what|why|when|you|all|need)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Z][a-z]*[A-Z0-9].*|[A-Z]-\w.*|[^a-zA-Z]*|\w*\d\w*|[a-z]+[A-Z]\w*|[A-Z]")
_LATIN_RUN = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_LETTERS = re.compile(r"[^\W\d_]")
_WORDS = re.compile(r"[^\W\d_]+")
_NOT_ESSENTIAL = re.compile(r"[\W_]+")
_FINISHED = re.compile(r"[.!?…。！？؟।][\"'”’»）)\]」』$]*\s*$")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_LATIN_NAME = re.compile(r"[A-Z]{2,}[a-z]?|\w*[a-z][A-Z]\w*|\w*[A-Za-z]\d\w*")


def check(
    source_text: str, translated: str, field: TextField, language: str, *, paper: str | None = None
) -> tuple[Alarm, ...]:
    """The alarms that a text raises, none for a good one.

    `source_text` is the English that it renders: for a summary the English sentence, for an English summary the
    abstract. `language` is what the text ought to be in (`en` for an English summary). `paper` is all of the paper's
    English, which a summary's names and numbers must be of; by default the source text.
    """
    if not _LETTERS.search(translated):
        # A formula alone is a fine translation of a formula alone.
        empty = not translated.strip() or bool(_LETTERS.search(without_spans(source_text)))
        return (Alarm(Gate.EMPTY),) if empty else ()
    limits = _limits(language)
    alarms = [*_not_the_text(source_text, translated), *_loop(translated, limits)]
    if language != "en":
        alarms += _untranslated(source_text, translated, field, limits)
        alarms += _variant(translated, language)
    match field:
        case TextField.TITLE:
            alarms += _title(source_text, translated, limits)
        case TextField.ABSTRACT:
            alarms += _abstract(source_text, translated, limits)
        case TextField.SUMMARY | TextField.SUMMARY_EN:
            alarms += _summary(source_text, translated, field, limits)
            alarms += _invented(source_text if paper is None else paper, translated, limits)
    return tuple(alarms)


def sentences_of(text: str, language: str) -> int:
    """How many sentences a text in that language has; 0 where the language does not tell."""
    return _sentences(text, _limits(language))


def is_name_like(title: str) -> bool:
    """Whether a title may stay as it is: one word, or mostly names and signs without a function word."""
    words = without_spans(title).split()
    if _FUNCTION_WORD.search(title):
        return False
    names = sum(1 for word in words if _NAME.fullmatch(word.strip(",.:;!?()")))
    return len(words) <= 1 or names * 2 >= len(words)


def _limits(language: str) -> Thresholds:
    return THRESHOLDS.get(language.split("-", maxsplit=1)[0].lower(), _LATIN)


def _not_the_text(source: str, translated: str) -> list[Alarm]:
    """An error page or a talking machine in place of a translation."""
    alarms = []
    if _MARKUP.search(translated) and not _MARKUP.search(source):
        alarms.append(Alarm(Gate.ERROR_PAGE, "markup"))
    elif (words := _ERROR_WORDS.search(translated)) and not _ERROR_WORDS.search(source):
        alarms.append(Alarm(Gate.ERROR_PAGE, words[0]))
    started = _LEAK_START.match(translated) and not _LEAK_START.match(source)
    if started or (_LEAK_ANYWHERE.search(translated) and not _LEAK_ANYWHERE.search(source)):
        alarms.append(Alarm(Gate.LEAK, "words around the translation"))
    elif has_masks(translated) and not has_masks(source):
        alarms.append(Alarm(Gate.LEAK, "a mask"))
    if invented := urls(translated) - urls(source):
        alarms.append(Alarm(Gate.URL_INVENTED, f"{len(invented)} that the English has not"))
    return alarms


def _loop(translated: str, limits: Thresholds) -> list[Alarm]:
    # Outside Latin-script languages a long name is one thing and may come back as often as it likes.
    text = " ".join(without_spans(translated).split())
    text = _LATIN_RUN.sub("A", text) if limits.scripts else text
    size = limits.loop
    windows = [text[at : at + size] for at in range(len(text) - size + 1)]
    if len(windows) - len(set(windows)) < _LOOP_TIMES - 1:
        return []
    times = max(Counter(windows).values())
    return [Alarm(Gate.LOOP, f"the same {size} characters {times} times")] if times >= _LOOP_TIMES else []


def _untranslated(source: str, translated: str, field: TextField, limits: Thresholds) -> list[Alarm]:
    """An echo of the source, or a text in the wrong script or still in English."""
    if field is TextField.TITLE and is_name_like(source):
        return []
    english, made = _essence(source), _essence(translated)
    if english == made or (len(english) >= _ENOUGH_TO_KNOW and english in made):
        return [Alarm(Gate.ECHO)]
    letters = "".join(_WORDS.findall(without_spans(translated)))
    for script, least in limits.scripts:
        share = _count_of(script, letters) / max(1, len(letters))
        # One letter is enough for a title: half of it may be a name.
        needed = share > 0 if field is TextField.TITLE else share >= least
        if letters and not needed and not (field is TextField.TITLE and script == _KANA):
            return [Alarm(Gate.SCRIPT, f"share {share:.2f}")]
    if limits.scripts:
        return []
    words = [word.lower() for word in _WORDS.findall(translated)]
    share = sum(1 for word in words if word in _ENGLISH_WORDS) / max(1, len(words))
    if len(words) >= _FEW_WORDS and share > _ENGLISH_SHARE:
        return [Alarm(Gate.ECHO, f"English words {share:.2f}")]
    return []


@cache
def _runs_of(script: str) -> re.Pattern[str]:
    return re.compile(f"[{script}]+")


def _count_of(script: str, text: str) -> int:
    """How many characters of a class there are; runs are found faster than single ones."""
    return sum(map(len, _runs_of(script).findall(text)))


def _title(source: str, translated: str, limits: Thresholds) -> list[Alarm]:
    if "\n" in translated.strip():
        return [Alarm(Gate.LENGTH, "a title of several lines")]
    if len(translated) > max(_ANY_TITLE, _TITLE_GROWTH * limits.longest * len(source)):
        return [Alarm(Gate.LENGTH, f"{len(translated)} for {len(source)} characters")]
    return []


def _abstract(source: str, translated: str, limits: Thresholds) -> list[Alarm]:
    alarms = []
    english, made = (_length(text) for text in (source, translated))
    ratio = made / max(1, english)
    if english >= _ENOUGH_TEXT and not limits.shortest <= ratio <= limits.longest:
        alarms.append(Alarm(Gate.LENGTH, f"ratio {ratio:.2f}"))
    # What a source that was cut ends with is no sentence.
    said = sum(1 for sentence in split_sentences(source) if _FINISHED.search(sentence))
    rendered = _sentences(translated, limits)
    if rendered and abs(said - rendered) > max(_FEW_SENTENCES, _SENTENCE_SHARE * said):
        alarms.append(Alarm(Gate.SENTENCES, f"{rendered} for {said}"))
    if lost := urls(source) - urls(translated):
        alarms.append(Alarm(Gate.URL_LOST, f"{len(lost)} lost"))
    if numbers := _numbers_lost(source, translated):
        alarms.append(Alarm(Gate.NUMBER_LOST, f"{numbers} lost"))
    if _FINISHED.search(source) and not _FINISHED.search(translated) and limits.stops != " ":
        alarms.append(Alarm(Gate.UNFINISHED))
    return alarms


def _length(text: str) -> int:
    """Characters that are not spaces, without formulas and addresses."""
    return len("".join(without_spans(text, SpanKind.MATH, SpanKind.URL).split()))


def _sentences(text: str, limits: Thresholds) -> int:
    """How many sentences a text has; 0 where the language does not tell."""
    if limits.stops == " ":
        return 0
    if not limits.stops:
        return len(split_sentences(text))
    stops = len(re.findall(rf"[{limits.stops}]+|(?<!\d)[!?.]+(?=\s|$)", without_spans(text)))
    return stops if _FINISHED.search(text) else stops + 1


def _numbers_lost(source: str, translated: str) -> int:
    """How many numbers of the English, outside formulas and addresses, the text has not, however it writes them."""
    made = frozenset().union(*read_numbers(translated))
    return sum(not values & made for values in read_numbers(without_spans(source), stated=True))


@dataclass(frozen=True, slots=True)
class _Known:
    """What of a paper's English its summaries are measured against."""

    numbers: frozenset[Decimal]
    essence: str
    initials: str
    """The first letters of its words."""


@lru_cache(maxsize=64)
def _known(paper: str) -> _Known:
    numbers: frozenset[Decimal] = frozenset().union(*read_numbers(paper))
    return _Known(numbers, _essence(paper), "".join(word[0] for word in _WORDS.findall(paper.casefold())))


def _invented(paper: str, translated: str, limits: Thresholds) -> list[Alarm]:
    """Numbers and Latin names in a summary that the paper has not."""
    alarms = []
    text = without_spans(translated)
    known = _known(paper)
    if numbers := sum(not values & known.numbers for values in read_numbers(text, stated=True)):
        alarms.append(Alarm(Gate.NUMBER_INVENTED, f"{numbers} that the English has not"))
    words = _LATIN_WORD.findall(text)
    names = words if limits.scripts else [word for word in words if _LATIN_NAME.fullmatch(word)]
    # An abbreviation may stand for words of the paper: its letters begin them. LLMs is LLM.
    folded = [one.casefold() for one in names]
    unknown = [one for one in folded if one not in known.essence and one.rstrip("s") not in known.initials]
    if unknown:
        alarms.append(Alarm(Gate.NAME_INVENTED, f"{len(unknown)} that the English has not"))
    return alarms


def _variant(translated: str, language: str) -> list[Alarm]:
    """Traditional characters in Simplified Chinese, or the other way round."""
    wrong = {"zh-CN": TRADITIONAL, "zh-TW": SIMPLIFIED}.get(language)
    if wrong is None:
        return []
    han = "".join(_runs_of(_HAN).findall(translated))
    share = sum(char in wrong for char in han) / max(1, len(han))
    found = len(han) >= _ENOUGH_HAN and share > _VARIANT_SHARE
    return [Alarm(Gate.VARIANT, f"share {share:.2f}")] if found else []


def _summary(source: str, translated: str, field: TextField, limits: Thresholds) -> list[Alarm]:
    text = translated.strip()
    alarms = [Alarm(Gate.SUMMARY_FORM, "several lines")] if "\n" in text else []
    most = limits.summary
    if field is TextField.SUMMARY:
        most = max(most, round(limits.summary_ratio * len(source)))
    if len(text) > most:
        alarms.append(Alarm(Gate.SUMMARY_FORM, f"{len(text)} characters, {most} allowed"))
    allowed = len(split_sentences(source)) if field is TextField.SUMMARY else 1
    if (count := _sentences(text, limits)) > max(1, allowed):
        alarms.append(Alarm(Gate.SUMMARY_FORM, f"{count} sentences"))
    return alarms


def _essence(text: str) -> str:
    """Letters and digits alone, for telling whether two texts are the same."""
    return _NOT_ESSENTIAL.sub("", text.casefold())
