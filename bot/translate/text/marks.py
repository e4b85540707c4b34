"""Sentences that no backend could translate well: they stay in English inside a translated text, and are marked.

While a text is being made they stand between two private characters; `shown` turns those into a mark that readers see.
"""

from __future__ import annotations

import re

_OPEN, _CLOSE = "\ue000", "\ue001"
_LEFT = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_SHOWN = {
    "zh-CN": "〔未翻译〕",
    "zh-TW": "〔未翻譯〕",
    "ja": "〔未翻訳〕",
    "ko": "[미번역] ",
    "es": "[sin traducir] ",
    "fr": "[non traduit] ",
    "de": "[nicht übersetzt] ",
    "pt": "[não traduzido] ",
    "ru": "[не переведено] ",
    "it": "[non tradotto] ",
}
_ANYWHERE = "[en] "
_WORDS = re.compile("|".join(re.escape(mark) for mark in (*_SHOWN.values(), _ANYWHERE)))


def leave(sentence: str) -> str:
    """An English sentence that stays as it is in a text that is being made."""
    return _OPEN + without_private(sentence) + _CLOSE


def left(text: str) -> list[str]:
    """The English sentences that stayed in a text that is being made."""
    return _LEFT.findall(text)


def without_left(text: str) -> str:
    """The text without them: what is really a translation."""
    return _LEFT.sub(" ", text).strip()


def without_private(text: str) -> str:
    """The text without the private characters, which no source may smuggle in."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def parts(text: str) -> list[tuple[str, bool]]:
    """The text in pieces in order, each with whether it stayed in English; joined by spaces they are the text."""
    pieces = _LEFT.split(text)
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece.strip()]


def shown(sentence: str, language: str) -> str:
    """An English sentence behind its mark, in the words of the reader's language."""
    return _SHOWN.get(language, _ANYWHERE) + sentence


def count_shown(text: str) -> int:
    """How many sentences of a finished text are marked as English."""
    return len(_WORDS.findall(text))
