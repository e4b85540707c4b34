"""Tells the administrators, once each, when announcements stay away and when they are there again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Any

from bot.arxiv_source import calendar
from bot.compose import COMPLETE
from bot.log import event
from storage import announcements, notices
from storage.database import Database
from storage.records import Now

_log = logging.getLogger(__name__)

USUAL = timedelta(hours=6)
"""How long after a feed's change an announcement may be missing before somebody should look. arXiv's own delays seldom
last longer; in the recorded years a feed that was still stale by then stayed so all day."""

_NAME = "announcements-missing"
_SHOWN = 20


class Watch:
    """Looks after each tick. `tell` sends a message of the catalogue to the administrators."""

    def __init__(self, *, db: Database, now: Now, tell: Callable[..., Awaitable[Any]]) -> None:
        self._db = db
        self._now = now
        self._tell = tell

    async def look(self, categories: Collection[str]) -> None:
        """Compare what should be there by now with what is."""
        now = self._now()
        day = calendar.mailing_date(now)
        missing: dict[str, str] = {}
        async with self._db.read() as session:
            for category in sorted(categories):
                known = await announcements.get(session, category, day)
                if known is None or known.state not in COMPLETE:
                    missing[category] = known.reason if known is not None else ""
        if not missing:
            async with self._db.begin() as session:
                well_again = await notices.clear(session, _NAME)
            if well_again:
                event(_log, "announcements_well", date=day)
                await self._tell("announcements-well", date=day.isoformat())
        elif now >= calendar.feed_changes_at(day) + USUAL:
            async with self._db.begin() as session:
                news = await notices.raise_once(session, _NAME, now)
            if news:
                event(_log, "announcements_missing", level=logging.WARNING, date=day, categories=",".join(missing))
                names = ", ".join(list(missing)[:_SHOWN])
                reason = next((why for why in missing.values() if why), "-")
                await self._tell(_NAME, date=day.isoformat(), count=len(missing), categories=names, reason=reason)
