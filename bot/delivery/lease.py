"""This process among those that send from one database: its sign of life, its fence number, and the rows of the dead.

A process shows that it lives by raising a counter. Whose counter stands still for a whole lease is taken for dead, and
what it had in hand is decided about. Whoever was taken for dead itself gets a new fence number and starts anew.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from contextlib import suppress

from bot.delivery.liveness import Liveness
from bot.delivery.unknown import UnknownDeliveries
from bot.log import event
from bot.telegram_api.pace import Pace
from storage import workers
from storage.database import Database
from storage.errors import TROUBLE
from storage.records import Now
from storage.workers import Recovered

_log = logging.getLogger(__name__)


class Lease:
    """The lease of this process. `seconds` is its length, `clock` monotonic seconds.

    `alone`: no other process sends from this database, so that whatever another one left is decided about at once.
    """

    def __init__(
        self,
        *,
        db: Database,
        pace: Pace,
        now: Now,
        unknown: UnknownDeliveries,
        seconds: float,
        alone: bool,
        clock: Callable[[], float],
    ) -> None:
        self._db = db
        self._pace = pace
        self._now = now
        self._unknown = unknown
        self._alone = alone
        self._clock = clock
        self._liveness = Liveness(clock, seconds)
        self._third = seconds / 3
        self._fence: int | None = None
        self._beat_at = -math.inf

    @property
    def fence(self) -> int:
        """The number that marks the rows of this process; 0 before its first sign of life."""
        return self._fence or 0

    @property
    def seconds_left(self) -> float:
        """Until the next sign of life is due; not positive when it is."""
        return self._beat_at - self._clock()

    async def renew(self) -> None:
        """Show that this process lives, and decide what becomes of rows that one which does not has left."""
        before = self._fence
        async with self._db.begin() as session:
            fence = before
            if fence is None or not await workers.beat(session, fence):
                fence = await workers.register(session)
            beats = await workers.beats(session)
            others = [worker for worker in beats if worker != fence]
            dead = others if self._alone else self._liveness.dead({worker: beats[worker] for worker in others})
            left = await workers.recover(session, self._now(), dead=dead, look_at=self._unknown.look_at)
        self._fence, self._beat_at = fence, self._clock() + self._third
        self._pace.share(len(beats) - len(dead))
        if before not in {None, fence}:
            event(_log, "taken_for_dead", fence=before, now=fence, level=logging.WARNING)
        if left != Recovered():
            event(
                _log,
                "recovered",
                unsent=left.unsent,
                resend=left.resend,
                unknown=left.unknown,
                level=logging.WARNING,
            )
        await self._unknown.recovered(left.unknown)

    async def end(self) -> None:
        """This process sends no more: nobody has to wait until it is taken for dead."""
        if self._fence is None:
            return
        with suppress(*TROUBLE):
            async with self._db.begin() as session:
                await workers.leave(session, self._fence)
