"""The delivery alone: rows in a database and whatever Telegram is at an address, without handlers, clock and arXiv."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.config import Policy
from bot.delivery.deliver import LEASE, Deliverer
from bot.delivery.pin_digests import Pins
from bot.delivery.probe import Probe
from bot.delivery.reports import Told
from bot.delivery.sender import Sender
from bot.delivery.unknown import Open, UnknownDeliveries
from bot.simulator.telegram import PATIENCE
from bot.telegram_api.pace import OPEN, Limits, Pace
from bot.telegram_api.request import AiohttpRequest
from storage import deliveries, delivery_outcomes
from storage.database import Database
from storage.records import Delivery, DeliveryState, Now, Outcome, Unsure

Row = tuple[int, int]
"""A destination's id and a part's number."""


class Seconds(Protocol):
    """A clock that goes at another speed."""

    def seconds(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class Counted(Sender):
    """Knows how often the answer about a part in a destination stayed away, whatever the reason."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.unanswered: Counter[Row] = Counter()

    async def send(self, delivery: Delivery, **how: Any) -> Outcome:
        outcome = await super().send(delivery, **how)
        if isinstance(outcome, Unsure):
            self.unanswered[delivery.destination.id, delivery.number] += 1
        return outcome


@dataclass
class Delivering:
    """A deliverer, and what it told people."""

    deliverer: Deliverer
    sender: Counted
    unknown: list[Open] = field(default_factory=list)
    lost: list[delivery_outcomes.Lost] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    told_stuck: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Running; stopped as the bot stops it."""
        await self.deliverer.recover()
        stop = asyncio.Event()
        running = asyncio.create_task(self.deliverer.run(stop))
        try:
            yield
        finally:
            stop.set()
            await running


@asynccontextmanager
async def delivering(
    db: Database,
    address: str,
    now: Now,
    *,
    operations: int | None = None,
    policy: Policy = Policy.LOOK,
    limits: Limits = OPEN,
    read_timeout: float = PATIENCE,
    lease: timedelta = LEASE,
    clock: Seconds | None = None,
    alone: bool = False,
) -> AsyncIterator[Delivering]:
    """A deliverer for the bot at this address (…/bot<token>). Messages are looked for at once.

    `alone`: no other process delivers from this database, as with SQLite.
    """
    async with AiohttpRequest(read_timeout=read_timeout) as request:
        pace = Pace(
            clock=clock.seconds if clock is not None else asyncio.get_running_loop().time,
            sleep=clock.sleep if clock is not None else asyncio.sleep,
            limits=limits,
        )
        sender = Counted(request=request, address=address, pace=pace, now=now)
        told: list[Open] = []
        lost: list[delivery_outcomes.Lost] = []

        async def undecided_rows(rows: Sequence[Open]) -> bool:
            told.extend(rows)
            return True

        async def lost_one(one: delivery_outcomes.Lost) -> None:
            lost.append(one)

        async def stuck_for(reason: str) -> None:
            ready.stuck.append(reason)
            ready.told_stuck.set()

        unknown = UnknownDeliveries(
            db=db,
            probe=Probe(db=db, sender=sender, operations_chat=operations, now=now),
            now=now,
            tell=undecided_rows,
            policy=policy,
            look_after=timedelta(),
        )
        deliverer = Deliverer(
            db=db,
            sender=sender,
            pace=pace,
            now=now,
            unknown=unknown,
            pins=Pins(db=db, sender=sender),
            told=Told(lost=lost_one, stuck=stuck_for),
            lease=lease,
            alone=alone,
        )
        ready = Delivering(deliverer, sender, told, lost)
        yield ready


async def counts(db: Database, digest_id: int) -> dict[DeliveryState, int]:
    """How many rows of a digest stand where."""
    async with db.read() as session:
        return await deliveries.states(session, digest_id)


async def until(db: Database, digest_id: int, wanted: dict[DeliveryState, int], *, seconds: float = PATIENCE) -> None:
    """Wait until the rows stand so; TimeoutError tells where they stand."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    while (states := await counts(db, digest_id)) != wanted:
        if clock() > deadline:
            raise TimeoutError(f"{states} after {seconds:g} s")
        await asyncio.sleep(0.05)


def at(moment: datetime) -> Now:
    """A clock that stands still."""
    return lambda: moment
