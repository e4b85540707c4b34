"""Whatever two processes do in whichever order, the rows stand where a model of a few lines says they stand."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from fakes.stored import NOW, add, address, new_database, parts, place
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storage import deliveries, delivery_outcomes, digests, subscriptions, unknown_deliveries, workers
from storage.database import Database
from storage.delivery_outcomes import Done
from storage.delivery_rows import HOLD
from storage.models import deliveries as table
from storage.records import (
    AnnounceType,
    ChatKind,
    Delivery,
    DeliveryState,
    Digest,
    DigestEntry,
    Gone,
    Outcome,
    Refused,
    RetryAt,
    Sent,
    Unsure,
)

T = TypeVar("T")
PLACES = (place(1), place(-2, kind=ChatKind.CHANNEL), place(-3, kind=ChatKind.SUPERGROUP))
SOON = timedelta(minutes=1)
FINISHED = {DeliveryState.SENT, DeliveryState.FAILED}
UNSENT = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.RETRY}
process = st.integers(0, 1)


@dataclass
class Row:
    """What the model knows of a row."""

    destination: int
    state: DeliveryState = DeliveryState.PENDING
    fence: int | None = None
    at: datetime = NOW
    """When it may be tried again, or since when it is unknown."""
    unsent: bool = False
    """Whether it failed because its destination was lost, and surely was not sent."""


@dataclass
class Process:
    """One of the two: its connection, its fence number of today, and the rows that it has in hand."""

    db: Database
    fence: int = 0
    held: list[Delivery] = field(default_factory=list)


class Rows(RuleBasedStateMachine):
    """Two processes plan, claim, record, die and are recovered from; time passes; people decide."""

    def __init__(self) -> None:
        super().__init__()
        self.made_up = ExitStack()
        path = Path(self.made_up.enter_context(tempfile.TemporaryDirectory()))
        self.made_up.enter_context(new_database(path))
        self.runner = asyncio.Runner()
        self.processes = [Process(Database(address(path))) for _ in range(2)]
        self.now = NOW
        self.rows: dict[int, Row] = {}
        self.paused: set[int] = set()
        self.private: set[int] = set()
        self.ghosts: list[Delivery] = []
        self.made = 0

    def teardown(self) -> None:
        for process in self.processes:
            self.run(process.db.close())
        self.runner.close()
        self.made_up.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def three_chats(self) -> None:
        stored = self.run(add(self.processes[0].db, *PLACES))
        self.ids = [one.id for one in stored]
        self.private = {stored[0].id}
        for process in self.processes:
            process.fence = self._register(process.db)

    @rule(count=st.integers(1, 3))
    def plan(self, count: int) -> None:
        self.made += 1
        entries = (DigestEntry(f"2608.{self.made:05}", 1, AnnounceType.NEW),)

        async def work() -> list[Any]:
            async with self.processes[0].db.begin() as session:
                made = Digest(("cs.CV",), (NOW.date(),), "en", "en", entries)
                texts = [f"{self.made} {number}" for number in range(count)]
                saved = await digests.save(session, made, parts(*texts), self.now)
                await deliveries.plan(session, saved.id, self.ids)
                query = sa.select(table.c.id, table.c.destination_id).where(table.c.digest_id == saved.id)
                return list(await session.execute(query))

        self.rows |= {row.id: Row(row.destination_id) for row in self.run(work())}

    def claimable(self) -> list[int]:
        found: list[int] = []
        held: set[int] = set()
        for number, row in sorted(self.rows.items()):
            ready = row.state is DeliveryState.PENDING or (row.state is DeliveryState.RETRY and row.at <= self.now)
            if ready and row.destination not in held | self.paused:
                found.append(number)
            given_up = row.state is DeliveryState.UNKNOWN and row.at < self.now - HOLD
            if row.state not in FINISHED and not given_up:
                held.add(row.destination)
        return found

    @rule(which=process, limit=st.integers(1, 4))
    def claim(self, which: int, limit: int) -> None:
        one = self.processes[which]

        async def work() -> list[Delivery]:
            async with one.db.begin() as session:
                return await deliveries.claim(session, self.now, limit, fence=one.fence)

        claimed = self.run(work())
        assert [row.id for row in claimed] == self.claimable()[:limit]
        for row in claimed:
            self.rows[row.id].state, self.rows[row.id].fence = DeliveryState.CLAIMED, one.fence
        one.held += claimed

    @precondition(lambda self: any(process.held for process in self.processes))
    @rule(which=process)
    def begin(self, which: int) -> None:
        one = self.processes[which]

        async def work() -> set[int]:
            async with one.db.begin() as session:
                ids = [row.id for row in one.held]
                return await deliveries.begin(session, ids, self.now, fence=one.fence)

        begun = self.run(work())
        own = {row.id for row in one.held if self.rows[row.id].fence == one.fence}
        assert begun == {number for number in own if self.rows[number].destination not in self.paused}
        for number in begun:
            self.rows[number].state = DeliveryState.SENDING

    @precondition(lambda self: self.ghosts)
    @rule()
    def one_that_was_taken_for_dead_may_begin_nothing(self) -> None:
        ghost = self.ghosts[-1]

        async def work() -> set[int]:
            async with self.processes[0].db.begin() as session:
                return await deliveries.begin(session, [ghost.id], self.now, fence=ghost.fence or 0)

        assert self.run(work()) == set()

    @precondition(lambda self: any(process.held for process in self.processes))
    @rule(
        which=process,
        outcome=st.sampled_from(["sent", "retry", "refused", "unsure", "gone"]),
        all_of_them=st.booleans(),
    )
    def record(self, which: int, outcome: str, all_of_them: bool) -> None:  # noqa: FBT001 - drawn
        one = self.processes[which]
        told = one.held if all_of_them else one.held[:1]
        one.held = one.held[len(told) :]
        outcomes: dict[str, Outcome] = {
            "sent": Sent(7),
            "retry": RetryAt(self.now + SOON, "later"),
            "refused": Refused("no"),
            "unsure": Unsure("?"),
            "gone": Gone("kicked"),
        }
        self._write(one.db, [Done(row, outcomes[outcome]) for row in told])
        for delivery in told:
            row = self.rows[delivery.id]
            if row.fence != one.fence:
                # Lost with its destination, by another row of it.
                if outcome == "sent":
                    self._arrived_all_the_same(row)
                continue
            row.fence = None
            match outcome:
                case "sent":
                    row.state = DeliveryState.SENT
                case "retry":
                    row.state, row.at = DeliveryState.RETRY, self.now + SOON
                case "refused":
                    row.state = DeliveryState.FAILED
                case "unsure":
                    row.state, row.at = DeliveryState.UNKNOWN, self.now
                case "gone":
                    self._lost(row)

    def _lost(self, row: Row) -> None:
        """The destination of a row, and with it all of its rows that are not finished."""
        self.paused.add(row.destination)
        for other in self.rows.values():
            if other.destination == row.destination and other.state not in FINISHED:
                other.unsent = other is row or other.state in UNSENT
                other.state, other.fence = DeliveryState.FAILED, None

    @rule(which=process)
    def killed_and_recovered_from(self, which: int) -> None:
        dead, alive = self.processes[which], self.processes[1 - which]

        async def work() -> None:
            async with alive.db.begin() as session:
                assert await workers.beat(session, alive.fence)
                await workers.recover(session, self.now, dead=[dead.fence])

        self.run(work())
        self.ghosts += dead.held
        for row in self.rows.values():
            if row.fence != dead.fence:
                continue
            begun, private = row.state is DeliveryState.SENDING, row.destination in self.private
            row.fence = None
            row.state = DeliveryState.UNKNOWN if begun and not private else DeliveryState.PENDING
            row.at = self.now
        dead.fence, dead.held = self._register(dead.db), []

    @precondition(lambda self: self.ghosts)
    @rule()
    def one_that_was_taken_for_dead_tells_that_it_had_sent(self) -> None:
        delivery = self.ghosts.pop()
        self._write(self.processes[0].db, [Done(delivery, Sent(8))])
        self._arrived_all_the_same(self.rows[delivery.id])

    @precondition(lambda self: any(row.state is DeliveryState.UNKNOWN for row in self.rows.values()))
    @rule(again=st.booleans())
    def decide(self, again: bool) -> None:  # noqa: FBT001 - drawn
        number = next(number for number, row in self.rows.items() if row.state is DeliveryState.UNKNOWN)

        async def work() -> bool:
            async with self.processes[1].db.begin() as session:
                return await unknown_deliveries.resolve(session, number, resend=again, now=self.now)

        assert self.run(work())
        self.rows[number].state = DeliveryState.PENDING if again else DeliveryState.SENT

    @precondition(lambda self: self.paused)
    @rule()
    def resume(self) -> None:
        back = self.paused.pop()

        async def work() -> None:
            async with self.processes[0].db.begin() as session:
                await subscriptions.resume(session, back, self.now)

        self.run(work())
        for row in self.rows.values():
            if row.destination == back and row.state is DeliveryState.FAILED and row.unsent:
                row.state, row.unsent = DeliveryState.PENDING, False

    @rule(by=st.sampled_from([SOON, HOLD + SOON]))
    def time_passes(self, by: timedelta) -> None:
        self.now += by

    @invariant()
    def the_rows_stand_where_the_model_says(self) -> None:
        async def work() -> dict[int, tuple[str, int | None]]:
            async with self.processes[1].db.read() as session:
                query = sa.select(table.c.id, table.c.state, table.c.fence)
                return {row.id: (row.state, row.fence) for row in await session.execute(query)}

        assert self.run(work()) == {number: (row.state.value, row.fence) for number, row in self.rows.items()}

    def _arrived_all_the_same(self, row: Row) -> None:
        """Whoever has it in hand finds out before its request; a request that is out tells for itself."""
        if row.state not in {DeliveryState.SENDING, DeliveryState.SENT}:
            row.state, row.fence, row.unsent = DeliveryState.SENT, None, False

    def _register(self, db: Database) -> int:
        async def work() -> int:
            async with db.begin() as session:
                return await workers.register(session)

        return self.run(work())

    def _write(self, db: Database, done: list[Done]) -> None:
        async def work() -> None:
            async with db.begin() as session:
                await delivery_outcomes.record_all(session, done, self.now)

        self.run(work())


TestRows = Rows.TestCase
TestRows.settings = settings(max_examples=6, stateful_step_count=20, deadline=None, database=None)
