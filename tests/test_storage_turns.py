from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fakes.stored import NOW, address, open_database
from hypothesis import given
from hypothesis import strategies as st

from storage import turns
from storage.database import Database

PACE = timedelta(seconds=3)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def take(db: Database, now: datetime = NOW, name: str = "arxiv") -> datetime:
    async with db.begin() as session:
        return await turns.take(session, name, now, PACE)


async def hold(db: Database, until: datetime) -> None:
    async with db.begin() as session:
        await turns.hold(session, "arxiv", until)


async def ended(db: Database, free_at: datetime) -> None:
    async with db.begin() as session:
        await turns.ended(session, "arxiv", free_at)


async def held_until(db: Database, now: datetime = NOW) -> datetime | None:
    async with db.read() as session:
        return await turns.held_until(session, "arxiv", now)


async def test_the_first_turn_is_now_and_those_after_it_an_interval_apart(db: Database) -> None:
    assert [await take(db) for _ in range(3)] == [NOW, NOW + PACE, NOW + 2 * PACE]


async def test_a_turn_long_after_the_last_is_now(db: Database) -> None:
    await take(db)
    assert await take(db, NOW + timedelta(days=400)) == NOW + timedelta(days=400)


async def test_different_names_do_not_wait_for_each_other(db: Database) -> None:
    await take(db)
    assert await take(db, name="another") == NOW


async def test_a_turn_whose_transaction_fails_is_free_again(db: Database) -> None:
    async def fail() -> None:
        async with db.begin() as session:
            await turns.take(session, "arxiv", NOW, PACE)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await fail()
    assert await take(db) == NOW


async def test_two_connections_that_take_at_once_get_different_turns(db: Database, tmp_path: Path) -> None:
    other = Database(address(tmp_path))
    try:
        given_out = await asyncio.gather(*(take(one) for one in (db, other) for _ in range(5)))
    finally:
        await other.close()
    assert sorted(given_out) == [NOW + number * PACE for number in range(10)]


async def test_the_turn_after_a_long_request_waits_for_its_end_but_never_comes_sooner(db: Database) -> None:
    await take(db)
    await ended(db, NOW + 20 * SECOND)
    assert await take(db) == NOW + 20 * SECOND
    await ended(db, NOW + 21 * SECOND)
    assert await take(db) == NOW + 23 * SECOND


async def test_nobody_gets_a_turn_before_the_end_of_a_hold(db: Database) -> None:
    await hold(db, NOW + 600 * SECOND)
    taken = [await take(db) for _ in range(3)]
    assert taken == [NOW + timedelta(seconds=600 + after) for after in (0, 3, 6)]
    assert await take(db, NOW + 601 * SECOND) == NOW + 609 * SECOND


async def test_who_was_given_a_turn_before_a_hold_can_see_it(db: Database) -> None:
    assert await held_until(db) is None
    await take(db)
    await hold(db, NOW + 60 * SECOND)
    assert await held_until(db) == NOW + 60 * SECOND
    assert await held_until(db, NOW + 60 * SECOND) is None


async def test_a_shorter_hold_does_not_end_a_longer_one(db: Database) -> None:
    await hold(db, NOW + 60 * SECOND)
    await hold(db, NOW + 10 * SECOND)
    assert await held_until(db) == NOW + 60 * SECOND


@pytest.mark.parametrize("wrong", [timedelta(days=2), timedelta(days=9000), timedelta(days=-9000)])
async def test_a_clock_that_was_far_off_stops_nobody(db: Database, wrong: timedelta) -> None:
    await take(db, NOW + wrong)
    await hold(db, NOW + wrong)
    assert [await take(db), await take(db)] == [NOW, NOW + PACE]
    assert await held_until(db) is None
    await hold(db, NOW + 60 * SECOND)
    assert await held_until(db) == NOW + 60 * SECOND


async def test_a_clock_that_was_an_hour_ahead_stops_nobody_for_an_hour(db: Database) -> None:
    await take(db, NOW + timedelta(hours=1))
    assert await take(db) == NOW


nows = st.integers(-100_000, 100_000).map(lambda ms: NOW + timedelta(milliseconds=ms))
deeds = st.lists(st.tuples(st.sampled_from(["take", "take", "take", "hold", "ended"]), nows), max_size=20)


@given(deeds)
def test_whenever_and_however_often_turns_are_taken_they_are_an_interval_apart(
    doings: list[tuple[str, datetime]],
) -> None:
    async def play() -> list[tuple[datetime, datetime]]:
        given_out = []
        with TemporaryDirectory() as folder:
            async with open_database(Path(folder)) as db:
                for what, when in doings:
                    if what == "take":
                        given_out.append((when, await take(db, when)))
                    else:
                        await (hold if what == "hold" else ended)(db, when)
        return given_out

    given_out = asyncio.run(play())
    moments = sorted(moment for _, moment in given_out)
    assert all(second - first >= PACE for first, second in pairwise(moments))
    assert all(moment >= now for now, moment in given_out)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)), st.booleans())  # noqa: DTZ001 - made aware below
def test_whatever_a_wrong_clock_left_behind_a_turn_comes_within_a_day_and_a_queue(when: datetime, held: bool) -> None:  # noqa: FBT001 - drawn
    async def play() -> datetime:
        with TemporaryDirectory() as folder:
            async with open_database(Path(folder)) as db:
                await take(db, when.replace(tzinfo=NOW.tzinfo))
                if held:
                    await hold(db, when.replace(tzinfo=NOW.tzinfo))
                return await take(db)

    assert NOW <= asyncio.run(play()) <= NOW + DAY + turns.LONGEST_QUEUE * PACE
