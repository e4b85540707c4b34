"""What was asked for a moment ago is not done again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.house import Clock

from bot.handlers.recent import Recent

pytestmark = pytest.mark.pure


def test_what_was_asked_for_is_remembered_for_ten_minutes_and_nothing_else_is() -> None:
    clock = Clock()
    recent = Recent(now=clock)
    assert not recent.seen("card", 7, "2608.00001")
    assert recent.seen("card", 7, "2608.00001")
    assert not recent.seen("card", 8, "2608.00001")
    clock.now += timedelta(minutes=9)
    assert recent.seen("card", 7, "2608.00001")
    clock.now += timedelta(minutes=2)
    assert not recent.seen("card", 7, "2608.00001")


def test_a_clock_that_is_set_back_makes_nothing_seen_for_hours() -> None:
    clock = Clock()
    recent = Recent(now=clock)
    assert not recent.seen("card", 7)
    clock.now -= timedelta(hours=8)
    assert not recent.seen("card", 7)
    assert recent.seen("card", 7)
