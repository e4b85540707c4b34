"""Gates: what a translated text must not be before a reader sees it. Each alarm names its gate and says why.

The thresholds are one table (`thresholds.py`). On 65,538 papers with good Chinese translations an echo raised an alarm
for 0.1 %, the Han share for 0.1 %, the length ratio for 0.7 %, the number of sentences for 0.4 %, the loop for 0.2 %,
Traditional characters for 0.03 %, a missing number for 0.8 %, a lost address for 0.5 %, missing final punctuation for
0.4 %; together 2.7 %.
Titles are gated mildly: one that is a single word or mostly names (`BERT`, `U-Turn Diffusion`) may stay as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from bot.translate.text.alarm import Alarm, Gate
from bot.translate.text.figures import read_numbers
from bot.translate.text.masking import has_masks
from bot.translate.text.numbers import counts_in_myriads
from bot.translate.text.scripts import SIMPLIFIED, TRADITIONAL
from bot.translate.text.sentences import count_sentences, is_finished, tells_sentences
from bot.translate.text.spans import SpanKind, urls, without_spans
from bot.translate.text.summary import split_sentences
from bot.translate.text.summary_gates import essence, summary_alarms
from bot.translate.text.thresholds import HAN, KANA, Thresholds, limits_of
from storage.records import TextField

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
_ENOUGHHAN = 10
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
_KEPT = re.compile(r"[A-Za-z0-9]+")
_LATIN_RUN = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_LETTERS = re.compile(r"[^\W\d_]")
_WORDS = re.compile(r"[^\W\d_]+")


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
    limits = limits_of(language)
    alarms = [*_not_the_text(source_text, translated), *_loop(translated, limits)]
    if language != "en":
        alarms += _untranslated(source_text, translated, field, limits)
        alarms += _variant(translated, language)
    match field:
        case TextField.TITLE:
            alarms += _title(source_text, translated, limits)
        case TextField.ABSTRACT:
            alarms += _abstract(source_text, translated, language)
        case TextField.SUMMARY | TextField.SUMMARY_EN:
            alarms += summary_alarms(source_text, translated, field, language, source_text if paper is None else paper)
    return tuple(alarms)


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
    windows = [text[at : at + size] for at in range(len(text) - size + 1)]
    if len(windows) - len(set(windows)) < _LOOP_TIMES - 1:
        return []
    times = max(Counter(windows).values())
    return [Alarm(Gate.LOOP, f"the same {size} characters {times} times")] if times >= _LOOP_TIMES else []


def _untranslated(source: str, translated: str, field: TextField, limits: Thresholds) -> list[Alarm]:
    """An echo of the source, or a text in the wrong script or still in English."""
    if field is TextField.TITLE and is_name_like(source):
        return []
    english, made = essence(source), essence(translated)
    if english == made or (len(english) >= _ENOUGH_TO_KNOW and english in made):
        return [Alarm(Gate.ECHO)]
    letters = "".join(_WORDS.findall(without_spans(translated)))
    for script, least in limits.scripts:
        share = _count_of(script, letters) / max(1, len(letters))
        # One letter is enough for a title: half of it may be a name.
        needed = share > 0 if field is TextField.TITLE else share >= least
        if letters and not needed and not (field is TextField.TITLE and script == KANA):
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


def _abstract(source: str, translated: str, language: str) -> list[Alarm]:
    alarms = []
    if (ratio := _odd_ratio(source, translated, limits_of(language))) is not None:
        alarms.append(Alarm(Gate.LENGTH, f"ratio {ratio:.2f}"))
    # What a source that was cut ends with is no sentence.
    said = sum(1 for sentence in split_sentences(source) if is_finished(sentence))
    rendered = count_sentences(translated, language)
    if rendered and abs(said - rendered) > max(_FEW_SENTENCES, _SENTENCE_SHARE * said):
        alarms.append(Alarm(Gate.SENTENCES, f"{rendered} for {said}"))
    if lost := urls(source) - urls(translated):
        alarms.append(Alarm(Gate.URL_LOST, f"{len(lost)} lost"))
    if numbers := _numbers_lost(source, translated, language):
        alarms.append(Alarm(Gate.NUMBER_LOST, f"{numbers} lost"))
    if tells_sentences(language) and is_finished(source) and not is_finished(translated):
        alarms.append(Alarm(Gate.UNFINISHED))
    return alarms


def _odd_ratio(source: str, translated: str, limits: Thresholds) -> float | None:
    """The length of a translation by that of the English where it is not normal; None where it is.

    In other scripts names and figures keep their length: a text with many of them is measured without them as well.
    """
    english, made = _length(source), _length(translated)
    kept = sum(map(len, _KEPT.findall(translated))) if limits.scripts else 0
    ratios = (made / max(1, english), (made - kept) / max(1, english - kept))
    if english < _ENOUGH_TEXT or any(limits.shortest <= ratio <= limits.longest for ratio in ratios):
        return None
    return ratios[0]


def _length(text: str) -> int:
    """Characters that are not spaces, without formulas and addresses."""
    return len("".join(without_spans(text, SpanKind.MATH, SpanKind.URL).split()))


def _numbers_lost(source: str, translated: str, language: str) -> int:
    """How many numbers of the English, outside formulas and addresses, the text has not, however it writes them."""
    made = frozenset().union(*read_numbers(translated, language))
    # Where no mask brings a million converted, it may be said in a word that is not known.
    bare = not counts_in_myriads(language)
    return sum(not values & made for values in read_numbers(without_spans(source), stated=True, bare=bare))


def _variant(translated: str, language: str) -> list[Alarm]:
    """Traditional characters in Simplified Chinese, or the other way round."""
    wrong = {"zh-CN": TRADITIONAL, "zh-TW": SIMPLIFIED}.get(language)
    if wrong is None:
        return []
    han = "".join(_runs_of(HAN).findall(translated))
    share = sum(char in wrong for char in han) / max(1, len(han))
    found = len(han) >= _ENOUGHHAN and share > _VARIANT_SHARE
    return [Alarm(Gate.VARIANT, f"share {share:.2f}")] if found else []
