"""LaTeX as it stands in titles and abstracts, to Unicode text; for layouts that cannot show formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.render.formula import formula_to_unicode
from bot.render.symbols import SYMBOLS

# Dollars make math as pandoc sees it, without spaces beside them within, but also before a digit ("256$\times$256"):
# only from digit to digit they are prices ("$5-$10").
# Lengths are bounded so that a text full of openings without ends costs no more than its length times a constant.
_MATH = re.compile(
    r"""(?<!\\)\$\$(?P<display>(?:[^$\\]|\\.){1,2000}?)\$\$
      | (?<![\\$])\$(?=[^\s$])(?!\d[^$]{0,2000}\$\d)(?P<inline>(?:[^$\\]|\\.){1,2000}?)(?<!\s)\$
      | (?<!\\)\\\((?P<paren>.{1,2000}?)\\\)
      | (?<!\\)\\\[(?P<bracket>.{1,2000}?)\\\]""",
    re.VERBOSE | re.DOTALL,
)
_ADDRESS = re.compile(r"https?://[^\s{}\\]+")
_DROPPED = re.compile(r"[ ~]?\\(?:cite[a-zA-Z]*|label|footnotemark|index)\*?(?:\[[^\][]*\])*\{[^{}]*\}")
_HREF = re.compile(r"\\href\s*\{[^{}]*\}\s*\{([^{}]*)\}")
_STYLED = re.compile(
    r"\\(?:emph|url|path|mbox|underline|uline"
    r"|text(?:bf|it|tt|sc|sl|rm|sf|md|up|normal|superscript|subscript)?)\*?\s*\{([^{}]*)\}"
)
_SWITCH = re.compile(r"\{\s*\\(?:em|bf|it|tt|sc|sl|rm|sf|bfseries|itshape|ttfamily)\b\s*([^{}]*)\}")
# Braces that keep a word's capitals, "{DNA}" and "{B}ayesian", or spaces, "5{,}000"; not those of a set.
_PROTECTED = re.compile(r"(?<![\\}\w])\{(\w[\w-]*)\}|(?<=\w)\{(\w*)\}|(?<=\w)\{([,.=])\}")
_ESCAPED = re.compile(r"\\([%&_$#{}])")
_SPACING = re.compile(r"\\\\(?:\[[^\][]*\])?|\\[ ,;:]")
_MACRO = re.compile(r"\\([a-zA-Z]+)\*?(?:\{\}|(?=(\{)?))")
# "pages 3--5" and "a -- b", but not the option "--verbose".
_DASH = re.compile(r"(?<!-)(?:(?<=\S)--|--(?=\s))(?!-)")
_LONG_DASH = re.compile(r"(?<!-)---(?!-)")
# "Fig.~3", but not "a factor of ~5".
_TIE = re.compile(r"(?<=[\w.,;:)\]\x00])~(?=\S)")
_STASHED = re.compile("\x00(\\d+)\x00", re.ASCII)
_LAYERS = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: plain, or a formula with the source between its delimiters."""

    source: str
    formula: str | None = None


def pieces(text: str) -> Iterator[Piece]:
    r"""The text cut into plain parts and formulas (`$…$`, `$$…$$`, `\(…\)`, `\[…\]`), all of it and in order."""
    end = 0
    # Most texts have no formula, and looking for one takes longer than all else that is done with them.
    for match in _MATH.finditer(text) if "$" in text or "\\" in text else ():
        if match.start() > end:
            yield Piece(text[end : match.start()])
        yield Piece(match.group(), next(group for group in match.groups() if group is not None))
        end = match.end()
    if end < len(text):
        yield Piece(text[end:])


def to_unicode(text: str) -> str:
    r"""The text with formulas and macros as Unicode: `$\alpha$-stable` → α-stable, `\emph{all}` → all.

    What it does not know keeps its name, web addresses stay letter by letter, and it never raises.
    """
    return around(
        (piece.source, False) if piece.formula is None else (formula_to_unicode(piece.formula), True)
        for piece in pieces(text)
    )


def without_styles(text: str) -> str:
    r"""The text without macros of style, also around formulas, which stay LaTeX: `\emph{3$\times$}` → 3$\times$."""
    if "\\" not in text:
        return text
    stash = _Stash()
    return stash.back(_unstyled(stash.text((piece.source, piece.formula is not None) for piece in pieces(text))))


def around(parts: Iterable[tuple[str, bool]]) -> str:
    """The parts of a text as one, with macros as Unicode; those marked stay as they are, and stand within macros."""
    stash = _Stash()
    text = stash.text(parts)
    if any(mark in text for mark in ("\\", "~", "--", "``", "''", "{")):
        text = _ADDRESS.sub(lambda match: stash.put(match.group()), text)
        text = _ESCAPED.sub(lambda match: stash.put(match[1]) if match[1] in "{}" else match[1], text)
        text = _unstyled(_DROPPED.sub("", text))
        text = _SPACING.sub(" ", text)
        text = _MACRO.sub(lambda match: SYMBOLS.get(match[1]) or match[1] + (" " if match[2] else ""), text)
        text = _PROTECTED.sub(lambda match: match[1] or match[2] or match[3] or "", text)
        text = _LONG_DASH.sub("—", _DASH.sub("–", _TIE.sub(" ", text)))
        text = text.replace("``", "“").replace("''", "”")
    return stash.back(text)


class _Stash:
    """What is set aside while the rest is changed; a number between two NUL characters stands for each."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def text(self, parts: Iterable[tuple[str, bool]]) -> str:
        clean = ((part.replace("\x00", ""), kept) for part, kept in parts)
        return "".join(self.put(part) if kept else part for part, kept in clean)

    def put(self, kept: str) -> str:
        self._kept.append(kept)
        return f"\x00{len(self._kept) - 1}\x00"

    def back(self, text: str) -> str:
        return _STASHED.sub(lambda match: self._kept[int(match[1])], text)


def _unstyled(text: str) -> str:
    for _ in range(_LAYERS):
        before = text
        text = _SWITCH.sub(r"\1", _STYLED.sub(r"\1", _HREF.sub(r"\1", text)))
        if text == before:
            break
    return text
