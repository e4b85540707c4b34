"""Whole answers of the query API, and everything that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arxiv_source.api import Counted, check_answer
from bot.arxiv_source.errors import ArxivUnavailable
from bot.simulator.arxiv_answers import api_answer, api_error
from storage.records import Paper

pytestmark = pytest.mark.pure

XML = "application/atom+xml; charset=utf-8"
PAPERS = [
    Paper(f"2608.{number:05}", 1, f"Title {number}", "We look & see.", ("Ana Müller",), "cs.CV") for number in (1, 2)
]
ASKED = "/api/query?id_list=2608.00001,2608.00002&max_results=2"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_whole_answer_passes_also_when_papers_are_unknown(count: int) -> None:
    check_answer(XML, api_answer(PAPERS[:count], ASKED))


def test_an_error_is_no_paper() -> None:
    with pytest.raises(ArxivUnavailable, match="refuses the query: incorrect id format for abc"):
        check_answer(XML, api_error("incorrect id format for abc"))


def test_an_answer_that_holds_fewer_papers_than_it_counts_is_no_answer() -> None:
    with pytest.raises(ArxivUnavailable, match="1 of 2 papers"):
        check_answer(XML, api_answer(PAPERS[:1], ASKED, total=2))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", api_answer(PAPERS, ASKED)),
        ("", b""),
        (XML, b""),
        (XML, b"<html/>"),
        (XML, b'<!DOCTYPE feed [<!ENTITY a "a">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>'),
        (XML, b"<?xml version='1.0' encoding='UTF-9'?><feed/>"),
    ],
)
def test_what_is_no_answer_is_an_error(content_type: str, body: bytes) -> None:
    with pytest.raises(ArxivUnavailable):
        check_answer(content_type, body)


@given(st.integers(0, len(api_answer(PAPERS, ASKED).rstrip()) - 1))
def test_a_cut_anywhere_is_an_error(length: int) -> None:
    with pytest.raises(ArxivUnavailable):
        check_answer(XML, api_answer(PAPERS, ASKED)[:length])


def test_a_page_of_a_search_may_hold_fewer_papers_than_there_are_but_not_none() -> None:
    body = api_answer(PAPERS, "/api/query?search_query=cat:cs.CV", total=7)
    assert check_answer(XML, body, first=0) == Counted(held=2, total=7)
    nothing = api_answer([], "/api/query?search_query=cat:cs.CV", total=7)
    assert check_answer(XML, nothing, first=7) == Counted(held=0, total=7)
    with pytest.raises(ArxivUnavailable, match="no papers after the first 4 of 7"):
        check_answer(XML, nothing, first=4)
