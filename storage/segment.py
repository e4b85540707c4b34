"""How texts become words that a full-text index can find, the same for every database. Pure.

Chinese, Japanese and Korean have no spaces, and their words are mostly two characters long: each run of such characters
is indexed as its overlapping pairs, and its last character alone. All other letters and digits make words as they
stand, without marks (`Schrödinger` is found by `schrodinger`), English plurals as singulars.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

_PAIRED = "\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"([{_PAIRED}]+)|([^\W_{_PAIRED}]+)")
_MARKS = re.compile("[\u0300-\u036f]")
# Letters that Unicode does not take apart into a plain letter and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
# They stand in nearly every abstract, and nobody searches for them.
_DULL = frozenset({"a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "is", "it", "of", "on", "or",
                   "our", "that", "the", "this", "to", "we", "which", "with"})  # fmt: skip
_LONGEST_WORD = 64
_SHORTEST_PLURAL = 4
_SHORTEST_BEGINNING = 3
"""Letters of a word from which on it may be unfinished: too many words begin with two to look at while one types."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something to find: a word as it is indexed, or the beginning of one."""

    word: str
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: every word, every part of an author's name, any of the categories, from a day on."""

    words: tuple[Term, ...] = ()
    people: tuple[Term, ...] = ()
    categories: tuple[str, ...] = ()
    since: date | None = None

    @property
    def nothing(self) -> bool:
        """Whether this would find every paper."""
        return not (self.words or self.people or self.categories or self.since)


@dataclass(frozen=True, slots=True)
class Text:
    """A paper's texts in one language."""

    title: str
    abstract: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What is found of a paper: words joined by spaces, of its title, authors, categories and all that is left."""

    day: date
    title: str
    people: str
    labels: str
    texts: str


def segment(*texts: str) -> str:
    """The texts' words as they are indexed, each once, joined by spaces."""
    found: list[str] = []
    for text in texts:
        # Each once from the start: most words of an abstract stand in it more often.
        for paired, other in dict.fromkeys(_RUN.findall(_folded(text))):
            if paired:
                found += map("".join, pairwise(paired))
                found.append(paired[-1])
            elif (word := other[:_LONGEST_WORD]) not in _DULL:
                found.append(_singular(word))
    return " ".join(dict.fromkeys(found))


def terms(text: str, *, unfinished: bool = False) -> list[Term]:
    """What a person who types this wants found, all of it; of an `unfinished` text the last word may go on."""
    found: list[Term] = []
    runs = _runs(text)
    for place, (run, paired) in enumerate(runs):
        if paired and len(run) == 1:
            found.append(Term(run, beginning=True))
        elif paired:
            found += [Term(first + second) for first, second in pairwise(run)]
        elif unfinished and place == len(runs) - 1 and len(run) >= _SHORTEST_BEGINNING and not text[-1:].isspace():
            found.append(Term(_singular(run), beginning=True))
        elif run not in _DULL:
            found.append(Term(_singular(run)))
    return list(dict.fromkeys(found))


def label(category: str) -> str:
    """The word for a category or archive, which nobody types by chance: `cs.CV` → `catcscv`."""
    return "cat" + "".join(char for char in category.lower() if char.isalnum())


def document(
    arxiv_id: str,
    *,
    texts: Iterable[Text],
    authors: Iterable[str],
    categories: Iterable[str],
    submitted_at: datetime | None,
    announced_on: date | None,
) -> Document:
    """What is found of a paper: its texts in every language that there is, each category and its archive."""
    known = list(texts)
    labels = {word for category in categories for word in (label(category), label(category.partition(".")[0]))}
    return Document(
        day=_day(arxiv_id, submitted_at, announced_on),
        title=segment(*(text.title for text in known)),
        people=segment(*authors),
        labels=" ".join(sorted(labels)),
        texts=segment(
            *(text for texts_of_language in known for text in (texts_of_language.abstract, texts_of_language.summary))
        ),
    )


def _day(arxiv_id: str, submitted_at: datetime | None, announced_on: date | None) -> date:
    """When the paper came out: submitted, else announced, unless that was a later version; else its id's month."""
    if submitted_at is not None:
        return submitted_at.date()
    stamp = arxiv_id.rpartition("/")[2][:4]
    try:
        year, month = int(stamp[:2]), int(stamp[2:])
        first = date(year + (1900 if year > 90 else 2000), month, 1)  # noqa: PLR2004 - arXiv began in 1991
    except ValueError:
        return announced_on or date.min
    soon = announced_on is not None and (announced_on.year - first.year) * 12 + announced_on.month - first.month <= 1
    return announced_on if announced_on is not None and soon else first


def _runs(text: str) -> list[tuple[str, bool]]:
    """Runs of letters and digits, folded; whether they are of a script that is indexed in pairs."""
    return [(paired or other[:_LONGEST_WORD], bool(paired)) for paired, other in _RUN.findall(_folded(text))]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    whole = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    # Only the marks of European scripts: taken off, Japanese ones would make other syllables.
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", whole)))


def _singular(word: str) -> str:
    """An English word without the s of its plural (the three rules of Harman's S stemmer)."""
    if not word.endswith("s") or len(word) < _SHORTEST_PLURAL or not word.isascii():
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word if word.endswith(("us", "ss", "is")) else word[:-1]
