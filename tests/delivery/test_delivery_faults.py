"""A digest in five parts for many chats, while Telegram and the network misbehave by a seeded plan.

DELIVERY_DESTINATIONS=2000 is the whole size; what came of it is printed with `-s`.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from fakes.delivering import Delivering, counts, delivering
from fakes.delivering_scene import PARTS, FastClock, Scene, faults, scene, verdict
from fakes.processes import HANG
from fakes.stored import open_database

from bot.simulator.telegram import SimulatedTelegram
from storage.records import DeliveryState

DESTINATIONS = int(os.environ.get("DELIVERY_DESTINATIONS", "60"))
SHARE = 0.10
UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.RETRY)


async def at_rest(made: Scene, ready: Delivering, seconds: float) -> dict[DeliveryState, int]:
    """Wait until nothing is left to send or to look for but what waits behind a row that nobody can decide."""
    deadline = time.monotonic() + seconds
    before: dict[DeliveryState, int] = {}
    unchanged = 0
    while True:
        states = await counts(made.db, made.digest_id)
        looked_for = states.get(DeliveryState.UNKNOWN, 0) > len(ready.unknown)
        moving = looked_for or any(states.get(delivery_state) for delivery_state in UNDER_WAY)
        unchanged = 0 if states != before or moving else unchanged + 1
        if not (moving or states.get(DeliveryState.PENDING)) or unchanged > 40:
            return states
        assert time.monotonic() < deadline, states
        before = states
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("seed", [1])
async def test_each_part_arrives_once_and_in_order_and_every_row_says_what_happened(tmp_path: Path, seed: int) -> None:
    async with SimulatedTelegram() as telegram, open_database(tmp_path) as db:
        clock = FastClock()
        made = await scene(telegram, db, DESTINATIONS)
        telegram.faults.plan = faults(made, share=SHARE, seed=seed)
        address = f"{telegram.url}/bot{telegram.token}"
        began = time.monotonic()
        async with (
            delivering(db, address, clock.now, operations=made.operations.id, read_timeout=0.5, clock=clock) as ready,
            ready.running(),
        ):
            await at_rest(made, ready, HANG + DESTINATIONS / 5)
        seconds = time.monotonic() - began
        # On a busy machine answers stay away that no fault kept: what counts is what the bot heard.
        found = await verdict(made, ready.sender.unanswered)
        unknown = found.states[DeliveryState.UNKNOWN]
        print(  # noqa: T201 - the figures of the whole size
            f"\n{DESTINATIONS} destinations, {PARTS} parts, {sum(made.struck.values())} faults in {seconds:.0f} s: "
            + ", ".join(f"{state} {count}" for state, count in sorted(found.states.items()))
            + f"; repeated in private chats after an answer that stayed away {found.repeated_in_private}"
            + f"\nfaults: {', '.join(f'{kind} {count}' for kind, count in sorted(made.struck.items()))}"
        )
        assert found.complaints == []
        assert len(ready.unknown) == unknown
        assert found.states[DeliveryState.SENT] > 0.8 * DESTINATIONS * PARTS
        assert telegram.from_bot(made.operations) == []
