"""JOURNEY due rows → Telegram → outcomes. A row is committed as "sending" before its request, then as its outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from bot.log import event
from bot.sender import Sender
from storage import deliveries
from storage.database import Database
from storage.records import ChatKind, Delivery, DeliveryState, Now, RetryAt, Sent, Unsure

_log = logging.getLogger(__name__)

WORKERS = 16
_IDLE = 30.0
_POLL = 0.1
_POLLS_AT_REST = 5


class Deliverer:
    """Drains the delivery rows until told to stop. `wake` is called when there may be new ones."""

    def __init__(self, *, db: Database, sender: Sender, now: Now, unsure: Callable[[int], Awaitable[object]]) -> None:
        """`unsure` is told how many messages somebody has to decide about, when there are new ones."""
        self._unsure = unsure
        self._db = db
        self._sender = sender
        self._now = now
        self._woken = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """There may be rows to send."""
        self._woken.set()

    async def recover(self) -> None:
        """At start-up: decide what becomes of rows that a stop left in the middle of sending."""
        async with self._db.begin() as session:
            left = await deliveries.recover(session, self._now())
        if left.resend or left.unknown:
            event(_log, "recovered", resend=left.resend, unknown=left.unknown, level=logging.WARNING)
        if left.unknown:
            await self._unsure(left.unknown)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; then finish the requests in flight."""
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._woken.clear()
                if await self._start_some():
                    continue
                await self._wait(stopped)
        finally:
            stopped.cancel()
            if self._busy:
                await asyncio.wait(self._busy.values())

    async def settled(self, digest_ids: Collection[int], seconds: float) -> dict[DeliveryState, int]:
        """Wait until the rows of these digests have come to rest (at most that long), and count them by state.

        Rows that wait behind an unknown one are at rest too: nothing moves there until somebody decides.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        unchanged, before = 0, None
        while True:
            counts = await self._counts(digest_ids)
            unchanged = unchanged + 1 if counts == before and not self._busy else 0
            moving = any(counts.get(state) for state in (DeliveryState.SENDING, DeliveryState.RETRY))
            waiting = counts.get(DeliveryState.PENDING) and unchanged < _POLLS_AT_REST
            if not (moving or waiting) or loop.time() >= until:
                return counts
            before = counts
            await asyncio.sleep(_POLL)

    async def _counts(self, digest_ids: Collection[int]) -> dict[DeliveryState, int]:
        counts: dict[DeliveryState, int] = {}
        async with self._db.read() as session:
            for digest_id in digest_ids:
                for state, count in (await deliveries.states(session, digest_id)).items():
                    counts[state] = counts.get(state, 0) + count
        return counts

    async def _start_some(self) -> bool:
        free = WORKERS - len(self._busy)
        if free <= 0:
            return False
        async with self._db.begin() as session:
            claimed = await deliveries.claim(session, self._now(), free, busy=tuple(self._busy))
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery))
            self._busy[delivery.destination.id] = task
        return bool(claimed)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            outcome = await self._sender.send(delivery)
            if isinstance(outcome, Unsure) and delivery.destination.kind is ChatKind.PRIVATE:
                # In a private chat a repeat is harmless and a gap is not.
                outcome = RetryAt(self._now(), outcome.reason)
            sent_hash = delivery.part.content_hash if delivery.part is not None else ""
            async with self._db.begin() as session:
                await deliveries.record(session, delivery.id, outcome, self._now(), sent_hash=sent_hash)
            if isinstance(outcome, Unsure):
                await self._unsure(1)
            if isinstance(outcome, Sent):
                event(
                    _log,
                    "delivered" if delivery.message_id is None else "edited",
                    digest=delivery.digest_id,
                    chat=delivery.destination.chat_id,
                    part=delivery.number,
                    message=outcome.message_id,
                )
        except Exception:  # noqa: BLE001 - one row must not stop the others; it stays "sending"
            _log.exception("delivery_failed delivery=%s", delivery.id)
        finally:
            self._busy.pop(delivery.destination.id, None)
            self._woken.set()

    async def _wait(self, stopped: asyncio.Task[bool]) -> None:
        async with self._db.read() as session:
            at: datetime | None = await deliveries.next_retry(session)
        seconds = _IDLE if at is None else min(max((at - self._now()).total_seconds(), 0.05), _IDLE)
        woken = asyncio.create_task(self._woken.wait())
        await asyncio.wait({woken, stopped}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()
