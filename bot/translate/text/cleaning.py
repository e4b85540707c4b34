"""What stands around a text without being of it: the feed's preamble, its translation, labels, a title's tail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.render.latex import around
from bot.translate.text.spans import spans

_SPACE = re.compile(r"[ \t]*\n[ \t]*|[ \t]{2,}")
_FEED_PREAMBLE = re.compile(
    r"\s*arXiv:\s*\S+\s+Announce Type\s*:\s*(?:replace-cross|replace|cross|new)\s+(?:Abstract\s*:\s*)?", re.IGNORECASE
)
# `Title. (arXiv:2307.13894v1 [cs.CY])`, as feeds ended titles until 2024.
_TITLE_TAIL = re.compile(r"\.?\s*\(arXiv:[^()\s]+\s+\[[^\]]+\][^()]*\)\s*$")
# The preamble as translators render it: "arXiv:2402.15351v1 公告类型：新 提要：", also without its last word.
_LABEL = r"(?:摘要|提要|概要|概述|要旨|Abstract)\s*[:：]"
_TRANSLATED_PREAMBLE = re.compile(
    rf"\s*(?:{_LABEL}\s*)?arXiv\s*[:：]\s*\S+\s+\S{{2,8}}(?:类型|類型|种类|タイプ)\s*[:：]\s*\S+\s+(?:{_LABEL}\s*)?"
)
_LEADING_LABEL = re.compile(rf"\s*{_LABEL}\s*")


def source_texts(title: str, abstract: str) -> tuple[str, str]:
    """A paper's title and abstract as they are translated and summarised."""
    return without_macros(clean_title(title)), without_macros(clean_abstract(abstract))


def clean_title(title: str) -> str:
    """An English title on one line, without the feed's tail."""
    return _TITLE_TAIL.sub("", " ".join(title.split()))


def clean_abstract(abstract: str) -> str:
    """An English abstract with its lines joined, without the feed's preamble."""
    text = _SPACE.sub(" ", abstract.strip())
    return text[found.end() :] if (found := _FEED_PREAMBLE.match(text)) else text


def without_macros(text: str) -> str:
    r"""English text as it is read: `\textbf{Fast}`, `12.5\%` and `Erd\H{o}s` without their macros.

    Translators take them for words or drop half of them, and in JSON a backslash is an escape. Formulas, code,
    addresses and citations stay as they are, and so do escaped dollar signs, which would else begin formulas.
    """
    if "\\" not in text and "{" not in text:
        return text
    return around(_parts(text))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether each stays as it is."""
    at = 0
    for span in spans(text):
        yield from _prose(text[at : span.start])
        yield text[span.start : span.end], True
        at = span.end
    yield from _prose(text[at:])


def _prose(text: str) -> Iterator[tuple[str, bool]]:
    first, *others = text.split("\\$")
    yield first, False
    for piece in others:
        yield "\\$", True
        yield piece, False


def clean_translation(text: str) -> str:
    """A translated text without a translated preamble or an `摘要：` before it, on one line."""
    text = _SPACE.sub(" ", text.strip())
    for pattern in (_FEED_PREAMBLE, _TRANSLATED_PREAMBLE, _LEADING_LABEL):
        if found := pattern.match(text):
            text = text[found.end() :]
    return text.strip()
