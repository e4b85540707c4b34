"""Gates: what a translated text must not be before a reader sees it. Each alarm names its gate and says why.

The thresholds are one table. On 65,538 papers with good Chinese translations the Han share raised an alarm for 0.1 %,
the length ratio for 0.7 %, the loop for 0.2 %, a lost address for 0.5 %, missing final punctuation for 0.4 %.
Titles are gated mildly: one that is a single word or mostly names (`BERT`, `U-Turn Diffusion`) may stay as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from bot.translate.masking import has_masks
from bot.translate.spans import SpanKind, urls, without_spans
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
    SUMMARY_FORM = "summary_form"
    UNFINISHED = "unfinished"


_NOTES = frozenset({Gate.UNFINISHED})


@dataclass(frozen=True, slots=True)
class Alarm:
    """One gate's finding; the detail is for the log and quotes figures, not the text."""

    gate: Gate
    detail: str = ""

    @property
    def rejects(self) -> bool:
        """Whether the text must not be shown; else it is only noted."""
        return self.gate not in _NOTES


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is normal for one language. Ratios are characters of translation per character of English."""

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


_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA = r"\u3040-\u30ff"
_CHINESE = Thresholds(((_HAN, 0.40),), 0.18, 0.50, 120, 0.43, 14)
_LATIN = Thresholds((), 0.60, 1.80, 280, 1.4, 40)
THRESHOLDS = {
    "zh": _CHINESE,
    "ja": Thresholds(((_HAN + _KANA, 0.40), (_KANA, 0.05)), 0.25, 0.85, 170, 0.6, 16),
    "ko": Thresholds((("\uac00-\ud7af", 0.40),), 0.25, 0.90, 180, 0.65, 16),
    "ru": Thresholds((("\u0400-\u04ff", 0.50),), 0.60, 1.80, 280, 1.4, 40),
    "ar": Thresholds((("\u0600-\u06ff", 0.50),), 0.45, 1.50, 280, 1.2, 40),
    "hi": Thresholds((("\u0900-\u097f", 0.50),), 0.55, 1.80, 280, 1.4, 40),
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
_TITLE_GROWTH = 2.0
"""Short texts vary more: a title may be that much longer than the longest ratio has it."""
_ANY_TITLE = 60
"""A title of so many characters is never too long."""

_MARKUP = re.compile(
    r"<!doctype|<\s*/?\s*(?:html|head|body|div|span|script|style|title|table|meta|center|h1)\b[^<]*>", re.IGNORECASE
)
_ERROR_WORDS = re.compile(
    r"Error \d{3}\b|That.s an error|\b(?:502 Bad Gateway|503 Service|504 Gateway|403 Forbidden|404 Not Found)|"
    r"Internal Server Error|Service Unavailable|Too Many Requests|unusual traffic|MYMEMORY WARNING|"
    r"QUERY LENGTH LIMIT|INVALID (?:LANGUAGE PAIR|TARGET LANGUAGE)|NO QUERY SPECIFIED",
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
_FINISHED = re.compile(r"[.!?…。！？؟।][\"'”’»）)\]」』$]*\s*$")


def check(source_text: str, translated: str, field: TextField, language: str) -> tuple[Alarm, ...]:
    """The alarms that a text raises, none for a good one.

    `source_text` is the English that it renders: for a summary the English sentence, for an English summary the
    abstract. `language` is what the text ought to be in (`en` for an English summary).
    """
    if not _LETTERS.search(translated):
        # A formula alone is a fine translation of a formula alone.
        empty = not translated.strip() or bool(_LETTERS.search(without_spans(source_text)))
        return (Alarm(Gate.EMPTY),) if empty else ()
    limits = THRESHOLDS.get(language.split("-", maxsplit=1)[0].lower(), _LATIN)
    alarms = [*_not_the_text(source_text, translated), *_loop(translated, limits)]
    if language != "en":
        alarms += _untranslated(source_text, translated, field, limits)
    match field:
        case TextField.TITLE:
            alarms += _title(source_text, translated, limits)
        case TextField.ABSTRACT:
            alarms += _abstract(source_text, translated, limits)
        case TextField.SUMMARY | TextField.SUMMARY_EN:
            alarms += _summary(source_text, translated, field, limits)
    return tuple(alarms)


def rejected(alarms: tuple[Alarm, ...]) -> bool:
    """Whether any of the alarms keeps the text from the reader."""
    return any(alarm.rejects for alarm in alarms)


def is_name_like(title: str) -> bool:
    """Whether a title may stay as it is: one word, or mostly names and signs without a function word."""
    words = without_spans(title).split()
    if _FUNCTION_WORD.search(title):
        return False
    names = sum(1 for word in words if _NAME.fullmatch(word.strip(",.:;!?()")))
    return len(words) <= 1 or names * 2 >= len(words)


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
    windows = Counter(text[at : at + size] for at in range(len(text) - size + 1))
    times = max(windows.values(), default=0)
    return [Alarm(Gate.LOOP, f"the same {size} characters {times} times")] if times >= _LOOP_TIMES else []


def _untranslated(source: str, translated: str, field: TextField, limits: Thresholds) -> list[Alarm]:
    """An echo of the source, or a text in the wrong script or still in English."""
    if field is TextField.TITLE and is_name_like(source):
        return []
    english, made = _essence(source), _essence(translated)
    if english == made or (len(english) >= _ENOUGH_TO_KNOW and english in made):
        return [Alarm(Gate.ECHO)]
    letters = "".join(_LETTERS.findall(without_spans(translated)))
    for script, least in limits.scripts:
        share = len(re.findall(f"[{script}]", letters)) / max(1, len(letters))
        # One letter is enough for a title: half of it may be a name.
        needed = share > 0 if field is TextField.TITLE else share >= least
        if letters and not needed and not (field is TextField.TITLE and script == _KANA):
            return [Alarm(Gate.SCRIPT, f"share {share:.2f}")]
    words = [word.lower() for word in _WORDS.findall(translated)]
    share = sum(1 for word in words if word in _ENGLISH_WORDS) / max(1, len(words))
    if not limits.scripts and len(words) >= _FEW_WORDS and share > _ENGLISH_SHARE:
        return [Alarm(Gate.ECHO, f"English words {share:.2f}")]
    return []


def _title(source: str, translated: str, limits: Thresholds) -> list[Alarm]:
    if "\n" in translated.strip():
        return [Alarm(Gate.LENGTH, "a title of several lines")]
    if len(translated) > max(_ANY_TITLE, _TITLE_GROWTH * limits.longest * len(source)):
        return [Alarm(Gate.LENGTH, f"{len(translated)} for {len(source)} characters")]
    return []


def _abstract(source: str, translated: str, limits: Thresholds) -> list[Alarm]:
    alarms = []
    english, made = (len(without_spans(text, SpanKind.MATH, SpanKind.URL)) for text in (source, translated))
    ratio = made / max(1, english)
    if english >= _ENOUGH_TEXT and not limits.shortest <= ratio <= limits.longest:
        alarms.append(Alarm(Gate.LENGTH, f"ratio {ratio:.2f}"))
    if lost := urls(source) - urls(translated):
        alarms.append(Alarm(Gate.URL_LOST, f"{len(lost)} lost"))
    if _FINISHED.search(source) and not _FINISHED.search(translated):
        alarms.append(Alarm(Gate.UNFINISHED))
    return alarms


def _summary(source: str, translated: str, field: TextField, limits: Thresholds) -> list[Alarm]:
    text = translated.strip()
    alarms = [Alarm(Gate.SUMMARY_FORM, "several lines")] if "\n" in text else []
    most = limits.summary
    if field is TextField.SUMMARY:
        most = max(most, round(limits.summary_ratio * len(source)))
    if len(text) > most:
        alarms.append(Alarm(Gate.SUMMARY_FORM, f"{len(text)} characters, {most} allowed"))
    return alarms


def _essence(text: str) -> str:
    """Letters and digits alone, for telling whether two texts are the same."""
    return "".join(char for char in text.casefold() if char.isalnum())
