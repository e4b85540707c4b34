"""What stands around a text without being of it: the feed's preamble, its translation, labels, a title's tail."""

from __future__ import annotations

import re

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


def clean_title(title: str) -> str:
    """An English title on one line, without the feed's tail."""
    return _TITLE_TAIL.sub("", " ".join(title.split()))


def clean_abstract(abstract: str) -> str:
    """An English abstract with its lines joined, without the feed's preamble."""
    text = _SPACE.sub(" ", abstract.strip())
    return text[found.end() :] if (found := _FEED_PREAMBLE.match(text)) else text


def clean_translation(text: str) -> str:
    """A translated text without a translated preamble or an `摘要：` before it, on one line."""
    text = _SPACE.sub(" ", text.strip())
    for pattern in (_FEED_PREAMBLE, _TRANSLATED_PREAMBLE, _LEADING_LABEL):
        if found := pattern.match(text):
            text = text[found.end() :]
    return text.strip()
