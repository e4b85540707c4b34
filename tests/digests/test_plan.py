from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.stored import FRIDAY, NOW, add, announcement, entries, open_database, parts, place

from bot.digests.plan import Plan
from storage import announcements, subscriptions
from storage.database import Database
from storage.models import deliveries, destinations
from storage.records import Digest, Part

MOST = 7


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """Seven chats that want cs.CV of Friday, in Chinese (odd ids) and English."""
    async with open_database(tmp_path) as opened:
        languages = ("en", "zh-CN")
        places = await add(opened, *(place(chat, language=languages[chat % 2]) for chat in range(1, MOST + 1)))
        async with opened.begin() as session:
            await announcements.save(session, announcement(day=FRIDAY), entries(3), None)
            for one in places:
                await subscriptions.subscribe(session, one.id, "cs.CV", FRIDAY - timedelta(days=1))
        yield opened


async def rows(db: Database) -> list[tuple[int, int]]:
    """Chat and part of each row, in the order of sending."""
    query = sa.select(destinations.c.chat_id, deliveries.c.number).join(deliveries).order_by(deliveries.c.id)
    async with db.read() as session:
        return [(row.chat_id, row.number) for row in await session.execute(query)]


def plan(db: Database, render: Callable[[Digest], Awaitable[tuple[Part, ...]]]) -> Plan:
    return Plan(db=db, render=render, now=lambda: NOW, patience=0.0)


async def two_parts(_digest: Digest) -> tuple[Part, ...]:
    return tuple(parts("one", "two"))


async def test_everybody_gets_every_part_once_however_often_it_is_planned(db: Database) -> None:
    planned = [await plan(db, two_parts).run() for _ in range(2)]
    assert [(one.digests, one.rows) for one in planned] == [(2, 2 * MOST), (0, 0)]
    assert sorted(await rows(db)) == [(chat, number) for chat in range(1, MOST + 1) for number in (0, 1)]
    assert [number for chat, number in await rows(db) if chat == 1] == [0, 1]


async def test_a_time_without_subscriptions_passes_in_silence(db: Database) -> None:
    (alone,) = await add(db, place(99, delivery_time=time(9), next_run_at=NOW))
    await plan(db, two_parts).run()
    async with db.read() as session:
        stored = await subscriptions.by_id(session, alone.id)
        assert stored is not None
        assert stored.next_run_at == NOW + timedelta(days=1)
    assert {chat for chat, _ in await rows(db)} == set(range(1, MOST + 1))


async def test_who_moved_while_digests_were_made_is_left_out_and_nobody_else(db: Database) -> None:
    async def meanwhile(digest: Digest) -> tuple[Part, ...]:
        async with db.begin() as session:
            await subscriptions.unsubscribe(session, 5)
        return await two_parts(digest)

    await plan(db, meanwhile).run()
    assert {chat for chat, _ in await rows(db)} == set(range(1, MOST + 1)) - {5}


async def test_a_digest_that_cannot_be_made_holds_nobody_elses_back_and_comes_later(db: Database) -> None:
    async def broken(digest: Digest) -> tuple[Part, ...]:
        if digest.language == "en":
            raise ValueError("made wrongly")
        return await two_parts(digest)

    await plan(db, broken).run()
    assert {chat for chat, _ in await rows(db)} == {1, 3, 5, 7}
    await plan(db, two_parts).run()
    assert {chat for chat, _ in await rows(db)} == set(range(1, MOST + 1))


async def test_what_is_decided_does_not_wait_for_a_digest_that_takes_long(db: Database) -> None:
    begun: list[Digest] = []
    second, finish = asyncio.Event(), asyncio.Event()

    async def slow(digest: Digest) -> tuple[Part, ...]:
        begun.append(digest)
        if len(begun) > 1:
            second.set()
            await finish.wait()
        return await two_parts(digest)

    planning = asyncio.create_task(plan(db, slow).run())
    await second.wait()
    while not (there := await rows(db)):  # noqa: ASYNC110 - a database calls nobody
        await asyncio.sleep(0)
    assert {chat % 2 for chat, _ in there} == {int(begun[0].language != "en")}
    finish.set()
    await planning
    assert {chat for chat, _ in await rows(db)} == set(range(1, MOST + 1))
