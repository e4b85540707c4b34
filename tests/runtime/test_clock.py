from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from fakes.simulated_time import in_simulated_time

from bot.runtime.clock import Clock, _Every


async def test_a_tick_that_a_stop_breaks_off_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    began = asyncio.Event()

    async def tick() -> None:
        began.set()
        await asyncio.Event().wait()

    caplog.set_level(logging.INFO)
    clock = Clock(tick, seconds=3600)
    clock.start()
    await began.wait()
    await clock.stop()
    await asyncio.sleep(0)
    assert [record.getMessage() for record in caplog.records if record.name == "bot.runtime.clock"] == [
        "tick_broken_off"
    ]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_stop_at_whatever_moment_of_a_start_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    async def tick() -> None:
        await asyncio.Event().wait()

    for steps in range(8):
        clock = Clock(tick, seconds=3600)
        clock.start()
        for _ in range(steps):
            await asyncio.sleep(0)
        await clock.stop()
        await asyncio.sleep(0)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_tick_that_fails_is_followed_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    ticks: asyncio.Queue[None] = asyncio.Queue()

    async def tick() -> None:
        ticks.put_nowait(None)
        raise ValueError("a fault of the program")

    clock = Clock(tick, seconds=0.01)
    clock.start()
    for _ in range(2):
        await ticks.get()
    await clock.stop()
    assert "a fault of the program" in caplog.text


async def test_a_tick_that_hangs_is_broken_off_and_followed_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    ticks: asyncio.Queue[None] = asyncio.Queue()

    async def tick() -> None:
        ticks.put_nowait(None)
        await asyncio.Event().wait()

    clock = Clock(tick, seconds=0.01, longest=0.02)
    clock.start()
    for _ in range(2):
        await ticks.get()
    await clock.stop()
    assert "tick_too_long" in caplog.text


def test_ticks_come_although_the_machines_clock_stands_still_or_goes_back(caplog: pytest.LogCaptureFixture) -> None:
    async def ten_minutes_by_the_loop() -> int:
        # In this loop minutes pass at once, so that by the machine's clock none has when a tick is due.
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            ticks += 1

        clock = Clock(tick, seconds=60)
        clock.start()
        await asyncio.sleep(600)
        await clock.stop()
        return ticks

    # The first at once, and then at the latest each one and a half minutes.
    assert in_simulated_time(ten_minutes_by_the_loop()) == 7
    assert "tick_brought_on" in caplog.text


def test_a_clock_that_is_put_forward_by_years_causes_one_tick_and_not_each_that_was_missed() -> None:
    trigger = _Every(60)
    long_ago, now = datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 8, 21, tzinfo=UTC)
    assert trigger.get_next_fire_time(long_ago, now) == now + timedelta(minutes=1)
