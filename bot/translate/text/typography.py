"""Typography for machine-made Chinese and Japanese: spaces between scripts, full-width punctuation in Han context."""

from __future__ import annotations

import re

from bot.translate.text.spans import spans

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Protected stretches become one character each while the rules run; like Latin, they take a space beside Han.
_STAND_IN = 0xF0000
_STANDING_IN = re.compile("[\U000f0000-\U0010ffff]")
_LATIN = r"A-Za-z0-9À-ÖØ-öø-ÿ\U000F0000-\U000FFFFD"
_KANA = r"\u3040-\u30ff"
_ANY_HAN = re.compile(f"[{_HAN}]")
_WIDE = "，。；：！？、（）《》「」『』【】“”"
_TO_WIDE = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}

# Brackets around Han, or right behind it; those of `f(x)` and `(1)` stay.
_BRACKETS = re.compile(
    rf"[ \t]*\(([^()（）\n]*[{_HAN}][^()（）\n]*)\)[ \t]*|(?<=[{_HAN}])[ \t]*\(([^()（）\n]+)\)[ \t]*"
)
_AFTER_HAN = re.compile(rf"(?<=[{_HAN}）》」』】”])[ \t]*([,;:!?])(?![,;:!?.])[ \t]*")
_BEFORE_HAN = re.compile(rf"(?<=[{_LATIN}%)])([,;:!?])(?![,;:!?])[ \t]*(?=[{_HAN}])")
_STOP = re.compile(rf"(?<=[{_HAN}）》」』】”])[ \t]*\.(?=\s|$)[ \t]*")
# Not that of "1. 使用 … 2. 训练", nor of an abbreviation.
_NO_STOP = rf"(?<!^\d)(?<![ ,;:({_HAN}{_WIDE}]\d)(?<!\bal)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\b[Ff]ig)(?<!\bcf)"
_STOP_BEFORE_HAN = re.compile(rf"(?<=[{_LATIN}%)]){_NO_STOP}\.[ \t]*(?=[{_HAN}])")
_ELLIPSIS = re.compile(rf"(?<=[{_HAN}）》」』】”])[ \t]*[.。](?:[ \t]*[.。]){{2,}}")
# Straight quotation marks that come in pairs; one behind a letter or figure may be inches.
_QUOTED = re.compile(rf"(?<![{_LATIN}])\"([^\"\n]+)\"(?![{_LATIN}])")
# "--" between words; before a small letter it may be an option's.
_DASH = re.compile(
    rf"(?<=[{_HAN}）》」』】”])[ \t]*-{{2,3}}(?![-a-z])[ \t]*|(?<=[{_LATIN}])[ \t]*-{{2,3}}[ \t]*(?=[{_HAN}])"
)
_HAN_LATIN = re.compile(rf"(?<=[{_HAN}])(?=[{_LATIN}])|(?<=[{_LATIN}%])(?=[{_HAN}])")
# Engines put spaces around masks, in whose place a word may come back; and sentences translated one by one were joined
# as in English.
_NO_SPACE_IN_JAPANESE = re.compile(rf"(?<=[。！？])[ \t]+|(?<=[{_HAN}{_KANA}])[ \t]+(?=[{_HAN}{_KANA}])")
_LOOSE = re.compile(
    r"[ \t]+(?=[，。；：！？、）》」』】])|(?<=[，。；：！？、（《「『【）])[ \t]+"
    rf"|(?<=[{_HAN}])[ \t]+(?=[“「{_HAN}])|(?<=[”」])[ \t]+(?=[{_HAN}])"
)


def typeset(text: str, language: str) -> str:
    """The text as its language's readers expect it; idempotent."""
    if language.startswith("zh"):
        return chinese(text, quotes="「」" if language == "zh-TW" else "“”")
    return _NO_SPACE_IN_JAPANESE.sub("", text) if language == "ja" else text


def chinese(text: str, *, quotes: str = "“”") -> str:
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
    set_text = _rules("".join([*pieces, text[at:]]), quotes)
    return _STANDING_IN.sub(lambda match: kept[ord(match[0]) - _STAND_IN], set_text)


def _rules(text: str, quotes: str) -> str:
    text = _BRACKETS.sub(r"（\1\2）", text)
    text = _quoted(text, quotes)
    text = _AFTER_HAN.sub(lambda match: _TO_WIDE[match[1]], text)
    text = _BEFORE_HAN.sub(lambda match: _TO_WIDE[match[1]], text)
    text = _DASH.sub("——", text)
    text = _STOP.sub("。", text)
    text = _STOP_BEFORE_HAN.sub("。", text)
    text = _ELLIPSIS.sub("……", text)
    text = _LOOSE.sub("", text)
    return _HAN_LATIN.sub(" ", text)


def _quoted(text: str, quotes: str) -> str:
    if not _ANY_HAN.search(text) or '"' in _QUOTED.sub("", text):
        return text
    return _QUOTED.sub(rf"{quotes[0]}\1{quotes[1]}", text)
