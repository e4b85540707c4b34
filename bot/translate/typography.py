"""Typography for machine-made Chinese and Japanese: spaces between scripts, full-width punctuation in Han context."""

from __future__ import annotations

import re

from bot.translate.spans import spans

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Protected stretches become one character each while the rules run; like Latin, they take a space beside Han.
_STAND_IN = 0xF0000
_STANDING_IN = re.compile("[\U000f0000-\U0010ffff]")
_LATIN = r"A-Za-z0-9À-ÖØ-öø-ÿ\U000F0000-\U000FFFFD"
_WIDE = "，。；：！？、（）《》「」『』【】“”"
_TO_WIDE = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}

# Brackets around Han, or right behind it; those of `f(x)` and `(1)` stay.
_BRACKETS = re.compile(
    rf"[ \t]*\(([^()（）\n]*[{_HAN}][^()（）\n]*)\)[ \t]*|(?<=[{_HAN}])[ \t]*\(([^()（）\n]+)\)[ \t]*"
)
_AFTER_HAN = re.compile(rf"(?<=[{_HAN}）》」』】”])[ \t]*([,;:!?])(?![,;:!?.\d])[ \t]*")
_BEFORE_HAN = re.compile(rf"(?<=[{_LATIN}%)])([,;!?])(?![,;!?])[ \t]*(?=[{_HAN}])")
_STOP = re.compile(rf"(?<=[{_HAN}）》」』】”])[ \t]*\.(?=\s|$)[ \t]*")
_STOP_BEFORE_HAN = re.compile(rf"(?<=[{_LATIN}%)])\.[ \t]*(?=[{_HAN}])")
_HAN_LATIN = re.compile(rf"(?<=[{_HAN}])(?=[{_LATIN}])|(?<=[{_LATIN}%])(?=[{_HAN}])")
_SPACE_AFTER_STOP = re.compile(r"(?<=[。！？])[ \t]+")
_LOOSE = re.compile(r"[ \t]+(?=[，。；：！？、）》」』】])|(?<=[，。；：！？、（《「『【）])[ \t]+")


def typeset(text: str, language: str) -> str:
    """The text as its language's readers expect it; idempotent."""
    if language.startswith("zh"):
        return chinese(text)
    # Sentences that were translated one by one were joined as in English.
    return _SPACE_AFTER_STOP.sub("", text) if language == "ja" else text


def chinese(text: str) -> str:
    """The text as a Chinese reader expects it. Idempotent; math, code and addresses stay as they are."""
    if _STANDING_IN.search(text):
        return text
    pieces: list[str] = []
    kept: list[str] = []
    at = 0
    for span in spans(text):
        pieces += [text[at : span.start], chr(_STAND_IN + len(kept))]
        kept.append(text[span.start : span.end])
        at = span.end
    set_text = _rules("".join([*pieces, text[at:]]))
    return _STANDING_IN.sub(lambda match: kept[ord(match[0]) - _STAND_IN], set_text)


def _rules(text: str) -> str:
    text = _BRACKETS.sub(r"（\1\2）", text)
    text = _AFTER_HAN.sub(lambda match: _TO_WIDE[match[1]], text)
    text = _BEFORE_HAN.sub(lambda match: _TO_WIDE[match[1]], text)
    text = _STOP.sub("。", text)
    text = _STOP_BEFORE_HAN.sub("。", text)
    text = _LOOSE.sub("", text)
    return _HAN_LATIN.sub(" ", text)
