"""Papers as BibTeX: accents stay Unicode, formulas stay LaTeX, and TeX's signs show as themselves."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render.annotated_paper import Noted, year_of
from bot.render.author_names import ascii_letters, name_of
from bot.render.latex import pieces
from bot.render.names import ARXIV, abs_url, one_line, plain_title
from storage.records import Paper

# Braces count for BibTeX even behind a backslash, so those of a text must not stand as braces.
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "$": r"\$",
        "&": r"\&",
        "%": r"\%",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_DULL = frozenset(
    {"a", "an", "the", "on", "of", "in", "for", "and", "to", "with", "from", "by", "at", "is", "are", "via"}
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def render_bibtex(papers: Sequence[Noted], *, most_authors: int | None = None) -> str:
    """One entry per paper, in order, each with a key of its own; authors beyond `most_authors` are "others"."""
    keys = _keys([paper.paper for paper in papers])
    return "\n".join(_entry(key, noted, most_authors) for key, noted in zip(keys, papers, strict=True))


def _entry(key: str, noted: Noted, most_authors: int | None) -> str:
    paper = noted.paper
    names = [_author(author) for author in paper.authors if one_line(author)]
    if most_authors is not None and len(names) > most_authors:
        names[most_authors:] = ["others"]
    elif paper.more_authors:
        names.append("others")
    fields = {
        "title": escaped(plain_title(paper.title)),
        "author": " and ".join(names),
        "year": year_of(paper),
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": paper.primary_category.translate(_ESCAPES),
        "url": abs_url(paper.arxiv_id, ARXIV),
        "doi": one_line(paper.doi or "").translate(_ESCAPES),
        "note": escaped(one_line(paper.journal_ref or "")),
        "annote": escaped(one_line(noted.note)),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}}}\n"


def escaped(text: str) -> str:
    """The text for a field, in which words with capitals within keep them."""
    return "".join(
        _words(piece.source)
        if piece.formula is None or not _balanced(piece.formula)
        else f"{{${piece.formula.strip()}$}}"
        for piece in pieces(text)
    )


def _words(text: str) -> str:
    """Word by word: BibTeX styles put titles into small letters, except for what stands in braces."""
    return " ".join(
        f"{{{word.translate(_ESCAPES)}}}" if any(char.isupper() for char in word[1:]) else word.translate(_ESCAPES)
        for word in text.split(" ")
    )


def _balanced(formula: str) -> bool:
    """Whether the formula's braces are pairs, escaped ones included, and nothing in it ends it early."""
    depth = 0
    for char in formula:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0 and not any(sign in formula for sign in "$%#&") and not formula.endswith("\\")


def _author(author: str) -> str:
    """`Family, Given`, where what is one name stays one: in braces BibTeX looks for no parts in it, and no "and"."""
    name = name_of(author)
    parts = [name.family, name.suffix, name.given] if name.suffix else [name.family, name.given]
    if not name.given:
        return f"{{{name.family.translate(_ESCAPES)}}}"
    return ", ".join(_part(part) for part in parts)


def _part(text: str) -> str:
    shown = text.translate(_ESCAPES)
    return f"{{{shown}}}" if "," in text or "and" in text.lower().split() else shown


def _keys(papers: Sequence[Paper]) -> list[str]:
    """`byron2026sparse`; papers that would share a key get a letter behind it."""
    taken: set[str] = set()
    keys: list[str] = []
    for paper in papers:
        family = ascii_letters(name_of(paper.authors[0]).family) if paper.authors else ""
        title = (ascii_letters(word) for word in plain_title(paper.title).replace("-", " ").split())
        word = next((text for text in title if text and text not in _DULL), "")
        plain = f"{family or 'arxiv'}{year_of(paper)}{word}"
        key = plain
        number = 0
        while key in taken:
            key = f"{plain}{_letters(number)}"
            number += 1
        taken.add(key)
        keys.append(key)
    return keys


def _letters(number: int) -> str:
    """The letters that count: a to z, then aa, ab and so on."""
    name = ""
    number += 1
    while number:
        number, place = divmod(number - 1, len(_LETTERS))
        name = _LETTERS[place] + name
    return name
