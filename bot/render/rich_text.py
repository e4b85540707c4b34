"""Text in rich messages: escaped, cut to a length, with formulas as LaTeX where Telegram can draw them (pure).

Telegram calls the source of a formula raw LaTeX and does not say whether `&lt;` in it is read; so that both readings
show the same, no formula holds `<`, `>` or `&`. Formulas stand within lines also where TeX would give them a line of
their own: a `<tg-math-block>` next to a `<tg-math>` inside `<details>` made Telegram Desktop 6.9 crash whenever the
chat was opened (github.com/telegramdesktop/tdesktop/issues/30808).
"""

from __future__ import annotations

import re

from bot.render.formula import formula_to_unicode
from bot.render.latex import Piece, pieces, to_unicode, without_styles
from bot.render.message import escape
from bot.render.names import one_line, shorten

LONGEST_FORMULA = 600

# What is no formula to a program that only draws formulas: references, definitions, files, tables of cells.
_FOREIGN = re.compile(
    r"\\(?:cite\w*|ref|eqref|label|tag|href|url|footnote\w*|includegraphics|input|include|usepackage|def|let|gdef|edef"
    r"|newcommand|renewcommand|providecommand|catcode|csname|write|read|openin|special|directlua|htmlClass|html\w*)\b"
)
_DELIMITERS = re.compile(r"\\(?P<side>left|right)(?![A-Za-z])|\\(?P<edge>begin|end)\s*\{(?P<name>[^{}]*)\}")
# A table's separator; an end of the formula; signs that a backslash makes into something else than a comparison.
_UNSAFE = ("&", "$", "\\<", "\\>")
_COMMENT = re.compile(r"(?<!\\)%")
_COMPARISONS = {"<": r"\lt ", ">": r"\gt "}
_ANGLES = re.compile(r"\\(left|right|[bB]igg?[lr]?)\s*([<>])")


def rich_text(text: str, longest: int) -> str:
    """The text on one line as HTML for a rich message, cut to `longest` characters with "…" at its end."""
    out: list[str] = []
    left = longest
    for piece in pieces(without_styles(one_line(text))):
        source = formula_source(piece.formula) if piece.formula is not None else None
        shown = source if source is not None else _plain(piece)
        if len(shown) <= left:
            out.append(escape(shown) if source is None else f"<tg-math>{source}</tg-math>")
            left -= len(shown)
            continue
        # A formula is whole or not there.
        out.append(escape(shorten(shown, left)) if source is None else "…" * (left > 0))
        break
    return "".join(out)


def formula_source(formula: str) -> str | None:
    """The formula as it may stand in `<tg-math>`; None where it is not whole, or not one that can be drawn."""
    source = formula.strip()
    if not source or len(source) > LONGEST_FORMULA or not _balanced(source):
        return None
    if any(sign in source for sign in _UNSAFE) or _FOREIGN.search(source) or _COMMENT.search(source):
        return None
    if not all(character.isprintable() for character in source):
        return None
    source = _ANGLES.sub(lambda match: f"\\{match[1]}\\{'l' if match[2] == '<' else 'r'}angle ", source)
    return "".join(_COMPARISONS.get(character, character) for character in source).strip()


def _plain(piece: Piece) -> str:
    return to_unicode(piece.source) if piece.formula is None else formula_to_unicode(piece.formula)


def _balanced(source: str) -> bool:
    r"""Whether braces, `\left … \right` and environments are closed in the order in which they were opened."""
    open_braces = 0
    escaped = False
    for character in source:
        if escaped:
            escaped = False
            continue
        escaped = character == "\\"
        open_braces += (character == "{") - (character == "}")
        if open_braces < 0:
            return False
    if open_braces or escaped:
        return False
    waiting: list[str] = []
    for match in _DELIMITERS.finditer(source):
        name = match["name"] if match["edge"] else "("
        if match["side"] == "left" or match["edge"] == "begin":
            waiting.append(name)
        elif not waiting or waiting.pop() != name:
            return False
    return not waiting
