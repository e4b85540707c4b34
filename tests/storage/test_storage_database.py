from __future__ import annotations

import asyncio
import gc
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.processes import HANG
from fakes.stored import address, announcement, open_database, place
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from storage import announcements, stats, subscriptions
from storage.database import Database, StorageError
from storage.errors import reason_of
from storage.models import destinations


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def chats(db: Database) -> int:
    async with db.read() as session:
        return sum((await stats.totals(session)).destinations.values())


async def write_and_read(db: Database, number: int) -> None:
    async with db.begin() as session:
        await subscriptions.save(session, place(number))
    await chats(db)


async def test_a_transaction_is_there_after_it_ended_and_not_after_an_error(db: Database) -> None:
    async with db.begin() as session:
        await subscriptions.save(session, place(1))

    async def fail() -> None:
        async with db.begin() as session:
            await subscriptions.save(session, place(2))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await fail()
    assert await chats(db) == 1


async def test_a_cancelled_transaction_leaves_nothing_and_lets_the_next_one_in(db: Database) -> None:
    inside = asyncio.Event()

    async def stuck() -> None:
        async with db.begin() as session:
            await subscriptions.save(session, place(1))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.begin() as session:
        await subscriptions.save(session, place(2))
    assert await chats(db) == 1


# A connection whose making is cancelled is closed by whoever forgets it last; Python 3.13 tells of that.
_FORGOTTEN = pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")


@_FORGOTTEN
async def test_wherever_a_transaction_is_cancelled_none_stays_open(tmp_path: Path, db: Database) -> None:
    other = Database(address(tmp_path))
    for steps in range(0, 1200, 30):
        task = asyncio.create_task(write_and_read(db, steps))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        async with other.begin() as session:  # would wait five seconds, and fail
            await subscriptions.save(session, place(10_000 + steps))
    await other.close()
    gc.collect()
    assert 40 <= await chats(db) <= 80


@_FORGOTTEN
async def test_cancelled_again_and_again_a_transaction_ends_without_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_database(tmp_path) as db:
        for steps in range(0, 1200, 30):
            task = asyncio.create_task(write_and_read(db, steps))
            for _ in range(steps):
                await asyncio.sleep(0)
            for _ in range(4):
                task.cancel()
                await asyncio.sleep(0)
            with suppress(asyncio.CancelledError):
                await task
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()  # of what was given up half-way the garbage collector tells
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_statement_that_fails_says_why_and_leaves_its_transaction_usable(db: Database) -> None:
    async with db.begin() as session:
        saved = await subscriptions.save(session, place(1))
        again = {"id": saved.id, "chat_id": 9, "thread_id": 0}
        with pytest.raises(IntegrityError, match="destinations"):
            async with session.begin_nested():
                await session.execute(sa.insert(destinations), again)
        await subscriptions.save(session, place(2))
    assert await chats(db) == 2


def test_a_database_is_closed_after_the_connections_that_nobody_waited_for_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cancelled_reads() -> None:
        async with open_database(tmp_path) as db:
            for _ in range(20):
                reading = asyncio.create_task(chats(db))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                reading.cancel()
                await asyncio.wait({reading})

    # A thread that tells a closed event loop of its connection ends with an error.
    errors: list[object] = []
    monkeypatch.setattr(threading, "excepthook", errors.append)
    asyncio.run(cancelled_reads())
    for thread in threading.enumerate():
        if "_connection_worker" in thread.name:
            thread.join(HANG)
    assert errors == []


async def test_a_reader_sees_one_state_of_things_while_a_writer_works(db: Database) -> None:
    async with db.read() as reader:
        before = await stats.totals(reader)
        async with db.begin() as writer:
            await subscriptions.save(writer, place())
        assert await stats.totals(reader) == before
    assert await chats(db) == 1


async def test_a_reader_cannot_write(db: Database) -> None:
    async with db.read() as session:
        with pytest.raises(OperationalError, match="readonly"):
            await subscriptions.save(session, place())


async def test_many_writers_that_read_before_they_write_lose_nothing(tmp_path: Path, db: Database) -> None:
    other = Database(address(tmp_path))

    async def add_one(database: Database) -> None:
        async with database.begin() as session:
            count = sum((await stats.totals(session)).destinations.values())
            await subscriptions.save(session, place(count + 1))

    try:
        await asyncio.gather(*(add_one(database) for database in (db, other) for _ in range(20)))
    finally:
        await other.close()
    assert await chats(db) == 40


async def test_times_come_back_as_the_same_moment_in_utc(db: Database) -> None:
    noon_in_shanghai = datetime.fromisoformat("2026-08-24T12:00:00.000123+08:00")
    async with db.begin() as session:
        await subscriptions.save(session, place(next_run_at=noon_in_shanghai))
    async with db.read() as session:
        known = await subscriptions.destination(session, 7)
    assert known is not None
    assert known.next_run_at == noon_in_shanghai
    assert known.next_run_at.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(db: Database) -> None:
    naive = datetime(2026, 8, 24)  # noqa: DTZ001 - what is to be refused
    with pytest.raises(StatementError, match="has no time zone"):
        async with db.begin() as session:
            await announcements.save(session, announcement(fetched_at=naive), [], None)


async def test_the_database_is_named_by_its_file(tmp_path: Path, db: Database) -> None:
    assert db.name == f"{tmp_path}/bot.sqlite3"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "no database address"),
        ("mysql://bot:hush@host/db", "mysql:// is no database that this program knows"),
        ("sqlite:///bot.sqlite3", "sqlite:// is no database that this program knows"),
        ("sqlite+aiosqlite://", "has to be a file"),
        ("sqlite+aiosqlite:///:memory:", "has to be a file"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused_with_the_right_form_and_no_password(
    url: str, told: str
) -> None:
    with pytest.raises(StorageError, match=told) as refused:
        Database(url)
    assert "for example: sqlite+aiosqlite:////" in str(refused.value)
    assert "hush" not in str(refused.value)


def test_the_reason_of_a_trouble_is_the_line_in_which_the_database_says_it() -> None:
    said = Exception("server closed the connection unexpectedly\n\tThis probably means that the server terminated")
    error = sa.exc.OperationalError("SELECT secret FROM somewhere", None, said)
    assert reason_of(error) == "server closed the connection unexpectedly"
    assert reason_of(OSError(28, "No space left on device")) == "[Errno 28] No space left on device"
