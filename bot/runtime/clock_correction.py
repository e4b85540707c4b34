"""The machine's clock was set back: whatever waits for a time that a wrong clock wrote is looked after.

It is noticed by the latest time that was ever seen, which is stored, so that a restart in between hides nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.arxiv_source import calendar
from bot.digests.due import following
from bot.log import event
from bot.runtime.wall_clock import TOLERANCE
from storage import clock_set_back
from storage.database import Database
from storage.records import Now

_log = logging.getLogger(__name__)

_MINUTE = timedelta(minutes=1)


class SetBack:
    """`tell` says a message of the catalogue to the administrators; `stored` is called after times were changed."""

    def __init__(
        self,
        *,
        db: Database,
        now: Now,
        tell: Callable[..., Awaitable[object]],
        stored: Callable[[], Awaitable[object]],
        tolerance: timedelta = TOLERANCE,
    ) -> None:
        self._db = db
        self._now = now
        self._tell = tell
        self._stored = stored
        self._tolerance = tolerance

    async def look(self) -> bool:
        """Whether the clock was set back since the last look; if so, nothing lies ahead of it any more."""
        now = self._now()
        async with self._db.begin() as session:
            before = await clock_set_back.note_time(session, now)
            if before is None or before - now <= self._tolerance:
                return False
            count = await clock_set_back.pull_in(session, now, calendar.mailing_date(now))
            timed = await clock_set_back.with_times(session, now)
            due = [
                (place.id, at)
                for place in timed
                if (at := following(place, now)) is not None and at != place.next_run_at
            ]
            await clock_set_back.reschedule(session, due)
        minutes = (before - now) // _MINUTE
        event(_log, "clock_set_back", level=logging.WARNING, minutes=minutes, rows=count + len(due))
        await self._stored()
        await self._tell("clock-set-back", minutes=minutes)
        return True
