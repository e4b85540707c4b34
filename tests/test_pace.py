from __future__ import annotations

import asyncio
from itertools import pairwise

from bot.pace import Pace


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_messages_to_many_chats_are_spaced_and_never_more_than_thirty_a_second() -> None:
    time = Time()
    pace = Pace(clock=time, sleep=time.sleep)
    moments = []
    for chat in range(300):
        await pace.turn(chat, group=False)
        moments.append(time.now)
    assert all(later - earlier >= 1 - 1e-6 for earlier, later in zip(moments, moments[30:], strict=False))


async def test_a_group_gets_at_most_twenty_messages_a_minute_and_one_a_second() -> None:
    time = Time()
    pace = Pace(clock=time, sleep=time.sleep)
    moments = []
    for _ in range(50):
        await pace.turn(-5, group=True)
        moments.append(time.now)
    assert all(later - earlier >= 60 - 1e-6 for earlier, later in zip(moments, moments[20:], strict=False))
    assert all(later - earlier >= 1 - 1e-6 for earlier, later in pairwise(moments))


async def test_a_chat_whose_turn_is_far_off_takes_nothing_and_keeps_nobody_waiting() -> None:
    time = Time()
    pace = Pace(clock=time, sleep=time.sleep)
    for _ in range(20):
        await pace.turn(-5, group=True)
    before = time.now
    away = await pace.turn(-5, group=True, patience=2.0)
    assert away > 2
    await pace.turn(6, group=False)
    assert time.now - before < 1


async def test_a_limit_on_the_whole_bot_holds_everything() -> None:
    time = Time()
    pace = Pace(clock=time, sleep=time.sleep)
    pace.hold(10)
    before = time.now
    await asyncio.gather(pace.turn(1, group=False))
    assert time.now - before >= 10
