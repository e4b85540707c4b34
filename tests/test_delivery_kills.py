"""A digest in five parts for many chats, by a process that is killed (SIGKILL) at seeded moments and started again.

DELIVERY_KILLS=20 with DELIVERY_DESTINATIONS=400 is the whole size; what came of it is printed with `-s`.
"""

from __future__ import annotations

import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from fakes import deliver_process
from fakes.delivering import Row, until
from fakes.delivering_scene import PARTS, Scene, scene, verdict
from fakes.processes import HANG, Processes
from fakes.stored import address, open_database

from bot.simulator.faults import Fault, FaultKind
from bot.simulator.telegram import SimulatedTelegram
from bot.undecided import LOOKS_AT_ONCE
from storage.models import deliveries
from storage.records import DeliveryState

DESTINATIONS = int(os.environ.get("DELIVERY_DESTINATIONS", "18"))
KILLS = int(os.environ.get("DELIVERY_KILLS", "1"))
SEED = 5


async def start(processes: Processes, made: Scene, folder: Path) -> Process:
    telegram = made.telegram
    return await processes.start(
        sys.executable,
        deliver_process.__file__,
        address(folder),
        f"{telegram.url}/bot{telegram.token}",
        str(made.operations.id),
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
