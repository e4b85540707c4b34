"""The machine's clock jumps, by hours and days, both ways: digests still come once each and on time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house

from bot.arxiv_source import calendar
from bot.runtime.wall_clock import PROOF, TOLERANCE, WallClock
from bot.simulator.chat_state import Chat
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.telegram import PATIENCE
from storage.models import deliveries, destinations

NOON = datetime(2026, 8, 21, 12, 0, tzinfo=UTC)
TOLD = "was set back"


class Machine:
    """A wall clock that can be put wrong, and one that only goes forward."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.off = timedelta()

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds) + self.off

    def steady(self) -> float:
        return self.seconds


def test_a_clock_that_is_hours_ahead_for_six_seconds_is_never_believed() -> None:
    machine = Machine()
    clock = WallClock(machine.wall, steady=machine.steady)
    machine.off = timedelta(hours=8)
    for _ in range(6):
        machine.seconds += 1
        assert clock() == NOON + timedelta(seconds=machine.seconds)
    machine.off = timedelta()
    assert clock() == NOON + timedelta(seconds=machine.seconds)


def test_one_that_stays_ahead_is_believed_after_a_minute_and_one_that_is_set_back_at_once() -> None:
    machine = Machine()
    clock = WallClock(machine.wall, steady=machine.steady)
    machine.off = timedelta(hours=8)
    assert clock() < machine.wall()
    machine.seconds += PROOF + 1
    assert clock() == machine.wall()
    machine.off = -timedelta(days=2)
    assert clock() == machine.wall()


def digests(house: House, chat: Chat | None = None) -> list[str]:
    sent = house.telegram.from_bot(chat or house.private)
    return [message.text for message in sent if message.text.startswith("arXiv cs.CV")]


async def tick(house: House) -> None:
    """One tick as the clock calls it, and all of what it planned."""
    await house.bot.clock.tick()
    await house.settle()


@pytest.mark.parametrize("ahead", [timedelta(hours=8), timedelta(days=3)])
async def test_a_digest_at_a_time_comes_once_and_on_time_after_the_clock_was_wrong(
    tmp_path: Path, ahead: timedelta
) -> None:
    async with open_house(tmp_path) as house, house.running(tolerance=TOLERANCE):
        await house.say("/subscribe cs.CV")
        await house.say("/time 09:00 UTC")
        house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
        house.clock.to_announcement(FRIDAY)  # 04:05 UTC
        house.clock.now += ahead
        await tick(house)
        early = len(digests(house))
        house.clock.now -= ahead
        await tick(house)
        await house.telegram.wait_for(
            lambda: any(TOLD in message.text for message in house.telegram.from_bot(house.private))
        )
        async with house.bot.core.db.read() as session:
            due = await session.scalar(sa.select(destinations.c.next_run_at))
        assert due == datetime(2026, 8, 21, 9, 0, tzinfo=UTC)
        house.clock.now = datetime(2026, 8, 21, 9, 1, tzinfo=UTC)
        await tick(house)
        assert len(digests(house)) == 1
        house.arxiv.announce("cs.CV", announcement(2, first=50), MONDAY)
        house.clock.now = datetime(2026, 8, 24, 9, 1, tzinfo=UTC)
        await tick(house)
        assert len(digests(house)) == 2
        assert early <= 1


async def test_what_waits_for_a_time_that_a_wrong_clock_wrote_is_tried_when_it_is_right_again_also_after_a_restart(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house:
        ahead = timedelta(days=1)
        reader = house.telegram.add_user("Wang")
        chat = house.telegram.private_chat(reader)
        query = sa.select(deliveries.c.retry_at).where(deliveries.c.retry_at.is_not(None))
        async with house.running(tolerance=TOLERANCE):
            await house.say("/subscribe cs.CV", chat=chat, user=reader)
            house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
            house.clock.to_announcement(FRIDAY)
            house.clock.now += ahead
            limit = Fault(FaultKind.RATE_LIMIT, method="sendMessage", chat_id=chat.id, retry_after=3000, times=1)
            house.telegram.faults.add(limit)
            await house.bot.clock.tick()
            async with asyncio.timeout(PATIENCE):
                waiting: list[datetime] = []
                while not waiting:
                    async with house.bot.core.db.read() as session:
                        waiting = list(await session.scalars(query))
                    await asyncio.sleep(0.02)
            assert waiting[0] > house.clock.now
        house.clock.now -= ahead
        house.seconds.now += 4000  # the chat's own limit is over
        async with house.running(tolerance=TOLERANCE):
            await house.telegram.wait_for(lambda: len(digests(house, chat)) == 1)


async def test_announcements_are_asked_for_again_when_the_clock_is_right_again(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running(tolerance=TOLERANCE):
        await house.say("/subscribe cs.CV")
        house.clock.to_announcement(FRIDAY)
        house.clock.now += timedelta(hours=20)
        await house.bot.clock.tick()  # nothing is announced yet: asked again later, by the wrong clock
        house.clock.now -= timedelta(hours=20)
        house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
        await tick(house)
        assert len(digests(house)) == 1
        assert calendar.mailing_date(house.clock.now) == FRIDAY
