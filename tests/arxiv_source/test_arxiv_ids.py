"""Ids in everything that people paste."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.arxiv_source.ids import ArxivId, abs_url, find_ids, parse_id, pdf_url

pytestmark = pytest.mark.pure

FORMS = json.loads((Path(__file__).parents[1] / "data" / "link_forms.json").read_text(encoding="utf-8"))
SENTENCES = [
    "{}",
    "看看这篇 {} 很有意思",
    "看看这篇{}很有意思",
    "See {}, it is worth your time.",
    "（{}）",
    "“{}”。",
    "**{}**",
    "- {}\n- something else",
    "first line\n{}\nlast line",
    "{}!",
]


def wanted(form: dict[str, str | int | None]) -> ArxivId | None:
    if form["id"] is None:
        return None
    version = form["version"]
    assert version is None or isinstance(version, int)
    return ArxivId(str(form["id"]), version)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(form["input"]))
def test_every_form_gives_its_id_and_nothing_else_in_every_sentence(form: dict[str, str | int | None]) -> None:
    expected = () if form["id"] is None else (wanted(form),)
    for sentence in SENTENCES:
        assert find_ids(sentence.format(form["input"])) == expected, sentence


def test_every_form_that_is_no_sentence_gives_its_id_alone() -> None:
    for form in FORMS:
        is_sentence = str(form["input"])[0] in "看论"
        assert parse_id(str(form["input"])) == (None if is_sentence else wanted(form)), form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://arxiv.org/abs/hep-th%2F9901001", "hep-th/9901001"),
        ("https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F2402.15351v3&sa=D", "2402.15351v3"),
        ("https://arxiv.org/ftp/arxiv/papers/2402/2402.15351.pdf", "2402.15351"),
        ("https://inspirehep.net/api/arxiv/2402.15351", "2402.15351"),
        ("2012arXiv1203.4567S", "1203.4567"),
        ("eprint = {2402.15351}", "2402.15351"),
        ("arXiv ID: 2402.15351", "2402.15351"),
        ("arXiv：2402.15351", "2402.15351"),
        ("2402.15351v1.pdf", "2402.15351v1"),
        ("as 1203.4567 shows", "1203.4567"),
        ("HEP-TH/9901001", "hep-th/9901001"),
    ],
)
def test_less_common_spellings_are_understood(text: str, expected: str) -> None:
    assert [str(id_) for id_ in find_ids(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "took 1203.4567 s",
        "took 1203.4567s",
        "共 1203.4567 元",
        "costs $1203.4567",
        "x = 1203.4567",
        "-1203.4567",
        "https://example.com/abs/2402.15351",
        "https://shop.example/?item=2402.15351",
        "https://arxiv.org.example.com/abs/2402.15351",
        "https://notarxiv.org/abs/2402.15351",
        "https://github.com/someone/math/0309136",
        "version 2402.15351.7",
        "q-fin/0309136",
        "2402.00000",
        "9201.12345",
        "hep-th/0704001",
        "hep-th/9106001",
        "2402.15351v0",
        "٢٤٠٢.١٥٣٥١",
    ],
)
def test_what_is_no_paper_gives_nothing(text: str) -> None:
    assert find_ids(text) == ()
    assert parse_id(text) is None


@pytest.mark.parametrize(
    "text", ["２４０２．１５３５１", "看看ａｒＸｉｖ：２４０２.１５３５１ｖ2", "arxiv.org／abs／2402.15351"]
)
def test_letters_and_digits_of_full_width_are_read_as_the_others(text: str) -> None:
    assert [id_.arxiv_id for id_ in find_ids(text)] == ["2402.15351"]


def test_ids_come_once_each_in_the_order_of_first_mention() -> None:
    text = "2403.00001v2, https://arxiv.org/abs/2402.15351 (arXiv:2403.00001v2) 和 hep-th/9901001、2403.00001"
    assert [str(id_) for id_ in find_ids(text)] == ["2403.00001v2", "2402.15351", "hep-th/9901001", "2403.00001"]


def test_a_list_of_ids_in_an_api_address_gives_all_of_them() -> None:
    found = find_ids("https://export.arxiv.org/api/query?id_list=2402.15351v1,2402.15352%2C2402.15353&max_results=3")
    assert [str(one) for one in found] == ["2402.15351v1", "2402.15352", "2402.15353"]


def test_links_that_run_into_each_other_are_two() -> None:
    found = find_ids("https://arxiv.org/abs/2402.15351https://arxiv.org/abs/2402.15352")
    assert [str(one) for one in found] == ["2402.15351", "2402.15352"]


def test_two_links_are_not_one() -> None:
    assert parse_id("https://arxiv.org/abs/2402.15351,https://arxiv.org/abs/2402.15352") is None


@pytest.mark.parametrize(
    ("arxiv_id", "version"),
    [("2413.12345", None), ("cs.CV", None), ("", None), ("2402.15351", 0), ("math.GT/0309136", 1)],
)
def test_an_impossible_id_cannot_be_made(arxiv_id: str, version: int | None) -> None:
    with pytest.raises(ValueError, match=r"for example: 2402\.15351"):
        ArxivId(arxiv_id, version)


def test_addresses_of_pages_carry_the_version_if_there_is_one() -> None:
    assert abs_url("2402.15351") == "https://arxiv.org/abs/2402.15351"
    assert pdf_url("hep-th/9901001", 2, base="http://127.0.0.1:1") == "http://127.0.0.1:1/pdf/hep-th/9901001v2"


new_style = st.builds(
    lambda year, month, number: (
        f"{year:02}{month:02}.{number:05}" if year >= 15 else f"{year:02}{month:02}.{number % 9999 + 1:04}"
    ),
    st.integers(8, 90),
    st.integers(1, 12),
    st.integers(1, 99_999),
)
old_style = st.builds(
    lambda archive, year, month, number: f"{archive}/{year:02}{month:02}{number:03}",
    st.sampled_from(["hep-th", "math", "cs", "cond-mat", "q-bio", "math-ph", "alg-geom"]),
    st.sampled_from([92, 99, 0, 6]),
    st.integers(1, 12),
    st.integers(1, 999),
)
arxiv_ids = st.builds(ArxivId, new_style | old_style, st.none() | st.integers(1, 999))


@given(arxiv_ids)
def test_an_id_survives_being_written_and_read(arxiv_id: ArxivId) -> None:
    assert parse_id(str(arxiv_id)) == arxiv_id
    assert parse_id(abs_url(arxiv_id.arxiv_id, arxiv_id.version)) == arxiv_id
    assert parse_id(pdf_url(arxiv_id.arxiv_id, arxiv_id.version)) == arxiv_id
    assert find_ids(f"请看 {abs_url(arxiv_id.arxiv_id, arxiv_id.version)}。") == (arxiv_id,)


@given(st.text() | st.from_regex(r"(arxiv|https?://|[0-9./:v ]|abs|math/){0,40}", fullmatch=True))
@example("arXiv:2402.")
def test_any_text_can_be_searched(text: str) -> None:
    for id_ in find_ids(text):
        assert parse_id(str(id_)) == id_


@pytest.mark.parametrize(
    "piece", ["arxiv.org/abs/", "https://", "1203.4567 ", "hep-th/", "arxiv  ", "%2f", "2402.1535", "9", "."]
)
def test_a_long_message_costs_no_more_than_its_length(piece: str) -> None:
    # Were the search quadratic, this would take minutes, not milliseconds.
    assert len(find_ids(piece * (100_000 // len(piece)))) <= 1
