r"""Masks: math, addresses, code and citations leave the text before it is translated and come back unchanged.

`unmask(text, mask(text))` is the text itself, with one exception: a number alone in dollars (`$3$`) loses them, for
engines place a number better than a mask. Letters stay masked: `a` and `I` are words. For languages that count in ten
thousands, numbers with million or billion come back converted, and terms of a glossary as it renders them.
"""

from __future__ import annotations

import html
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.translate.text.glossary import Glossary
from bot.translate.text.numbers import counts_in_myriads, in_myriads, magnitudes
from bot.translate.text.spans import spans
from bot.translate.text.summary_gates import essence


class Form(Enum):
    """How a mask looks: `{v1}` in plain text, `<x id="1"/>` in HTML or XML, where the rest is escaped."""

    BRACES = "braces"
    MARKUP = "markup"


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with masks. `tokens` is mask number → what comes back in its place."""

    text: str
    tokens: Mapping[int, str]
    form: Form = Form.BRACES
    natural: frozenset[int] = field(default=frozenset())
    """Numbers whose masks stand in the source text itself, and so mean nothing."""
    english: Mapping[int, str] = field(default_factory=dict)
    """What stood in the source, where that is not what comes back: numbers and terms."""


class LostMask(ValueError):
    """The masks of a translation are not those of its source."""

    def __init__(self, missing: frozenset[int], unknown: frozenset[int], repeated: frozenset[int]) -> None:
        super().__init__(f"masks missing {sorted(missing)}, unknown {sorted(unknown)}, repeated {sorted(repeated)}")
        self.missing = missing
        self.unknown = unknown
        self.repeated = repeated


# Engines put spaces inside, write full-width or Arabic-Indic digits, upper case and a Cyrillic v.
_BRACES = re.compile(r"[{｛]\s*[vVｖＶвВ]\s*(?P<id>\d{1,9})\s*[}｝]")
_MARKUP = re.compile(
    r"<\s*x\s+id\s*=\s*[\"'“”„]?\s*(?P<id>\d{1,9})\s*[\"'“”]?\s*/?\s*>(?:\s*<\s*/\s*x\s*>)?", re.IGNORECASE
)
_DECODE = {Form.BRACES: _BRACES, Form.MARKUP: _MARKUP}
_OPENS = {Form.BRACES: "{｛", Form.MARKUP: "<"}
_NUMBER_IN_DOLLARS = re.compile(r"\$(?P<number>\d+(?:\.\d+)?)\$", re.ASCII)


_NO_TERMS = Glossary()
_ENOUGH_TO_KNOW = 20
_SEALS = 900


def mask(
    text: str,
    *,
    form: Form = Form.BRACES,
    first: int = 1,
    language: str = "",
    glossary: Glossary = _NO_TERMS,
    sealed: bool = False,
) -> Masked:
    """Replace each protected stretch by a mask numbered from `first`; numbers found in the text are passed over.

    With a language that counts in ten thousands, numbers with million are protected as well, and the glossary's terms.
    `sealed`: one more mask, which stands for nothing, closes the text, so that an answer that was cut lacks one.
    """
    text = _with_bare_numbers(text)
    natural = frozenset(_ids(text))
    tokens: dict[int, str] = {}
    english: dict[int, str] = {}
    pieces: list[str] = []
    at, number = 0, first
    for start, end, target in _protected(text, language, glossary):
        pieces.append(_escape(text[at:start], form))
        at = end
        number = _free(number, natural)
        tokens[number] = target
        if target != text[start:end]:
            english[number] = text[start:end]
        pieces.append(_encode(number, form))
        number += 1
    pieces.append(_escape(text[at:], form))
    if sealed:
        number = _free(number, natural)
        tokens[number] = ""
        pieces.append(f" {_encode(number, form)}")
    return Masked(text="".join(pieces), tokens=tokens, form=form, natural=natural, english=english)


def seal_of(text: str) -> int:
    """A number to begin the masks of a text with, so that the answer to another text has other masks."""
    return 10 + zlib.crc32(text.encode("utf-8", errors="replace")) % _SEALS


def unmask(text: str, masked: Masked, *, partial: bool = False, english: bool = False) -> str:
    """Put the stretches back, wherever the masks went; raises LostMask unless each is there exactly once.

    With `partial` (a summary) any of them may be absent or repeated, but none unknown. With `english` (an English
    summary) numbers and terms come back as they were.
    """
    found = Counter(_ids(text, masked.form))
    known = frozenset(masked.tokens)
    unknown = frozenset(found) - known - masked.natural
    missing = frozenset() if partial else known - frozenset(found)
    repeated = frozenset() if partial else frozenset(number for number in known if found[number] > 1)
    if missing or unknown or repeated:
        raise LostMask(missing, unknown, repeated)

    pieces: list[str] = []
    at = 0
    for match in _DECODE[masked.form].finditer(text):
        number = int(match["id"])
        original = masked.tokens.get(number)
        if original is not None:
            put_back = masked.english.get(number, original) if english else original
            pieces += [_unescape(text[at : match.start()], masked.form), put_back]
            at = match.end()
    return "".join([*pieces, _unescape(text[at:], masked.form)])


def is_echo(text: str, masked: Masked) -> bool:
    """Whether an answer is what was asked, untranslated. Short ones may be a name."""
    asked = essence(masked.text)
    return len(asked) >= _ENOUGH_TO_KNOW and essence(text) == asked


def together(*parts: Masked) -> Masked:
    """The masks of several texts that were masked with different numbers, as one; its text is empty."""
    tokens = {number: original for part in parts for number, original in part.tokens.items()}
    english = {number: original for part in parts for number, original in part.english.items()}
    natural = frozenset().union(*(part.natural for part in parts))
    return Masked(text="", tokens=tokens, form=parts[0].form, natural=natural, english=english)


def has_masks(text: str) -> bool:
    """Whether anything in the text looks like a mask, in either form."""
    return any(True for _ in _ids(text))


def _protected(text: str, language: str, glossary: Glossary) -> Iterator[tuple[int, int, str]]:
    """The stretches to be masked in order, with what comes back for each: start, end, target."""
    found = [(span.start, span.end, text[span.start : span.end]) for span in spans(text)]
    if counts_in_myriads(language):
        found += _beside(
            found, ((magnitude.start, magnitude.end, in_myriads(magnitude, language)) for magnitude in magnitudes(text))
        )
    found += _beside(found, glossary.found_in(text))
    return iter(sorted(found))


def _beside(taken: list[tuple[int, int, str]], more: Iterator[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    return [span for span in more if not any(start < span[1] and span[0] < end for start, end, _ in taken)]


def _free(number: int, natural: frozenset[int]) -> int:
    while number in natural:
        number += 1
    return number


def _with_bare_numbers(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for span in spans(text):
        if number := _NUMBER_IN_DOLLARS.fullmatch(text, span.start, span.end):
            pieces += [text[at : span.start], number["number"]]
            at = span.end
    return "".join([*pieces, text[at:]])


def _ids(text: str, *forms: Form) -> Iterator[int]:
    return (
        int(match["id"])
        for form in forms or Form
        if any(sign in text for sign in _OPENS[form])
        for match in _DECODE[form].finditer(text)
    )


def _encode(number: int, form: Form) -> str:
    return f"{{v{number}}}" if form is Form.BRACES else f'<x id="{number}"/>'


def _escape(text: str, form: Form) -> str:
    return html.escape(text, quote=False) if form is Form.MARKUP else text


def _unescape(text: str, form: Form) -> str:
    return html.unescape(text) if form is Form.MARKUP else text
