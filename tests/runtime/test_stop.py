"""A stop comes to its end whatever hangs, without a traceback, and the next start goes on where it was."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.house import FRIDAY, House, announcement, open_house
from fakes.stored import SERVER

from bot.delivery.deliver import LEASE
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.telegram import PATIENCE

AT_ONCE = 0.1
LOOK_AGAIN = timedelta(minutes=1)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        house.clock.to_announcement(FRIDAY)
        house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
        yield house


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


async def test_messages_that_telegram_never_answers_are_sent_by_the_next_start(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    async with asyncio.timeout(PATIENCE), house.running(finish=AT_ONCE):
        await house.say("/subscribe @daily_cv cs.CV")
        house.telegram.post(channel, "Welcome")
        await house.telegram.quiet()
        house.telegram.faults.add(Fault(FaultKind.HANG, method="sendMessage", chat_id=channel.id))
        house.telegram.faults.add(Fault(FaultKind.HANG, method="sendMessage", chat_id=house.private.id))
        await house.bot.services.daily.tick()
        house.telegram.say(house.private, house.person, "/help")
        await house.telegram.wait_for(lambda: len(house.telegram.faults.struck) == 2)
    assert house.telegram.from_bot(channel) == []
    async with house.running():
        await house.telegram.wait_for_messages(channel, 2)
    assert [bool(message.document) for message in house.telegram.from_bot(channel)] == [False, True]


async def test_a_look_for_a_message_is_left_to_the_next_start(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    async with asyncio.timeout(PATIENCE), house.running(finish=AT_ONCE):
        await house.say("/subscribe @daily_cv cs.CV")
        house.telegram.post(channel, "Welcome")
        await house.telegram.quiet()
        house.telegram.faults.add(Fault(FaultKind.CUT_AFTER, method="sendMessage", chat_id=channel.id))
        house.telegram.faults.add(Fault(FaultKind.HANG, method="forwardMessage"))
        await house.bot.services.daily.tick()
        await house.telegram.wait_for(lambda: len(house.telegram.faults.struck) == 2)
    house.clock.now += LOOK_AGAIN
    async with house.running():
        await house.telegram.wait_for_messages(channel, 2)
    assert [bool(message.document) for message in house.telegram.from_bot(channel)] == [False, True]


async def test_polling_that_hangs_does_not_keep_it(house: House) -> None:
    async with asyncio.timeout(PATIENCE), house.running(finish=AT_ONCE):
        await house.say("/help")
        house.telegram.faults.add(Fault(FaultKind.HANG, method="getUpdates", times=None))


@pytest.mark.skipif(bool(SERVER), reason="a server locks rows, not the whole database")
async def test_a_locked_database_does_not_keep_it_and_what_was_promised_still_comes(
    house: House, tmp_path: Path
) -> None:
    async with asyncio.timeout(PATIENCE), house.running(finish=AT_ONCE) as bot:
        await house.say("/subscribe cs.CV")
        async with bot.core.db.begin() as session:
            await session.execute(sa.text("PRAGMA busy_timeout = 20"))
        house.telegram.faults.add(Fault(FaultKind.SLOW, method="sendMessage", seconds=0.1))
        await bot.services.daily.tick()
        await house.telegram.wait_for(lambda: house.telegram.faults.struck)
        other = sqlite3.connect(tmp_path / "bot.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    with closing(other):
        other.execute("ROLLBACK")
    house.clock.now += LEASE
    async with house.running():
        await house.telegram.wait_for(lambda: house.last().document)
