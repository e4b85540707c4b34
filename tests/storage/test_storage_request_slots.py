"""Turns that processes of one database have one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fakes.stored import NOW, address, open_database
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import request_slots
from storage.database import Database
from storage.request_slots import Asker

PACE = timedelta(seconds=3)
POLL = timedelta(seconds=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=70)
A, B, C = (Asker(name, LEASE) for name in "abc")


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def take(db: Database, asker: Asker = A, now: datetime = NOW, name: str = "arxiv") -> datetime | None:
    async with db.begin() as session:
        return await request_slots.take(session, name, now, PACE, asker)


async def ended(db: Database, asker: Asker = A, free_at: datetime = NOW + PACE) -> None:
    async with db.begin() as session:
        await request_slots.ended(session, "arxiv", free_at, asker)


async def hold(db: Database, until: datetime) -> None:
    async with db.begin() as session:
        await request_slots.hold(session, "arxiv", until)


async def held_until(db: Database, now: datetime = NOW) -> datetime | None:
    async with db.read() as session:
        return await request_slots.held_until(session, "arxiv", now)


async def test_the_first_who_asks_has_the_turn_and_the_others_ask_again_until_it_ends(db: Database) -> None:
    assert await take(db, A) is None
    assert await take(db, B) == NOW + POLL
    assert await take(db, B, NOW + 20 * SECOND) == NOW + 21 * SECOND
    await ended(db, A, NOW + 24 * SECOND)
    assert await take(db, B, NOW + 21 * SECOND) == NOW + 24 * SECOND
    assert await take(db, B, NOW + 24 * SECOND) is None


async def test_every_third_turn_is_one_that_waits_and_is_not_urgent_whatever_process_it_is_of(db: Database) -> None:
    lookups, feeds = Asker("lookups", LEASE, urgent=True), Asker("feeds", LEASE)
    served: list[str] = []
    now = NOW
    while len(served) < 9:
        # Both want every turn: whoever is told to wait asks again in time.
        for asker in (lookups, feeds):
            if await take(db, asker, now) is None:
                served.append(asker.name)
                await ended(db, asker, now + PACE)
        now += POLL
    assert served == ["lookups", "lookups", "feeds"] * 3


async def test_urgent_ones_have_every_turn_while_nobody_else_waits(db: Database) -> None:
    lookups = Asker("lookups", LEASE, urgent=True)
    now = NOW
    for _ in range(6):
        assert await take(db, lookups, now) is None
        await ended(db, lookups, now + PACE)
        now += PACE


async def test_a_turn_long_after_the_last_is_now(db: Database) -> None:
    await take(db, A)
    await ended(db, A)
    assert await take(db, B, NOW + timedelta(days=400)) is None


async def test_who_never_ends_a_turn_has_it_until_the_lease_is_over(db: Database) -> None:
    await take(db, A)
    assert await take(db, B, NOW + LEASE - SECOND / 2) == NOW + LEASE
    assert await take(db, B, NOW + LEASE) is None
    # And when the first one ends at last, that ends nothing of the second's.
    await ended(db, A, NOW)
    assert await take(db, C, NOW + LEASE + PACE) == NOW + LEASE + PACE + POLL


async def test_who_restarts_under_the_same_name_takes_its_own_turn_over(db: Database) -> None:
    await take(db, A)
    assert await take(db, A, NOW + PACE) is None


async def test_an_urgent_one_goes_before_all_that_are_not_whatever_process_they_are_in(db: Database) -> None:
    await take(db, A)
    urgent = replace(C, urgent=True)
    assert await take(db, B) == NOW + POLL
    assert await take(db, urgent) == NOW + POLL
    await ended(db, A, NOW + PACE)
    assert await take(db, urgent, NOW + POLL) == NOW + PACE
    assert await take(db, B, NOW + PACE) == NOW + PACE + POLL
    assert await take(db, urgent, NOW + PACE) is None
    await ended(db, urgent, NOW + 2 * PACE)
    assert await take(db, B, NOW + 2 * PACE) is None


async def test_an_urgent_one_that_is_gone_stops_nobody_for_long(db: Database) -> None:
    await take(db, A)
    await take(db, replace(C, urgent=True))
    await ended(db, A, NOW)
    assert await take(db, B, NOW + POLL) == NOW + PACE
    assert await take(db, B, NOW + PACE) is None


async def test_different_names_do_not_wait_for_each_other(db: Database) -> None:
    await take(db, A)
    assert await take(db, B, name="another") is None


async def test_a_turn_whose_transaction_fails_is_free_again(db: Database) -> None:
    async def fail() -> None:
        async with db.begin() as session:
            await request_slots.take(session, "arxiv", NOW, PACE, A)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await fail()
    assert await take(db, B) is None


async def test_of_many_connections_that_take_at_once_one_gets_the_turn(db: Database, tmp_path: Path) -> None:
    other = Database(address(tmp_path))
    try:
        asked = [take(one, Asker(f"{place}-{n}", LEASE)) for place, one in enumerate((db, other)) for n in range(5)]
        given_out = await asyncio.gather(*asked)
    finally:
        await other.close()
    assert sorted(given_out, key=lambda again: again is not None) == [None, *[NOW + POLL] * 9]


async def test_an_end_never_brings_the_next_turn_forward(db: Database) -> None:
    await take(db, A)
    await ended(db, A, NOW + 20 * SECOND)
    await ended(db, A, NOW + 10 * SECOND)
    assert await take(db, B, NOW + 15 * SECOND) == NOW + 20 * SECOND


async def test_a_shorter_hold_does_not_end_a_longer_one(db: Database) -> None:
    assert await held_until(db) is None
    await hold(db, NOW + 60 * SECOND)
    await hold(db, NOW + 10 * SECOND)
    assert await held_until(db) == NOW + 60 * SECOND
    assert await held_until(db, NOW + 60 * SECOND) is None


@pytest.mark.parametrize("wrong", [timedelta(days=2), timedelta(days=9000), timedelta(days=-9000)])
async def test_a_clock_that_was_far_off_stops_nobody(db: Database, wrong: timedelta) -> None:
    await take(db, A, NOW + wrong)
    await take(db, replace(C, urgent=True), NOW + wrong)
    await hold(db, NOW + wrong)
    assert await take(db, B) is None
    assert await held_until(db) is None
    await hold(db, NOW + 60 * SECOND)
    assert await held_until(db) == NOW + 60 * SECOND


async def test_a_clock_that_was_an_hour_ahead_stops_nobody_for_an_hour(db: Database) -> None:
    await take(db, A, NOW + timedelta(hours=1))
    await ended(db, A, NOW + timedelta(hours=1))
    assert await take(db, B) is None


user_actions = st.lists(
    st.tuples(st.sampled_from(["take", "take", "hurry", "end"]), st.sampled_from("abc"), st.integers(0, 4_000)),
    max_size=20,
)


@settings(max_examples=15)
@given(user_actions)
def test_whoever_takes_and_whenever_one_has_the_turn_at_a_time_and_they_are_an_interval_apart(
    doings: list[tuple[str, str, int]],
) -> None:
    async def play() -> list[tuple[datetime, datetime]]:
        had: list[tuple[datetime, datetime]] = []
        running: dict[str, datetime] = {}
        now = NOW
        with TemporaryDirectory() as folder:
            async with open_database(Path(folder)) as db:
                for what, name, later in doings:
                    now += timedelta(milliseconds=later)
                    if what == "end" and name in running:
                        had.append((running.pop(name), now))
                        await ended(db, Asker(name, LEASE), now + PACE)
                    elif (
                        what != "end"
                        and name not in running
                        and await take(db, Asker(name, LEASE * 99, urgent=what == "hurry"), now) is None
                    ):
                        running[name] = now
        return [*had, *((began, now) for began in running.values())]

    for (_, end), (begin, _) in pairwise(sorted(asyncio.run(play()))):
        assert begin >= end + PACE


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)), st.booleans())  # noqa: DTZ001 - made aware below
def test_whatever_a_wrong_clock_left_behind_a_turn_comes_within_a_lease(when: datetime, held: bool) -> None:  # noqa: FBT001 - drawn
    async def play() -> datetime:
        with TemporaryDirectory() as folder:
            async with open_database(Path(folder)) as db:
                await take(db, A, when.replace(tzinfo=NOW.tzinfo))
                if held:
                    await hold(db, when.replace(tzinfo=NOW.tzinfo))
                now = await held_until(db) or NOW
                while (again := await take(db, B, now)) is not None:
                    now = again
                return now

    assert NOW <= asyncio.run(play()) <= NOW + DAY + request_slots.LONGEST_LEASE
