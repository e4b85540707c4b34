from __future__ import annotations

from contextlib import suppress
from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.handlers.search_query import Unreadable, parse_query
from storage.segment import Term, Wanted

pytestmark = pytest.mark.pure


def test_words_and_filters_are_told_apart() -> None:
    assert parse_query("diffusion cat:cs.cv,stat.TH au:he since:2026-08-01 分类：math") == Wanted(
        words=(Term("diffusion"),),
        people=(Term("he"),),
        categories=("cs.CV", "math.ST", "math"),
        since=date(2026, 8, 1),
    )


def test_a_month_means_its_first_day() -> None:
    assert parse_query("since:2026-08").since == date(2026, 8, 1)


@pytest.mark.parametrize("typed", ["", "the of", "，。!?", "cat: x"])
def test_nothing_to_find_is_seen(typed: str) -> None:
    assert parse_query(typed).nothing is (typed != "cat: x")


def test_a_category_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(Unreadable) as raised:
        parse_query("cat:cs.CW")
    assert (raised.value.name, raised.value.value) == ("cat", "cs.CW")
    assert "cs.CV" in raised.value.nearest


@pytest.mark.parametrize("typed", ["since:yesterday", "since:2026-13", "since:2026-02-30"])
def test_a_day_that_there_is_not_is_told(typed: str) -> None:
    with pytest.raises(Unreadable) as raised:
        parse_query(typed)
    assert raised.value.name == "since"


@given(st.text(max_size=300))
@example("¼")
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    with suppress(Unreadable):
        # One character may stand for several: "¼" is searched for as 1 and 4.
        assert len(parse_query(typed, unfinished=True).words) <= len(normalize("NFKC", typed))
