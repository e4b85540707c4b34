from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.render_material import PAPER
from hypothesis import given
from hypothesis import strategies as st

from bot.render.difference import difference

pytestmark = pytest.mark.pure

WORDS = st.lists(st.sampled_from(["we", "count", "sheep", "with", "small", "networks", "$n^2$"]), max_size=30).map(
    " ".join
)


def test_what_is_new_is_told_in_a_few_words() -> None:
    before = replace(PAPER, title="Counting Sheep", abstract="We count sheep. It works.")
    after = replace(before, version=2, title="Counting Goats", abstract="We count sheep and goats at night. It works.")
    change = difference(before, after)
    assert change.earlier_title == "Counting Sheep"
    assert (change.added, change.removed) == (5, 1)
    assert change.excerpt == "sheep and goats at night."


def test_other_white_space_is_no_change() -> None:
    before = replace(PAPER, title="Counting  Sheep", abstract="We count\nsheep.")
    assert difference(before, replace(before, title="Counting Sheep", abstract="We  count sheep.")).nothing


@given(old=WORDS, new=WORDS)
def test_counts_explain_the_difference_in_length_and_nothing_is_said_of_equal_texts(old: str, new: str) -> None:
    change = difference(replace(PAPER, abstract=old), replace(PAPER, abstract=new))
    assert change.added - change.removed == len(new.split()) - len(old.split())
    assert change.nothing == (old == new)
    assert len(change.excerpt) <= 160
