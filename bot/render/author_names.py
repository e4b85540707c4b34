"""Authors' names as reference managers want them: which part is the family name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.render.names import one_line

# What stands before a family name and belongs to it, and what stands behind one and does not.
_PARTICLES = frozenset({"af", "al", "ben", "bin", "da", "dal", "de", "del", "della", "den", "der", "des", "di", "do",
                        "dos", "du", "el", "ibn", "la", "las", "le", "los", "te", "ten", "ter", "van", "vom", "von",
                        "y", "zu", "zum", "zur"})  # fmt: skip
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_GROUP = re.compile(r"\b(?:collaborations?|consortium|group|team|project|network|society|institute)\b", re.IGNORECASE)
# Letters that Unicode does not take apart into a plain letter and a mark.
_PLAIN = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "ı": "i"}
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in parts. A group's name, and one of a single word, is all `family`."""

    family: str
    given: str = ""
    suffix: str = ""


def name_of(author: str) -> Name:
    """The parts of a name as arXiv writes it, given names first."""
    whole = one_line(author)
    words = whole.split()
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else ""  # noqa: PLR2004 - given, family, suffix
    if len(words) < 2 or _GROUP.search(whole) or "," in whole:  # noqa: PLR2004 - a given name and a family name
        return Name(whole)
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in _PARTICLES:
        first -= 1
    return Name(" ".join(words[first:]), " ".join(words[:first]).rstrip(","), suffix)


def ascii_letters(text: str) -> str:
    """The text's letters and digits without marks, in lower case: `Schrödinger` → `schrodinger`. Others are dropped."""
    apart = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(char for char in apart if char.isascii() and char.isalnum()).lower()
