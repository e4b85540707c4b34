"""JOURNEY due rows → Telegram → outcomes, as one loop.

1. record the outcomes that came in, and begin the rows whose slot to send has come (`_exchange`, one transaction);
2. claim as many rows as may leave soon, in that transaction;
3. send each in a task of its own (`_deliver`), which waits for its slot and for the commit that it is begun;
4. wait until there is more to do.

"claimed" is committed when a process takes a row in hand, "sending" right before its request, the outcome after it.
Outcomes and claims share a transaction, so that its cost is divided among many messages when there are many, and no
message waits when there are few.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta

from bot.delivery.lease import Lease
from bot.delivery.permits import Permits
from bot.delivery.pin_digests import Pins
from bot.delivery.reports import Reports, Told
from bot.delivery.sender import Sender
from bot.delivery.unknown import UnknownDeliveries
from bot.log import event, redact
from bot.telegram_api.pace import Pace
from storage import deliveries, delivery_outcomes
from storage.database import Database
from storage.delivery_outcomes import Done
from storage.delivery_rows import Known
from storage.errors import TROUBLE, GivenUp, reason_of
from storage.records import Delivery, DeliveryState, Now, Refused, Sent

_log = logging.getLogger(__name__)

WORKERS = 128
"""Rows that are claimed and have no outcome yet, at most."""

LEASE = timedelta(seconds=30)
"""After how long without a sign of it a process is taken for dead, and its rows are another's to decide about. A third
of it passes at most from one sign to the next, and another one from a row's last commit to its request."""

_BATCH = 64
_LINGER = 0.025
_AHEAD = 0.25
_IDLE = 30.0
_POLL = 0.1
# The loop rested and is about to go on: there is nothing to wait for yet.
_GLANCE = 0.01
_TROUBLE = (0.5, 1.0, 2.0, 5.0)
_UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.RETRY)


