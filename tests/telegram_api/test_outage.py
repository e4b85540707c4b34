"""Telegram out of reach: noticed after three chats, tried more and more seldom, over with the first answer."""

from __future__ import annotations

import pytest
from fakes.simulated_time import Seconds

from bot.telegram_api.outage import CHATS, FIRST_PAUSE, LONGEST_PAUSE, Outage

pytestmark = pytest.mark.pure


def begun(clock: Seconds) -> Outage:
    outage = Outage(clock)
    assert [outage.failed(chat) for chat in range(CHATS)] == [False] * (CHATS - 1) + [True]
    return outage


def test_one_chat_that_never_answers_is_no_outage() -> None:
    outage = Outage(Seconds())
    assert not any(outage.failed(7) for _ in range(50))
    assert not outage.begun


def test_failures_with_answers_between_them_are_none() -> None:
    outage = Outage(Seconds())
    for chat in range(50):
        assert not outage.failed(chat)
        assert not outage.answered()
    assert not outage.begun


def test_it_is_tried_more_and_more_seldom_but_at_least_once_a_minute() -> None:
    clock = Seconds()
    outage, pauses = begun(clock), []
    for _ in range(10):
        pauses.append(outage.until - clock.now)
        clock.now = outage.until
        outage.failed(1)
    assert pauses[:4] == [FIRST_PAUSE, 2, 4, 8]
    assert pauses[-1] == max(pauses) == LONGEST_PAUSE


def test_those_that_were_under_way_already_do_not_make_it_longer() -> None:
    clock = Seconds()
    outage = begun(clock)
    for chat in range(100):
        outage.failed(chat)
    assert outage.until == FIRST_PAUSE


def test_the_next_try_waits_for_the_pause_after_one() -> None:
    clock = Seconds()
    outage = begun(clock)
    clock.now = 100.0
    outage.tried()
    assert outage.until == 100.0 + FIRST_PAUSE


def test_the_first_answer_ends_it_and_it_begins_anew_from_the_shortest_pause() -> None:
    clock = Seconds()
    outage = begun(clock)
    clock.now = 50.0
    outage.failed(1)
    assert outage.answered()
    assert not outage.begun
    assert outage.until < clock.now
    assert [outage.failed(chat) for chat in range(CHATS)][-1]
    assert outage.until == 50.0 + FIRST_PAUSE
