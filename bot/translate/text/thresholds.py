"""What is normal for texts in each language, in one table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is normal for one language. Ratios are characters of translation per character of English, spaces apart."""

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
    stops: str = ""
    """What ends sentences beside `.!?`, where a capital letter does not begin them; a space: nothing ends them."""


HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
KANA = r"\u3040-\u30ff"
_CHINESE = Thresholds(((HAN, 0.40),), 0.18, 0.50, 120, 0.43, 12, "。！？")
_LATIN = Thresholds((), 0.60, 1.80, 280, 1.4, 40)
THRESHOLDS = {
    "zh": _CHINESE,
    "ja": Thresholds(((HAN + KANA, 0.40), (KANA, 0.05)), 0.25, 0.85, 170, 0.6, 16, "。！？"),
    "ko": Thresholds((("\uac00-\ud7af", 0.40),), 0.25, 0.90, 180, 0.65, 16, "。！？"),
    "ru": Thresholds((("\u0400-\u04ff", 0.50),), 0.60, 1.80, 280, 1.4, 40),
    "uk": Thresholds((("\u0400-\u04ff", 0.50),), 0.60, 1.80, 280, 1.4, 40),
    "el": Thresholds((("\u0370-\u03ff", 0.50),), 0.60, 1.80, 280, 1.4, 40),
    "ar": Thresholds((("\u0600-\u06ff", 0.50),), 0.45, 1.50, 280, 1.2, 40, "؟"),
    "fa": Thresholds((("\u0600-\u06ff", 0.50),), 0.45, 1.60, 280, 1.2, 40, "؟"),
    "he": Thresholds((("\u0590-\u05ff", 0.50),), 0.40, 1.40, 280, 1.2, 40, "׃"),
    "hi": Thresholds((("\u0900-\u097f", 0.50),), 0.55, 1.80, 280, 1.4, 40, "।"),
    "bn": Thresholds((("\u0980-\u09ff", 0.50),), 0.55, 1.80, 280, 1.4, 40, "।"),
    # Thai writes no stops: its sentences are not counted.
    "th": Thresholds((("\u0e00-\u0e7f", 0.50),), 0.45, 1.70, 280, 1.4, 40, " "),
}
"""By the first part of the language code; a language that is not here is taken to be written in Latin letters."""


def limits_of(language: str) -> Thresholds:
    """What is normal for a language, by its code."""
    return THRESHOLDS.get(language.split("-", maxsplit=1)[0].lower(), _LATIN)
