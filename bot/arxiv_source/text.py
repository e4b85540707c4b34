"""arXiv's text made readable without losing any of it: TeX accents, preambles, author lists, line breaks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.arxiv_source.ids import ArxivId, parse_id

_ABOVE = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307"}
_NAMED = {
    "c": "\u0327",
    "v": "\u030c",
    "u": "\u0306",
    "H": "\u030b",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
}
_LETTERS = {
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ss": "ß",
    "aa": "å",
    "AA": "Å",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "i": "ı",
    "j": "ȷ",
    "dh": "ð",
    "DH": "Ð",
    "dj": "đ",
    "DJ": "Đ",
    "th": "þ",
    "TH": "Þ",
    "ng": "ŋ",
    "NG": "Ŋ",
}
_DOTTED = {"ı": "i", "ȷ": "j"}

# Braces around nothing but an accent go with it: {\o}, {\"o}; braces around more stay.
_NAMES = "|".join(sorted(_LETTERS, key=len, reverse=True))
_LETTER = re.compile(rf"(\{{)?(?<!\\)\\({_NAMES})(?![A-Za-z])(?:\{{\}}|[ \t]{{1,3}})?(?(1)\}})")
# What an accent stands on: a letter, perhaps one that has its accent already, perhaps in braces.
_BASE = r"(?:\{[^\W\d_]\}|[^\W\d_])"
# `/\~name` is a home page. A named accent needs something between its name and an ASCII letter.
_MARKED = re.compile(
    rf"(\{{)?(?<!\\)\\(?:(?P<above>['`^\"=.]|(?<!/\\)~)|(?P<named>[cvuHkrdb])(?:(?=\{{)|[ \t]|(?=[^\x00-\x7f])))"
    rf"(?P<base>{_BASE})(?(1)\}})"
)
# What every accent and letter begins with, found many times as fast as the patterns above find nothing.
_ANY = re.compile(rf"\\(?:['`^\"=.~]|[cvuHkrdb](?![A-Za-z])|(?:{_NAMES})(?![A-Za-z]))")
# No language has these; a \" before such a letter is a quotation mark that somebody escaped.
_NO_LETTERS = frozenset("ḧẅẍẗḦẄẌ")
_DEEPEST = 3
"""Vietnamese stacks two accents on one letter, each perhaps with braces of its own."""

_MACRO = re.compile(r"\\[A-Za-z]+$")
_LONGEST_MACRO = 24

_MATH = re.compile(r"\$\$|\$|\\\(|\\\[|\\[\\$]")
_CLOSING = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}

_PREAMBLE = re.compile(r"\s*arXiv:(\S{1,40})\s+Announce\s+Type:\s*([a-z-]{1,20})\s*(?:Abstract:)?\s*", re.IGNORECASE)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "m.d", "phd", "ph.d"})
_LONGEST_SUFFIX = 5
_BETWEEN_AUTHORS = re.compile(r",(?: ?and )?| and ")
_WITHDRAWN = re.compile(
    r"(?:(?:this|the) (?:arxiv )?(?:e-?print|preprint|paper|article|manuscript|submission|version|work) "
    r"(?:has|have|had)? ?(?:been|was|is) (?:\w+ )?withdrawn\b)|"
    r"(?:(?:paper|submission|article) )?withdrawn(?: (?:by|due|because|from arxiv)\b|[.:]|$)",
    re.IGNORECASE,
)


def strip_preamble(description: str, known: ArxivId | None = None) -> tuple[ArxivId | None, str | None, str]:
    """What a feed's description says: the id, the announce type, and the abstract itself, stripped of outer space.

    Descriptions begin with `arXiv:2504.17830v1 Announce Type: new`, a line break and `Abstract: `; without that the
    whole description is the abstract. An id that is `known` from elsewhere is surer than the one that stands there.
    """
    match = _PREAMBLE.match(description)
    if match is None:
        return known, None, description.strip()
    return known or parse_id(match[1]), match[2].lower(), description[match.end() :].strip()


def join_lines(text: str) -> str:
    """The text in one line: every line break, with the space around it, becomes one space."""
    lines = text.splitlines()
    return text.strip() if len(lines) == 1 else " ".join(line for part in lines if (line := part.strip()))


def tex_to_unicode(text: str) -> str:
    r"""The text with TeX's accents and letters as Unicode (`Schr\"odinger` → Schrödinger), outside math only.

    Math (`$…$`, `$$…$$`, `\(…\)`, `\[…\]`) and every other macro stay as they are, and so does an accent on something
    that has no accented form.
    """
    if "\\" not in text:
        return text
    return "".join(part if is_math else _without_accents(part) for part, is_math in _parts(text))


def split_authors(creator: str) -> tuple[str, ...]:
    """The names in a feed's one creator field, without affiliations (parentheses, which may hold commas and nest).

    `Jr.` and its like stay with their name.
    """
    text = " ".join(tex_to_unicode(creator).split())
    if "(" in text:
        text = " ".join(_outside_parentheses(text).split())
    last = text.rpartition(",")[2].lower()
    # "the ATLAS and CMS Collaborations" are one author.
    one_and_other = last.rstrip(". ").endswith("collaborations")
    pieces = text.split(",") if one_and_other or "and " not in text else _BETWEEN_AUTHORS.split(text)
    names: list[str] = []
    for piece in pieces:
        name = piece.strip()
        if names and len(name) <= _LONGEST_SUFFIX and name.lower().removesuffix(".") in _SUFFIXES:
            names[-1] = f"{names[-1]} {name}"
        elif name:
            names.append(name.removeprefix("and "))
    return tuple(names)


def says_withdrawn(*texts: str | None) -> bool:
    """Whether an abstract or a comment begins by saying that the paper was withdrawn."""
    return any(text is not None and _WITHDRAWN.match(text.lstrip()) is not None for text in texts)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether each is math. A delimiter that is never closed is text."""
    start = at = 0
    unclosed: set[str] = set()
    while (match := _MATH.search(text, at)) is not None:
        at = match.end()
        closing = _CLOSING.get(match[0])
        if closing is None or closing in unclosed:
            continue
        end = _closed_at(text, closing, at)
        if end is None:
            # Remembered, so that a text full of openings is not searched to its end for each of them.
            unclosed.add(closing)
            continue
        yield text[start : match.start()], False
        yield text[match.start() : end], True
        start = at = end
    yield text[start:], False


