r"""Masks: math, addresses, code and citations leave the text before it is translated and come back unchanged.

`unmask(text, mask(text))` is the text itself, with one exception: a number alone in dollars (`$3$`) loses them, for
engines place a number better than a mask. Letters stay masked: `a` and `I` are words.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.translate.spans import spans


class Form(Enum):
    """How a mask looks: `{v1}` in plain text, `<x id="1"/>` in HTML or XML, where the rest is escaped."""

    BRACES = "braces"
    MARKUP = "markup"


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with masks. `tokens` is mask number → the text it stands for."""

    text: str
    tokens: Mapping[int, str]
    form: Form = Form.BRACES
    natural: frozenset[int] = field(default=frozenset())
    """Numbers whose masks stand in the source text itself, and so mean nothing."""


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
_NUMBER_IN_DOLLARS = re.compile(r"\$(?P<number>\d+(?:\.\d+)?)\$", re.ASCII)


def mask(text: str, *, form: Form = Form.BRACES, first: int = 1) -> Masked:
    """Replace each protected stretch by a mask numbered from `first`; numbers found in the text are passed over."""
    text = _with_bare_numbers(text)
    natural = frozenset(_ids(text))
    tokens: dict[int, str] = {}
    pieces: list[str] = []
    at, number = 0, first
    for span in spans(text):
        pieces.append(_escape(text[at : span.start], form))
        at = span.end
        while number in natural:
            number += 1
        tokens[number] = text[span.start : span.end]
        pieces.append(_encode(number, form))
        number += 1
    pieces.append(_escape(text[at:], form))
    return Masked("".join(pieces), tokens, form, natural)


def unmask(text: str, masked: Masked, *, partial: bool = False) -> str:
    """Put the stretches back, wherever the masks went; raises LostMask unless each is there exactly once.

    With `partial` (a summary) any of them may be absent or repeated, but none unknown.
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
        original = masked.tokens.get(int(match["id"]))
        if original is not None:
            pieces += [_unescape(text[at : match.start()], masked.form), original]
            at = match.end()
    return "".join([*pieces, _unescape(text[at:], masked.form)])


def together(*parts: Masked) -> Masked:
    """The masks of several texts that were masked with different numbers, as one; its text is empty."""
    tokens = {number: original for part in parts for number, original in part.tokens.items()}
    natural = frozenset().union(*(part.natural for part in parts))
    return Masked("", tokens, parts[0].form, natural)


def has_masks(text: str) -> bool:
    """Whether anything in the text looks like a mask, in either form."""
    return any(True for _ in _ids(text))


def _with_bare_numbers(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for span in spans(text):
        if number := _NUMBER_IN_DOLLARS.fullmatch(text, span.start, span.end):
            pieces += [text[at : span.start], number["number"]]
            at = span.end
    return "".join([*pieces, text[at:]])


def _ids(text: str, *forms: Form) -> Iterator[int]:
    return (int(match["id"]) for form in forms or Form for match in _DECODE[form].finditer(text))


def _encode(number: int, form: Form) -> str:
    return f"{{v{number}}}" if form is Form.BRACES else f'<x id="{number}"/>'


def _escape(text: str, form: Form) -> str:
    return html.escape(text, quote=False) if form is Form.MARKUP else text


def _unescape(text: str, form: Form) -> str:
    return html.unescape(text) if form is Form.MARKUP else text