class Deliverer:
    """Drains the delivery rows until told to stop. `wake` is called when there may be new ones."""

    def __init__(
        self,
        *,
        db: Database,
        sender: Sender,
        pace: Pace,
        now: Now,
        unknown: UnknownDeliveries,
        pins: Pins,
        told: Told = Told(),  # noqa: B008 - frozen
        lease: timedelta = LEASE,
        alone: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`alone`: no other process sends from this database, so that whatever another one left is decided at once.

        `clock` is monotonic seconds, which pass also while the process is stopped.
        """
        self._db = db
        self._sender = sender
        self._pace = pace
        self._now = now
        self._unknown = unknown
        self._pins = pins
        seconds = lease.total_seconds()
        self._lease = Lease(db=db, pace=pace, now=now, unknown=unknown, seconds=seconds, alone=alone, clock=clock)
        self._reports = Reports(told)
        self._woken = asyncio.Event()
        self._permits = Permits(clock=clock, seconds=seconds / 3, wake=self._woken.set)
        self._resting = asyncio.Event()
        self._rests = 0
        self._held = math.inf
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._done: list[Done] = []
        self._ripe: asyncio.TimerHandle | None = None
        self._known: Known = {}
        self._out = False

    def wake(self) -> None:
        """There may be rows to send."""
        self._woken.set()

    async def times_changed(self) -> None:
        """Rows may be due earlier than is known here."""
        await self._unknown.times_changed()
        self.wake()

    async def recover(self) -> None:
        """Show that this process lives, and decide what becomes of rows that one which does not has left."""
        await self._lease.renew()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; then finish the requests in flight and record what came of them."""
        stopped = asyncio.create_task(self._wake_at(stop))
        self._pins.soon(self._reports.beside)
        trouble = 0
        try:
            while not self._finished(stop):
                self._woken.clear()
                self._resting.clear()
                try:
                    more = await self._exchange(claiming=not stop.is_set())
                    if not stop.is_set():
                        await self._unknown.look(self._lease.fence, self.wake)
                    seconds = 0.0 if more or self._finished(stop) else await self._nothing_for()
                except Exception as error:  # noqa: BLE001 - whatever it is: without this loop nothing is ever delivered
                    trouble += 1
                    if stop.is_set() and (trouble > len(_TROUBLE) or isinstance(error, GivenUp)):
                        break
                    await self._in_trouble(error, trouble)
                    continue
                if trouble:
                    event(_log, "database_well", failures=trouble)
                    trouble = 0
                if seconds:
                    await self._wait(seconds)
        finally:
            stopped.cancel()
            self._permits.close()
            if self._busy:
                await asyncio.wait(self._busy.values())
            await self._unknown.finish()
            await self._reports.finish()
        await self._lease.end()

    async def settled(self, digest_ids: Collection[int], seconds: float) -> dict[DeliveryState, int]:
        """Wait until the rows of these digests have come to rest (at most that long), and count them by state.

        Rows that wait behind an unknown one are at rest too: nothing moves there until somebody decides.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            before = self._rest
            async with self._db.read() as session:
                counts = await deliveries.states(session, *digest_ids)
            at_rest = before is not None and before == self._rest
            moving = any(counts.get(state) for state in _UNDER_WAY)
            moving = moving or self._unknown.looking or self._unknown.next is not None
            waiting = counts.get(DeliveryState.PENDING) and not at_rest
            if not (moving or waiting) or loop.time() >= until:
                return counts
            if self._resting.is_set():
                await asyncio.sleep(_POLL if at_rest else _GLANCE)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._resting.wait(), _POLL)

    @property
    def _rest(self) -> int | None:
        """Which rest of the loop this is, if it rests: nothing is under way, and nothing is that could be sent."""
        resting = self._resting.is_set() and not self._woken.is_set() and not self._unknown.looking
        return self._rests if resting else None

    def _finished(self, stop: asyncio.Event) -> bool:
        return stop.is_set() and not self._busy and not self._done

    async def _exchange(self, *, claiming: bool) -> bool:
        """One transaction: rows go out, outcomes go down, rows come up. Returns whether there may be more at once."""
        if self._lease.seconds_left <= 0:
            await self.recover()
        # Before the rows are taken: what rests now may no longer do so when it is asked until when to wait.
        self._held = self._pace.rest(_AHEAD)
        # While Telegram does not answer, one after the other.
        claiming = claiming and not (self._busy and self._pace.outage.begun)
        free = self._free() if claiming else 0
        self._out = self._out or self._pace.outage.begun
        over = self._out and not self._pace.outage.begun
        asked = self._permits.take()
        if not asked and not self._done and free <= 0 and not over:
            return False
        done, self._done = self._done, []
        if self._ripe is not None:
            self._ripe.cancel()
            self._ripe = None
        now, moment, fence = self._now(), self._permits.moment(), self._lease.fence
        claimed: list[Delivery] = []
        try:
            async with self._db.begin() as session:
                ours = [request.delivery.id for request in asked if request.delivery.fence == fence]
                begun = await deliveries.begin(session, ours, now, fence=fence)
                lost = await delivery_outcomes.record_all(session, done, now)
                if over:
                    await deliveries.hurry(session, now)
                if free > 0:
                    resting = self._pace.resting(_AHEAD)
                    claimed = await deliveries.claim(
                        session, now, free, resting=resting, fence=fence, known=self._known
                    )
            self._out = self._out and not over
            self._permits.give(asked, begun, moment)
        except TROUBLE:
            self._permits.put_back(asked)
            # These messages are out there: what is known of them is kept until it can be written.
            self._done[:0] = done
            raise
        except Exception:  # noqa: BLE001 - one outcome that cannot be written must not hold the others
            _log.exception("outcomes_apart rows=%s", len(done))
            self._permits.put_back(asked)
            # Nothing of it was committed, so that none of the rows is this process's.
            claimed = []
            done, lost = await self._record_apart(done, now)
            self._recorded(done, lost)
            # What was kept, and the rows that wait to go out, are tried at once: nothing else would wake the loop.
            return True
        for delivery in claimed:
            self._busy[delivery.id] = asyncio.create_task(self._deliver(delivery))
        self._recorded(done, lost)
        return bool(claimed) and len(claimed) == free

    def _free(self) -> int:
        """How many rows to take: not more than may leave soon, with those that wait for their slot already.

        Not before half of those have left: to take them one by one would cost as much for each as for many.
        """
        soon = self._pace.room(_AHEAD, WORKERS)
        waiting = len(self._busy) - len(self._permits.granted)
        return min(WORKERS - len(self._busy), soon - waiting) if waiting <= soon / 2 else 0

    async def _record_apart(self, done: list[Done], now: datetime) -> tuple[list[Done], list[delivery_outcomes.Lost]]:
        """Each by itself: which were recorded, and what is lost by them. What could not be is kept for later."""
        lost: list[delivery_outcomes.Lost] = []
        for place, outcome in enumerate(done):
            try:
                try:
                    async with self._db.begin() as session:
                        lost += await delivery_outcomes.record_all(session, [outcome], now)
                except TROUBLE:
                    raise
                except Exception as error:  # noqa: BLE001 - said in the row itself
                    _log.exception("outcome_not_recorded delivery=%s", outcome.delivery.id)
                    failed = Done(outcome.delivery, Refused(f"its outcome cannot be recorded: {type(error).__name__}"))
                    async with self._db.begin() as session:
                        await delivery_outcomes.record_all(session, [failed], now)
            except TROUBLE:
                self._done[:0] = done[place:]
                return done[:place], lost
        return done, lost

    def _recorded(self, done: Collection[Done], lost: Collection[delivery_outcomes.Lost]) -> None:
        for outcome in done:
            self._unknown.recorded(outcome.delivery, outcome.outcome)
        self._reports.recorded(done, lost)
        if any(outcome.delivery.destination.pin and isinstance(outcome.outcome, Sent) for outcome in done):
            self._pins.soon(self._reports.beside)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            outcome = await self._sender.send(delivery, begin=self._permits.ask)
            outcome = self._unknown.decided(outcome, delivery, outage=self._pace.outage.begun)
            self._done.append(Done(delivery, outcome))
        finally:
            del self._busy[delivery.id]
            self._permits.granted.discard(delivery.id)
            if len(self._done) >= _BATCH or not self._busy:
                self._woken.set()
            elif self._ripe is None:
                self._ripe = asyncio.get_running_loop().call_later(_LINGER, self._woken.set)

    async def _in_trouble(self, error: Exception, times: int) -> None:
        """The database cannot be written: say so once, and wait. Nothing new is begun meanwhile."""
        if not isinstance(error, TROUBLE):
            _log.error("delivery_failed", exc_info=error)
        reason = redact(reason_of(error))
        event(_log, "database_in_trouble", level=logging.ERROR, failures=times, reason=reason)
        if times == 1:
            self._reports.stuck(reason)
        await asyncio.sleep(_TROUBLE[min(times, len(_TROUBLE)) - 1])

    async def _nothing_for(self) -> float:
        """Seconds until the next row is due, or until this process has to show that it lives."""
        if self._busy:
            return 1.0
        now = self._now()
        async with self._db.read() as session:
            at = await deliveries.next_retry(session, now)
        at = min((moment for moment in (at, self._unknown.next) if moment is not None), default=None)
        due = _IDLE if at is None else min(max((at - now).total_seconds(), 0.05), _IDLE)
        return min(due, max(self._lease.seconds_left, 0.05))

    async def _wait(self, seconds: float) -> None:
        """Until woken, for so long at most, or until a chat that rests may be written to."""
        rest = min(self._held, self._pace.rest(_AHEAD))
        if not self._busy and math.isinf(rest):
            self._rests += 1
            self._resting.set()
        waiting: list[asyncio.Future[object]] = [asyncio.ensure_future(self._woken.wait())]
        if rest < _IDLE:
            waiting.append(asyncio.ensure_future(self._pace.sleep(rest)))
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for future in waiting:
            future.cancel()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._permits.close()
        self._woken.set()
