r"""The stretches of a paper's text that no translation may change: math, web addresses, code, citations.

Taken from how abstracts are written: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, `\texttt{…}`, `` `…` ``, `\cite{…}`, `[12]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class SpanKind(StrEnum):
    """What a protected stretch is."""

    MATH = "math"
    URL = "url"
    CODE = "code"
    CITATION = "citation"


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end] is protected."""

    start: int
    end: int
    kind: SpanKind


# Han, kana, Hangul and full-width signs end an address: such sentences go on without a space.
_URL = r"(?:https?://|www\.)[^\s<>\"'{}|\\^`（），。；：、！？）】」“”\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
# Bounded, as everything here is, so that no odd text takes long.
_NUMBER = r"\d{1,15}(?:[.,]\d{1,15}){0,5}"
# A dollar sign may be money, so what stands between two of them must look like math (`_is_prose` has the last word).
_ENVIRONMENT = r"\{(?:equation|eqnarray|align|alignat|gather|multline|displaymath|math|subequations|cases)\*?\}"
_MATH = (
    rf"\\begin{_ENVIRONMENT}.{{1,3000}}?\\end{_ENVIRONMENT}|"
    r"\$\$(?:\\.|[^$\\]){1,2000}?\$\$"
    r"|\\\[(?:[^\\]|\\(?!\])){1,2000}?\\\]"
    r"|\\\((?:[^\\]|\\(?!\))){1,1000}?\\\)"
    r"|(?<!\\)\$(?!\$)(?:\\.|[^$\\]){1,600}?\$"
)
_MATH_RUN = rf"(?:{_NUMBER})?(?:(?:{_MATH})(?:{_NUMBER})?)+"
_BRACED = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_CODE = rf"\\(?:texttt|verb|lstinline|url){_BRACED}|(?<![`\w])`[^`'\n]{{1,200}}`(?!`)"
_CITATION = (
    rf"\\(?:[cC]ite[a-zA-Z]*\*?|ref|eqref|label)(?:\[[^\]]*\])*{_BRACED}|\[\d{{1,3}}(?:\s?[,;–-]\s?\d{{1,3}})*\]"
)
# What a stretch may begin with: a look that is much cheaper than trying all four at each character.
_SPAN = re.compile(
    f"(?=[\\\\$`[0-9hw])(?:(?P<code>{_CODE})|(?P<citation>{_CITATION})|(?P<url>{_URL})|(?P<math>{_MATH_RUN}))",
    re.ASCII | re.DOTALL,
)
_WORDY = re.compile(r"(?<![\\{a-zA-Z])[a-zA-Z]{3,}\s+[a-zA-Z]{2,}(?![a-zA-Z]*[{}])")
_PRICE = re.compile(r"\$\d[^$]*\s\$")
_TEXT_IN_MATH = re.compile(rf"\\(?:text|mathrm|mbox|textrm|textit|textbf|operatorname){_BRACED}")
_URL_TAIL = ".,;:!?)]*"


@lru_cache(maxsize=1024)
def spans(text: str) -> tuple[Span, ...]:
    """The protected stretches in order; they do not overlap and none is empty."""
    return tuple(_spans(text))


def _spans(text: str) -> Iterator[Span]:
    at = 0
    while found := _SPAN.search(text, at):
        kind = SpanKind(found.lastgroup or "")
        start, end = found.span()
        if kind is SpanKind.MATH and _is_prose(found[0]):
            # "$5 and that of $6": only the first dollar is passed over, the second may open a formula.
            at = found.start() + found[0].index("$") + 1
            continue
        if kind is SpanKind.URL:
            end = start + len(_without_tail(found[0]))
        yield Span(start, end, kind)
        at = end


def without_spans(text: str, *kinds: SpanKind) -> str:
    """The text with the protected stretches of these kinds (all, if none is named) replaced by a space."""
    kept, at = [], 0
    for span in spans(text):
        if not kinds or span.kind in kinds:
            kept.append(text[at : span.start])
            at = span.end
    return " ".join([*kept, text[at:]])


def urls(text: str) -> frozenset[str]:
    """The web addresses in a text, without the punctuation behind them."""
    return frozenset(text[span.start : span.end] for span in spans(text) if span.kind is SpanKind.URL)


def _is_prose(run: str) -> bool:
    """Whether the stretch between two dollar signs is a sentence about money rather than a formula."""
    if "$$" in run or "$" not in run or "\\begin" in run:
        return False
    return bool(_PRICE.match(run) or _WORDY.search(_TEXT_IN_MATH.sub("", run)))


def _without_tail(address: str) -> str:
    """The address without the sentence's punctuation; a closing bracket that was opened inside stays."""
    while address and address[-1] in _URL_TAIL:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address
