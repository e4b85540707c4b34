"""Messages that may or may not have arrived: looked for where a bot can look, else put before the administrators."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import Policy
from bot.delivery.probe import Absent, CannotProbe, Found, LookLater, Probe
from bot.log import event
from storage import unknown_deliveries
from storage.database import Database
from storage.records import ChatKind, Delivery, Now, Outcome, RetryAt, Unsure

_log = logging.getLogger(__name__)

LOOK_AFTER = timedelta(seconds=10)
"""How long a message of unknown outcome is given to appear before it is looked for."""

REPEATS = (timedelta(), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""After how long a message is sent again where a repeat is harmless. When all went unanswered somebody decides, unless
it is Telegram that answers nobody."""

LOOKS_AT_ONCE = 4
_TOGETHER = 0.5
_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Open:
    """A row that a person has to decide about, and why nobody else can."""

    delivery: Delivery
    reason: str


Tell = Callable[[Sequence[Open]], Awaitable[bool]]
"""False where nobody heard of it and somebody still has to."""


class UnknownDeliveries:
    """Decides by looking. `tell` puts rows before people; `wake` is called when a decision frees a destination."""

    def __init__(
        self,
        *,
        db: Database,
        probe: Probe,
        now: Now,
        tell: Tell,
        policy: Policy = Policy.LOOK,
        look_after: timedelta = LOOK_AFTER,
    ) -> None:
        self._db = db
        self._probe = probe
        self._now = now
        self._tell = tell
        self._policy = policy
        self._look_after = look_after
        self._open: list[Open] = []
        self._untold: list[Open] = []
        self._told_again_at: datetime | None = None
        self._due: datetime | None = None
        self._failed: dict[int, tuple[Delivery, datetime]] = {}
        self._asked = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def look_at(self) -> datetime | None:
        """When to look for a message whose answer stayed away just now; None when nobody looks."""
        return self._now() + self._look_after if self._policy is Policy.LOOK else None

    def decided(self, outcome: Outcome, delivery: Delivery, *, outage: bool = False) -> Outcome:
        """What is recorded for a row with this outcome. `outage`: Telegram answers nobody at present."""
        if not isinstance(outcome, Unsure):
            return outcome
        if delivery.destination.kind is not ChatKind.PRIVATE and self._policy is not Policy.RESEND:
            return Unsure(outcome.reason, self.look_at)
        # In a private chat a repeat is harmless and a gap is not; but where no answer ever comes through, all arrive.
        if delivery.attempts >= len(REPEATS) and not outage:
            return Unsure(outcome.reason)
        pause = REPEATS[min(delivery.attempts, len(REPEATS) - 1)]
        return RetryAt(self._now() + pause, outcome.reason, unanswered=True)

    def recorded(self, delivery: Delivery, outcome: Outcome) -> None:
        """A row's outcome is in the database."""
        if isinstance(outcome, Unsure):
            if outcome.look_at is None:
                self._put(Open(delivery, outcome.reason))
            else:
                self._due = min(self._due or outcome.look_at, outcome.look_at)

    async def recovered(self, unknown: int) -> None:
        """So many rows of a process that is gone have become unknown; it may have been looking for others."""
        async with self._db.read() as session:
            self._due = await unknown_deliveries.next_look(session)
            waiting = await unknown_deliveries.unknown(session) if unknown and self._policy is not Policy.LOOK else []
        for delivery in waiting:
            self._put(Open(delivery, "the program stopped while this was being sent"))

    async def times_changed(self) -> None:
        """Whatever waits for a time here was told it by a wrong clock."""
        now = self._now()
        self._failed = {number: (delivery, now) for number, (delivery, _) in self._failed.items()}
        self._told_again_at = now if self._told_again_at is not None else None
        await self.recovered(0)

    @property
    def next(self) -> datetime | None:
        """When there is something to look for."""
        moments = (self._due, self._told_again_at, *(at for _, at in self._failed.values()))
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def looking(self) -> bool:
        """Whether a message is being looked for, or the administrators are being asked."""
        return bool(self._tasks)

    async def look(self, fence: int, wake: Callable[[], None]) -> None:
        """Look for the messages for which it is time, as this process. Goes on beside the caller."""
        now = self._now()
        if self.next is None or now < self.next or len(self._tasks) >= LOOKS_AT_ONCE:
            return
        if self._told_again_at is not None and now >= self._told_again_at:
            again, self._untold, self._told_again_at = self._untold, [], None
            for row in again:
                self._put(row)
        failed = [delivery for delivery, at in self._failed.values() if at <= now]
        async with self._db.begin() as session:
            for delivery in failed:
                await unknown_deliveries.look_again(session, delivery, now)
            found = await unknown_deliveries.to_look(session, now, LOOKS_AT_ONCE - len(self._tasks), fence=fence)
            self._due = await unknown_deliveries.next_look(session)
        for delivery in failed:
            del self._failed[delivery.id]
        for delivery in found:
            self._beside(self._decide(delivery, wake))

    async def finish(self) -> None:
        """Let what is under way come to its end."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _decide(self, delivery: Delivery, wake: Callable[[], None]) -> None:
        try:
            await self._look_for(delivery)
        except Exception:
            # The row is this process's, so that no other will look for it.
            self._failed[delivery.id] = delivery, self._now() + _AGAIN
            raise
        wake()

    async def _look_for(self, delivery: Delivery) -> None:
        looked = await self._probe.look(delivery)
        async with self._db.begin() as session:
            match looked:
                case Found(message_id):
                    await unknown_deliveries.resolve(
                        session, delivery.id, message_id=message_id, now=self._now(), fence=delivery.fence
                    )
                case Absent():
                    await unknown_deliveries.resolve(
                        session, delivery.id, resend=True, now=self._now(), fence=delivery.fence
                    )
                case LookLater(at):
                    await unknown_deliveries.look_again(session, delivery, at)
                    self._due = min(self._due or at, at)
                case CannotProbe(reason):
                    await unknown_deliveries.look_again(session, delivery, None, reason)
        event(
            _log,
            "looked",
            level=logging.WARNING,
            delivery=delivery.id,
            chat=delivery.destination.chat_id,
            found=type(looked).__name__,
        )
        if isinstance(looked, CannotProbe):
            self._put(Open(delivery, looked.reason))

    def _put(self, row: Open) -> None:
        """Before the administrators, together with others that come at the same time."""
        self._open.append(row)
        if not self._asked:
            self._asked = True
            self._beside(self._ask())

    async def _ask(self) -> None:
        await asyncio.sleep(_TOGETHER)
        rows, self._open, self._asked = self._open, [], False
        if not await self._tell(rows):
            self._untold += rows
            self._told_again_at = self._now() + _AGAIN

    def _beside(self, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception:  # noqa: BLE001 - the row stays unknown and is looked for again
                _log.exception("look_failed")

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
