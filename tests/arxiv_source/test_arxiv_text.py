"""TeX accents, author lists, preambles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arxiv_source.ids import ArxivId
from bot.arxiv_source.text import join_lines, says_withdrawn, split_authors, strip_preamble, tex_to_unicode

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"Schr\"odinger", "Schrödinger"),
        (r"Schr{\"o}dinger", "Schrödinger"),
        (r"Schr\"{o}dinger", "Schrödinger"),
        (r"Poincar\'e", "Poincaré"),
        (r"Gar\c{c}on, Fran{\c c}ois", "Garçon, François"),
        (r"Jan Jakub\r{u}v, Mikol\'a\v{s}", "Jan Jakubův, Mikoláš"),
        (r"S{\o}ren, \O stergaard, Bj\o{}rn", "Søren, Østergaard, Bjørn"),
        (r"Gro\ss e, Kra{\ss}", "Große, Kraß"),
        (r"\AA ngstr\"om, h{\aa}r", "Ångström, hår"),
        (r"\L{}\'od\'z, \.Zywiec, W\k{a}s", "Łódź, Żywiec, Wąs"),
        (r"Erd\H os, Erd\H{o}s", "Erdős, Erdős"),
        (r"Mart\'{\i}nez, Mart\'\i nez, {\'{\i}}", "Martínez, Martínez, í"),
        (r"Erdo\u{g}an, \v Zi\v{z}ek", "Erdoğan, Žižek"),
        (r"Pe\~na, C\^ot\'e, \=a, \`a", "Peña, Côté, ā, à"),
        (r"Nguy\~{\^e}n, Ti\'{\^e}n, \d{u}", "Nguyễn, Tiến, ụ"),
        (r"\AE{}on, \oe uvre", "Æon, œuvre"),
        (r"\emph{\'e}tude", r"\emph{é}tude"),
    ],
)
def test_accents_become_letters(tex: str, text: str) -> None:
    assert tex_to_unicode(tex) == text


@pytest.mark.parametrize(
    "text",
    [
        r"$\'e + \o$ and $$\"o$$ and \(\'e\) and \[\c{c}\]",
        r"\texttt{<SEG>} 5\% \alpha \& \_ \textbf{x}",
        r"a pair {GPT} of braces {O}",
        r"http://example.org/\~user",
        r"et al\. In",
        r"\"xylophone",
        r"line\\odd",
        "nothing at all",
        "\\",
        r"\' alone",
    ],
)
def test_math_and_whatever_is_no_accent_stay_as_they_are(text: str) -> None:
    assert tex_to_unicode(text) == text


def test_a_dollar_that_is_never_closed_is_no_math() -> None:
    assert tex_to_unicode(r"costs \$5 or $5 at the caf\'e") == r"costs \$5 or $5 at the café"
    assert tex_to_unicode(r"\(caf\'e") == r"\(café"


@pytest.mark.parametrize(
    ("creator", "names"),
    [
        ("A B, C D and E F", ("A B", "C D", "E F")),
        ("Junwen Ma, Huhu Xue, and Weicheng Fu", ("Junwen Ma", "Huhu Xue", "Weicheng Fu")),
        ("A B (Univ. X, Dept. Y (Z)), C D (W)", ("A B", "C D")),
        ("A (1), B (2) ((1) Univ. X, (2) Univ. Y)", ("A", "B")),
        ("John Smith, Jr., Jane Doe, III", ("John Smith Jr.", "Jane Doe III")),
        ("  A   B ,,  C", ("A B", "C")),
        (r"Jan Jakub\r{u}v, Anders S{\o}gaard", ("Jan Jakubův", "Anders Søgaard")),
        ("Alessia Tricomi (for the ATLAS and CMS Collaborations)", ("Alessia Tricomi",)),
        ("the ATLAS and CMS Collaborations", ("the ATLAS and CMS Collaborations",)),
        ("A (never closed, B", ("A (never closed", "B")),
        ("Andy Sandler", ("Andy Sandler",)),
        ("李 明", ("李 明",)),
        ("", ()),
    ],
)
def test_authors_are_told_apart_and_lose_their_affiliations(creator: str, names: tuple[str, ...]) -> None:
    assert split_authors(creator) == names


@given(st.text() | st.text(alphabet="ab(), .andJr\\'{}"))
def test_any_author_list_can_be_split(creator: str) -> None:
    assert all(name and name == name.strip() for name in split_authors(creator))


@given(st.lists(st.from_regex(r"[A-Z][a-z]{1,8} [B-HJ-Z][c-z]{2,9}", fullmatch=True), max_size=30))
def test_no_author_is_lost(names: list[str]) -> None:
    assert split_authors(", ".join(f"{name} (Somewhere, Far)" for name in names)) == tuple(names)


@pytest.mark.parametrize(
    "preamble",
    [
        "arXiv:2504.17830v1 Announce Type: new \nAbstract: ",
        "arXiv:2504.17830v1 Announce Type: new Abstract: ",
        "arXiv:2504.17830v1 Announce Type:new\nAbstract:",
        "\n  arXiv:2504.17830v1  Announce Type: new\n\n Abstract:\n",
    ],
)
def test_the_preamble_is_taken_off_however_it_is_spaced(preamble: str) -> None:
    assert strip_preamble(preamble + "We show  $a<b$.\n") == (ArxivId("2504.17830", 1), "new", "We show  $a<b$.")


def test_an_abstract_without_preamble_is_whole() -> None:
    assert strip_preamble(" Abstract: thoughts on arXiv:2504.17830v1 \n") == (
        None,
        None,
        "Abstract: thoughts on arXiv:2504.17830v1",
    )


def test_lines_become_one_and_inner_space_stays() -> None:
    assert join_lines("  one\n  two  \r\n\n three  four\n") == "one two three  four"


@pytest.mark.parametrize(
    ("text", "withdrawn"),
    [
        ("This paper has been withdrawn by the author due to an error", True),
        ("This submission has been temporarily withdrawn.", True),
        ("The manuscript was withdrawn", True),
        ("Withdrawn by arXiv administrators", True),
        ("Paper withdrawn.", True),
        ("Withdrawn drugs are a rich source of data", False),
        ("We study troops that were withdrawn by 1990", False),
        (None, False),
    ],
)
def test_a_withdrawal_is_read_from_the_beginning_of_a_text(text: str | None, *, withdrawn: bool) -> None:
    assert says_withdrawn("We show things.", text) is withdrawn


@given(st.text() | st.text(alphabet="\\$()[]{}'\"ovcHi~ aé\n"))
def test_any_text_can_be_read_and_nothing_plain_is_lost(text: str) -> None:
    assert tex_to_unicode(tex_to_unicode(text)) is not None
    plain = text.replace("\\", "")
    assert tex_to_unicode(plain) == plain


@pytest.mark.parametrize("piece", ["\\(", "$\\$", "{", '\\"', "\\o ", "(", "()", "\\[", " ", "and ", ", "])
def test_long_text_costs_no_more_than_its_length(piece: str) -> None:
    # Were any of these quadratic, this would take minutes, not milliseconds.
    text = piece * 20_000 + "\\"
    assert len(tex_to_unicode(text)) <= len(text)
    assert isinstance(split_authors(text), tuple)
