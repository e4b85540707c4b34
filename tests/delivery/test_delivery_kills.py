"""A digest in five parts for many chats, by a process that is killed (SIGKILL) at seeded moments and started again.

DELIVERY_KILLS=20 with DELIVERY_DESTINATIONS=400 is the whole size; what came of it is printed with `-s`. At Telegram's
limits of 30 messages a second the whole size is DELIVERY_KILLS=10 with DELIVERY_DESTINATIONS=300.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from fakes import deliver_process
from fakes.delivering import Row, until
from fakes.delivering_scene import PARTS, Scene, parts, plan_digest, scene, verdict
from fakes.processes import HANG, Processes
from fakes.stored import address, open_database

from bot.delivery.unknown import LOOKS_AT_ONCE
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.telegram import SimulatedTelegram
from storage import workers
from storage.models import deliveries
from storage.records import DeliveryState

DESTINATIONS = int(os.environ.get("DELIVERY_DESTINATIONS", "18"))
KILLS = int(os.environ.get("DELIVERY_KILLS", "1"))
SEED = 5
REAL_PARTS = 3
IN_FLIGHT = 5
"""Requests under way at a moment, at most: at 30 a second an answer takes a hundredth of one."""


async def start(processes: Processes, made: Scene, folder: Path, *how: str) -> Process:
    telegram = made.telegram
    return await processes.start(
        sys.executable,
        deliver_process.__file__,
        address(folder),
        f"{telegram.url}/bot{telegram.token}",
        str(made.operations.id),
        *how,
        stdout=PIPE,
    )


def beyond(telegram: SimulatedTelegram, moment: int) -> bool:
    return len(telegram.record) >= moment


async def kill(process: Process) -> None:
    process.kill()
    await process.communicate()


async def sending(made: Scene) -> list[Row]:
    query = sa.select(deliveries.c.destination_id, deliveries.c.number)
    own = deliveries.c.digest_id == made.digest_id, deliveries.c.state == DeliveryState.SENDING
    async with made.db.read() as session:
        return [(row.destination_id, row.number) for row in await session.execute(query.where(*own))]


async def test_a_process_killed_again_and_again_leaves_nothing_out_and_repeats_nothing_in_groups_and_channels(
    tmp_path: Path, processes: Processes
) -> None:
    async with SimulatedTelegram() as telegram, open_database(tmp_path) as db:
        made = await scene(telegram, db, DESTINATIONS)
        # Answers take their time, so that there is always something in flight.
        telegram.faults.add(Fault(FaultKind.SLOW, method="sendMessage", times=None, seconds=0.05))
        before = len(telegram.record)
        dice = random.Random(SEED)  # noqa: S311 - repeatable on purpose, guards nothing
        moments = sorted(before + after for after in dice.sample(range(5, DESTINATIONS * PARTS - 5), KILLS))
        in_flight: Counter[Row] = Counter()
        for moment in moments:
            process = await start(processes, made, tmp_path)
            await telegram.wait_for(partial(beyond, telegram, moment), HANG)
            await kill(process)
            in_flight.update(await sending(made))
        process = await start(processes, made, tmp_path)
        try:
            await until(db, made.digest_id, {DeliveryState.SENT: DESTINATIONS * PARTS}, seconds=HANG + DESTINATIONS / 5)
        finally:
            await kill(process)
        found = await verdict(made, in_flight)
        print(  # noqa: T201 - the figures of the whole size
            f"\n{DESTINATIONS} destinations, {PARTS} parts, {KILLS} kills with {in_flight.total()} parts under way: "
            f"{found.states[DeliveryState.SENT]} sent, {len(found.missing)} missing, {len(found.repeated)} repeated in "
            f"groups and channels, {found.repeated_in_private} repeated in private chats"
        )
        assert found.complaints == []
        # A forward stays where the process died between making and deleting it.
        assert len(telegram.from_bot(made.operations)) <= KILLS * LOOKS_AT_ONCE


class LeftToPeople:
    """Which rows ever waited for a person to decide about them."""

    def __init__(self, made: Scene) -> None:
        self._made = made
        self.rows: set[Row] = set()

    async def watch(self) -> None:
        query = sa.select(deliveries.c.destination_id, deliveries.c.number).where(
            deliveries.c.state == DeliveryState.UNKNOWN, deliveries.c.retry_at.is_(None)
        )
        while True:
            async with self._made.db.read() as session:
                self.rows |= {(row.destination_id, row.number) for row in await session.execute(query)}
            await asyncio.sleep(0.05)


async def test_at_telegrams_own_pace_a_kill_leaves_in_doubt_only_what_was_in_flight(
    tmp_path: Path, processes: Processes
) -> None:
    async with SimulatedTelegram() as telegram, open_database(tmp_path) as db:
        made = await scene(telegram, db, DESTINATIONS, parts()[:REAL_PARTS])
        whole = DESTINATIONS * REAL_PARTS
        before = len(telegram.record)
        dice = random.Random(SEED)  # noqa: S311 - repeatable on purpose, guards nothing
        moments = sorted(before + after for after in dice.sample(range(5, whole - 5), KILLS))
        left, in_flight = LeftToPeople(made), Counter[Row]()
        watching = asyncio.create_task(left.watch())
        begun = time.monotonic()
        for moment in moments:
            process = await start(processes, made, tmp_path, "real")
            await telegram.wait_for(partial(beyond, telegram, moment), HANG)
            await kill(process)
            in_flight.update(await sending(made))
        process = await start(processes, made, tmp_path, "real")
        try:
            await until(db, made.digest_id, {DeliveryState.SENT: whole}, seconds=HANG)
        finally:
            await kill(process)
            watching.cancel()
        took = time.monotonic() - begun
        found = await verdict(made, in_flight)
        print(  # noqa: T201 - the figures of the whole size
            f"\n{DESTINATIONS} destinations, {REAL_PARTS} parts at 30/s, {KILLS} kills with {in_flight.total()} parts "
            f"in flight: {found.states[DeliveryState.SENT]} sent in {took:.0f} s, {len(found.missing)} missing, "
            f"{len(found.repeated)} repeated in groups and channels, {found.repeated_in_private} in private chats, "
            f"{len(left.rows)} ever left to a person"
        )
        assert found.complaints == []
        assert in_flight.total() <= IN_FLIGHT * KILLS
        assert len(left.rows) <= IN_FLIGHT


async def stop_between_transactions(process: Process, folder: Path) -> None:
    """Stop a process where it does not hold the lock of the file: nobody could write until it goes on."""
    while True:
        process.send_signal(signal.SIGSTOP)
        with closing(sqlite3.connect(folder / "bot.sqlite3", timeout=0.2, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                process.send_signal(signal.SIGCONT)
                await asyncio.sleep(0.01)
            else:
                return


async def test_a_process_that_was_stopped_for_longer_than_its_lease_sends_nothing_of_the_past(
    tmp_path: Path, processes: Processes
) -> None:
    async with SimulatedTelegram() as telegram, open_database(tmp_path) as db:
        made = await scene(telegram, db, DESTINATIONS, parts()[:REAL_PARTS])
        whole = DESTINATIONS * REAL_PARTS
        before = len(telegram.record)
        stopped = await start(processes, made, tmp_path, "shared")
        await telegram.wait_for(partial(beyond, telegram, before + 5), HANG)
        await stop_between_transactions(stopped, tmp_path)
        in_flight = Counter(await sending(made))
        other = await start(processes, made, tmp_path, "shared")
        await until(db, made.digest_id, {DeliveryState.SENT: whole}, seconds=HANG)
        async with db.read() as session:
            (taken_over,) = await workers.beats(session)
        stopped.send_signal(signal.SIGCONT)
        # It finds that it was taken for dead, registers anew, and has what it held answered by then.
        while True:
            async with db.read() as session:
                if any(fence > taken_over for fence in await workers.beats(session)):
                    break
            await asyncio.sleep(0.05)
        second = await plan_digest(db, "third", parts()[:1], list(made.chats))
        await until(db, second, {DeliveryState.SENT: DESTINATIONS}, seconds=HANG)
        await kill(stopped)
        await kill(other)
        seen = Counter(
            (accepted.chat_id, accepted.text)
            for accepted in telegram.record[before:]
            if accepted.method == "sendMessage"
        )
        repeated = {key: times for key, times in seen.items() if times > 1 + key[1].startswith("Part 1")}
        assert len(repeated) <= in_flight.total()
        assert all(chat_id > 0 for chat_id, _ in repeated)
        assert (await verdict(made, in_flight)).missing == []
