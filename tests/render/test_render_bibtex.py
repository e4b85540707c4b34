from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fakes.render_material import PAPER, hostile_entries, hostile_text
from hypothesis import given
from hypothesis import strategies as st

from bot.render.annotated_paper import Noted
from bot.render.author_names import Name, ascii_letters, name_of
from bot.render.bibtex import escaped, render_bibtex
from storage.records import BilingualPaper

pytestmark = pytest.mark.pure

_SHOWN = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
} | {f"\\{sign}": sign for sign in "$&%#_"}


def typeset(source: str) -> str:
    """What TeX shows of a field without formulas."""
    return re.sub(
        r"\\text[a-z]+\{\}|\\[$&%#_]|[{}]", lambda match: _SHOWN.get(match.group(), ""), source, flags=re.DOTALL
    )


def parsed(bibtex: str) -> list[tuple[str, dict[str, str]]]:
    """Entries as BibTeX reads them: key, and fields between braces that are pairs, whatever stands before them."""
    entries = []
    at = 0
    while match := re.compile(r"\s*@misc\{([^\s,{}]+),").match(bibtex, at):
        at = match.end()
        fields = {}
        while field := re.compile(r"\s*(\w+) = \{").match(bibtex, at):
            start = at = field.end()
            depth = 1
            while depth:
                depth += {"{": 1, "}": -1}.get(bibtex[at], 0)
                at += 1
            fields[field[1]] = bibtex[start : at - 1]
            assert bibtex[at] == ","
            at += 1
        assert bibtex[at : at + 2] == "\n}"
        at += 2
        entries.append((match[1], fields))
    assert not bibtex[at:].strip()
    return entries


def test_an_entry_has_what_a_citation_needs() -> None:
    paper = replace(PAPER, doi="10.1000/a_b", journal_ref="J. Sheep & Goats 3 (2026)", authors=("Ada Byron", "ATLAS"))
    assert render_bibtex([Noted(paper, "read again")]) == (
        "@misc{byron2026sparse,\n"
        "  title = {Sparse Attention Needs {$O(n \\log n)$} Time},\n"
        "  author = {Byron, Ada and {ATLAS}},\n"
        "  year = {2026},\n"
        "  eprint = {2608.01234},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {cs.LG},\n"
        "  url = {https://arxiv.org/abs/2608.01234},\n"
        "  doi = {10.1000/a\\_b},\n"
        "  note = {J. Sheep \\& Goats 3 (2026)},\n"
        "  annote = {read again},\n"
        "}\n"
    )


def test_words_with_capitals_within_keep_them() -> None:
    assert escaped("AutoMMLab: Automatic 3D GANs") == "{AutoMMLab:} Automatic {3D} {GANs}"


def test_keys_are_unique_however_much_papers_look_alike() -> None:
    twins = [Noted(replace(PAPER, version=number)) for number in range(1, 31)]
    keys = [key for key, _ in parsed(render_bibtex(twins))]
    assert keys[:3] == ["byron2026sparse", "byron2026sparsea", "byron2026sparseb"]
    assert len(set(keys)) == 30


def test_authors_beyond_what_a_message_holds_are_others() -> None:
    paper = replace(PAPER, authors=tuple(f"Ada {name}" for name in ("Byron", "Cox", "Dee")))
    assert "author = {Byron, Ada and Cox, Ada and others}" in render_bibtex([Noted(paper)], most_authors=2)


def test_authors_of_whom_only_the_first_are_known_are_followed_by_others() -> None:
    paper = replace(PAPER, authors=("Ada Byron",), more_authors=True)
    assert "author = {Byron, Ada and others}" in render_bibtex([Noted(paper)])


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Ada Byron", Name("Byron", "Ada")),
        ("Ludwig van Beethoven", Name("van Beethoven", "Ludwig")),
        ("Juan de la Cruz", Name("de la Cruz", "Juan")),
        ("Martin Luther King Jr.", Name("King", "Martin Luther", "Jr.")),
        ("Plato", Name("Plato")),
        ("张伟", Name("张伟")),
        ("The ATLAS Collaboration", Name("The ATLAS Collaboration")),
        ("Simon and Garfunkel, Inc.", Name("Simon and Garfunkel, Inc.")),
    ],
)
def test_names_are_taken_apart_where_they_have_parts(author: str, name: Name) -> None:
    assert name_of(author) == name


def test_letters_lose_their_marks_for_keys() -> None:
    assert ascii_letters("Erwin Schrödinger, Ørsted & Łukasz") == "erwinschrodingerorstedlukasz"


@given(hostile_text())
def test_what_is_escaped_shows_as_itself(text: str) -> None:
    plain = " ".join(text.replace("$", "§").replace("\\(", "").replace("\\[", "").split())
    assert typeset(escaped(plain)) == plain


@given(st.lists(hostile_entries(), max_size=3))
def test_every_file_reads_as_one_entry_per_paper_with_its_own_key(entries: list[BilingualPaper]) -> None:
    found = parsed(render_bibtex([Noted(entry.paper, entry.paper.abstract) for entry in entries]))
    assert [fields["eprint"] for _, fields in found] == [entry.paper.arxiv_id for entry in entries]
    assert len({key for key, _ in found}) == len(entries)
    for _, fields in found:
        del fields["url"], fields["eprint"]  # as they are: BibTeX styles take addresses to the letter
        assert all(re.search(r"(?<!\\)(?:\\\\)*[%#&]", value) is None for value in fields.values())