def _closed_at(text: str, closing: str, at: int) -> int | None:
    while (found := text.find(closing, at)) != -1:
        if closing[0] != "$" or text[found - 1] != "\\":
            return found + len(closing)
        at = found + 1
    return None


def _without_accents(text: str) -> str:
    if _ANY.search(text) is None:
        return text
    text = _LETTER.sub(_letter, text)
    for _ in range(_DEEPEST):
        before, text = text, _MARKED.sub(_composed, text)
        if text == before:
            break
    return text


def _letter(match: re.Match[str]) -> str:
    return _in_its_braces(match, _LETTERS[match[2]])


def _composed(match: re.Match[str]) -> str:
    mark = _ABOVE[match["above"]] if match["above"] else _NAMED[match["named"]]
    base = match["base"].strip("{}")
    whole = unicodedata.normalize("NFC", _DOTTED.get(base, base) + mark)
    return _in_its_braces(match, whole) if len(whole) == 1 and whole not in _NO_LETTERS else match[0]


def _in_its_braces(match: re.Match[str], letter: str) -> str:
    r"""The letter alone, or in the braces that it was in when they belong to a macro: `\emph{\'e}`."""
    before = match.string[max(0, match.start() - _LONGEST_MACRO) : match.start()]
    return f"{{{letter}}}" if match[1] and _MACRO.search(before) else letter


def _outside_parentheses(text: str) -> str:
    """The text without what stands in balanced parentheses. One that is never closed, or never opened, stays."""
    opened: list[int] = []
    spans: list[tuple[int, int]] = []
    for place, char in enumerate(text):
        if char == "(":
            opened.append(place)
        elif char == ")" and opened:
            start = opened.pop()
            while spans and spans[-1][0] > start:
                spans.pop()
            spans.append((start, place + 1))
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])
