"""A database that cannot be written for a while: deliveries wait, say so once and go on, with nothing lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.benchmark import NOW
from fakes.delivering import at, counts, delivering, until
from fakes.delivering_scene import PARTS, parts, plan_digest, scene, verdict
from fakes.house import Clock
from fakes.stored import SERVER, address, new_database, open_database
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.simulator.faults import Fault, FaultKind
from bot.simulator.params import Params
from bot.simulator.telegram import PATIENCE, SimulatedTelegram
from storage.database import Database
from storage.records import DeliveryState

CHANNEL = 3
"""The first of a scene's destinations that is one."""


@pytest.mark.skipif(bool(SERVER), reason="a server locks rows, not the whole database")
async def test_while_the_database_is_locked_nothing_new_is_sent_and_afterwards_all_goes_on(tmp_path: Path) -> None:
    async with SimulatedTelegram() as telegram, open_database(tmp_path) as db:
        made = await scene(telegram, db, 6)
        async with db.begin() as session:
            await session.execute(sa.text("PRAGMA busy_timeout = 20"))
        before = len(telegram.record)
        telegram.faults.add(Fault(FaultKind.SLOW, method="sendMessage", times=None, seconds=0.05))
        bot = f"{telegram.url}/bot{telegram.token}"
        async with delivering(db, bot, at(NOW), operations=made.operations.id) as ready, ready.running():
            await telegram.wait_for(lambda: len(telegram.record) > before)
            other = sqlite3.connect(tmp_path / "bot.sqlite3", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            await asyncio.wait_for(ready.told_stuck.wait(), PATIENCE)
            in_flight = len(telegram.record)
            await telegram.quiet()
            assert len(telegram.record) == in_flight
            other.execute("ROLLBACK")
            other.close()
            await until(db, made.digest_id, {DeliveryState.SENT: 6 * PARTS})
        found = await verdict(made, ready.sender.unanswered)
        assert found.complaints == []
        assert len(ready.stuck) == 1
        assert "locked" in ready.stuck[0]


class FailsOnce(Database):
    """Begins no transaction when it is to fail, once."""

    failing = False

    async def aclose(self) -> None:
        await self.close()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        if self.failing:
            self.failing = False
            raise OperationalError("BEGIN", None, sqlite3.OperationalError("database is locked"))
        async with super().begin() as session:
            yield session


async def test_a_message_is_looked_for_again_when_what_was_found_could_not_be_written(tmp_path: Path) -> None:
    clock = Clock(NOW)
    with new_database(tmp_path):
        async with SimulatedTelegram() as telegram, aclosing(FailsOnce(address(tmp_path))) as db:
            made = await scene(telegram, db, CHANNEL)
            looks: list[int] = []

            def fail_at_the_first_look(method: str, _params: Params, sequence: int) -> None:
                if method == "forwardMessage":
                    db.failing = not looks
                    looks.append(sequence)

            telegram.faults.plan = fail_at_the_first_look
            bot = f"{telegram.url}/bot{telegram.token}"
            async with delivering(db, bot, clock, operations=made.operations.id) as ready, ready.running():
                await until(db, made.digest_id, {DeliveryState.SENT: CHANNEL * PARTS})
                telegram.faults.add(Fault(FaultKind.CUT_AFTER, method="sendMessage"))
                made.digest_id = await plan_digest(db, "third", parts(), [CHANNEL])
                ready.deliverer.wake()
                async with asyncio.timeout(PATIENCE):
                    while (await counts(db, made.digest_id)).get(DeliveryState.SENT) != PARTS:
                        if looks and not db.failing:
                            clock.now += timedelta(minutes=1)
                            ready.deliverer.wake()
                        await asyncio.sleep(0.02)
            assert len(looks) > 1
            assert len(telegram.from_bot(made.chats[CHANNEL])) == 1 + 2 * PARTS


class FailsApart(Database):
    """Once a transaction was refused for what it holds, the second one after it does not begin."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.until_it_fails: int | None = None
        self.failed = False

    async def aclose(self) -> None:
        await self.close()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        if self.until_it_fails is not None and not self.failed:
            self.until_it_fails -= 1
            if not self.until_it_fails:
                self.failed = True
                raise OperationalError("BEGIN", None, sqlite3.OperationalError("database is locked"))
        try:
            async with super().begin() as session:
                yield session
        except IntegrityError:
            if self.until_it_fails is None:
                self.until_it_fails = 2
            raise


@pytest.mark.skipif(bool(SERVER), reason="the trigger is SQLite's")
async def test_outcomes_survive_a_database_that_fails_while_they_are_recorded_one_by_one(tmp_path: Path) -> None:
    with new_database(tmp_path):
        async with SimulatedTelegram() as telegram, aclosing(FailsApart(address(tmp_path))) as db:
            made = await scene(telegram, db, 12)
            async with db.begin() as session:
                await session.execute(
                    sa.text(
                        "CREATE TRIGGER poison BEFORE UPDATE ON deliveries "
                        f"WHEN NEW.state = 'sent' AND NEW.digest_id = {made.digest_id} "
                        "AND NEW.destination_id = 1 AND NEW.number = 1 "
                        "BEGIN SELECT RAISE(ABORT, 'poisoned'); END"
                    )
                )
            bot = f"{telegram.url}/bot{telegram.token}"
            async with delivering(db, bot, at(NOW), operations=made.operations.id) as ready, ready.running():
                await until(db, made.digest_id, {DeliveryState.SENT: 12 * PARTS - 1, DeliveryState.FAILED: 1})
            assert db.failed
            assert (await verdict(made, ready.sender.unanswered)).repeated == []


class Unreadable(Database):
    """Cannot be read while it fails, as a server that is gone."""

    failing = False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        if self.failing:
            raise OperationalError("SELECT", None, sqlite3.OperationalError("disk I/O error"))
        async with super().read() as session:
            yield session

    async def aclose(self) -> None:
        await self.close()


async def test_a_database_that_cannot_even_be_read_ends_no_delivery_for_good(tmp_path: Path) -> None:
    with new_database(tmp_path):
        async with SimulatedTelegram() as telegram, aclosing(Unreadable(address(tmp_path))) as db:
            made = await scene(telegram, db, CHANNEL)
            bot = f"{telegram.url}/bot{telegram.token}"
            async with delivering(db, bot, at(NOW), operations=made.operations.id) as ready, ready.running():
                await until(db, made.digest_id, {DeliveryState.SENT: CHANNEL * PARTS})
                db.failing = True
                ready.deliverer.wake()
                await asyncio.wait_for(ready.told_stuck.wait(), PATIENCE)
                db.failing = False
                after = await plan_digest(db, "after", parts(), [CHANNEL])
                await until(db, after, {DeliveryState.SENT: PARTS})


@pytest.mark.skipif(bool(SERVER), reason="its disk is the server's to fill")
async def test_while_the_disk_is_full_nothing_new_is_sent_and_when_there_is_room_all_goes_on(tmp_path: Path) -> None:
    async with SimulatedTelegram() as telegram, open_database(tmp_path) as db:
        made = await scene(telegram, db, 20)
        before = len(telegram.record)
        await fill_up(db, tmp_path / "bot.sqlite3")
        bot = f"{telegram.url}/bot{telegram.token}"
        async with delivering(db, bot, at(NOW), operations=made.operations.id) as ready, ready.running():
            await asyncio.wait_for(ready.told_stuck.wait(), PATIENCE)
            in_flight = len(telegram.record)
            await telegram.quiet()
            assert len(telegram.record) == in_flight < before + 20 * PARTS
            async with db.begin() as session:
                await session.execute(sa.text(f"PRAGMA max_page_count = {_NO_LIMIT}"))
            await until(db, made.digest_id, {DeliveryState.SENT: 20 * PARTS})
        found = await verdict(made, ready.sender.unanswered)
        assert found.complaints == []
        assert len(ready.stuck) == 1
        assert "full" in ready.stuck[0]


_NO_LIMIT = 2**30


async def fill_up(db: Database, path: Path) -> None:
    """Not a page more for this database, and none of its own is free."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("VACUUM")
    async with db.begin() as session:
        pages = await session.scalar(sa.text("PRAGMA page_count"))
        await session.execute(sa.text(f"PRAGMA max_page_count = {pages}"))
