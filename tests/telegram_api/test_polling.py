"""Polling goes on whatever comes: updates that nobody can read, refusals, silence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fakes.house import open_house
from fakes.simulated import call
from fakes.simulated_time import Seconds
from telegram import Bot
from telegram.error import Conflict

from bot.simulator.faults import Fault, FaultKind
from bot.simulator.telegram import SimulatedTelegram
from bot.telegram_api.polling import PollingRequest

SECRET = "what somebody wrote"
UNREADABLE: dict[str, Any] = {
    "a date of letters": {"message_id": 1, "date": SECRET, "chat": {"id": 1, "type": "private"}, "text": SECRET},
    "a chat of letters": {"message_id": 1, "date": 1_700_000_000, "chat": SECRET},
    "an unknown field in a person": {"from": {"id": "x", "is_bot": False}, "message_id": 1},
    "a list": [SECRET],
    "a text": SECRET,
}


async def test_an_update_that_cannot_be_read_is_passed_over_and_everybody_else_is_heard(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(tmp_path) as house, house.running():
        updates = house.telegram.world.updates
        for body in UNREADABLE.values():
            updates.put("message", body)
        with caplog.at_level(logging.ERROR):
            assert "/subscribe" in await house.say("/help")
            updates.put("message", UNREADABLE["a text"])
            await house.telegram.quiet()
            assert "/subscribe" in await house.say("/help")
        assert len(updates) == 0
    passed = [record.getMessage() for record in caplog.records if "update_passed_over" in record.getMessage()]
    assert [line.split()[1] for line in passed] == [f"update={number}" for number in (*range(1, 6), 7)]
    assert SECRET not in caplog.text


async def test_when_telegram_refuses_the_token_for_a_moment_everybody_is_heard_again_afterwards(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.telegram_api.polling")
    async with open_house(tmp_path) as house, house.running():
        house.telegram.faults.add(Fault(FaultKind.UNAUTHORIZED, method="getUpdates"))
        assert "/subscribe" in await house.say("/help")
    lines = [record.getMessage().split()[0] for record in caplog.records if record.name == "bot.telegram_api.polling"]
    assert lines == ["polling_in_trouble", "polling_well"]
    assert [record for record in caplog.records if record.exc_info] == []


class Rival:
    """Another program that polls with the same token, and asks again at once when it is refused."""

    def __init__(self, telegram: SimulatedTelegram) -> None:
        self._telegram = telegram

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._poll())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _poll(self) -> None:
        while True:
            await call(self._telegram, "getUpdates", timeout=50)


async def test_another_program_with_the_same_token_is_told_of_once_and_polled_against_more_and_more_rarely(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[str] = []
    seconds = Seconds()
    moments: list[float] = []

    async def tell(key: str, /, **_values: object) -> None:
        told.append(key)

    async with SimulatedTelegram() as telegram, Rival(telegram).running():
        request = PollingRequest(pool=1, clock=seconds, sleep=seconds.sleep)
        request.tells(tell)
        await request.initialize()
        bot = Bot(telegram.token, base_url=f"{telegram.url}/bot", request=request, get_updates_request=request)
        while len(moments) < 12:
            with suppress(Conflict):
                await bot.get_updates(timeout=40)
                continue
            moments.append(seconds())
        await asyncio.sleep(0)
        await request.shutdown()
    assert told == ["polled-elsewhere"]
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300, 300]
    lines = [record.getMessage().split()[0] for record in caplog.records if record.name == "bot.telegram_api.polling"]
    assert lines == ["polling_in_trouble", "polled_elsewhere"]
