"""Tells the administrators, once each, when announcements stay away or do not add up, and when all is well again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.arxiv_source import calendar
from bot.log import event
from storage import announcements, notices
from storage.database import Database
from storage.records import Announcement, AnnouncementState, Now

_log = logging.getLogger(__name__)

USUAL = timedelta(hours=6)
"""How long after a feed's change an announcement may be missing before somebody should look. arXiv's own delays seldom
last longer; in the recorded years a feed that was still stale by then stayed so all day."""

QUIET = timedelta(hours=24)
"""After how long on a mailing date without any new paper, in whatever category, somebody should look."""

WELL = timedelta(minutes=10)
"""For how long nothing is looked at once all is well: what goes wrong then is hours old before somebody should look."""

_NAME = "announcements-missing"
_SHOWN = 20
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What the administrators are told: a message of the catalogue, and for which categories and why."""

    key: str
    day: date
    reasons: Mapping[str, str]


class Watch:
    """Looks after each tick. `tell` sends a message of the catalogue to the administrators."""

    def __init__(self, *, db: Database, now: Now, tell: Callable[..., Awaitable[Any]]) -> None:
        self._db = db
        self._now = now
        self._tell = tell
        self._well_until: datetime | None = None

    async def look(self, categories: Collection[str]) -> None:
        """Compare what should be there by now with what is."""
        if not categories:
            return
        now = self._now()
        if self._well_until is not None and self._well_until - WELL <= now < self._well_until:
            return
        self._well_until = None
        day = calendar.mailing_date(now)
        settled = calendar.mailing_date(now - QUIET)
        async with self._db.read() as session:
            known = await announcements.on(session, categories, day)
            new_papers = await announcements.any_new(session, categories, since=settled)
            before = await announcements.on(session, categories, settled) if not new_papers else {}
            raised = await notices.is_raised(session, _NAME)
        missing = {
            category: announcement.reason if (announcement := known.get(category)) is not None else ""
            for category in sorted(categories)
            if category not in known or not known[category].state.complete
        }
        trouble = self._worst(now, day, missing, known)
        if trouble is None and not new_papers and any(announcement.state.complete for announcement in before.values()):
            trouble = _Trouble("announcements-quiet", settled, {})
        if trouble is not None:
            await self._raise(trouble, now)
        elif raised and not missing and new_papers:
            await self._all_well(day)
        elif not missing:
            self._well_until = now + WELL

    def _worst(
        self, now: datetime, day: date, missing: Mapping[str, str], known: Mapping[str, Announcement]
    ) -> _Trouble | None:
        if missing and now >= calendar.feed_changes_at(day) + USUAL:
            return _Trouble(_NAME, day, missing)
        # What contradicts its own counts when asked for again will hardly get better by waiting: arXiv's pages have
        # changed, or are read wrongly.
        differing = {
            category: reason
            for category, reason in missing.items()
            if (announcement := known.get(category)) is not None
            and announcement.state is AnnouncementState.INCOMPLETE
            and announcement.fetched_at != announcement.asked_since
        }
        return _Trouble("announcements-differ", day, differing) if differing else None

    async def _raise(self, trouble: _Trouble, now: datetime) -> None:
        """One message however many categories and whatever follows from it, until all is well again."""
        async with self._db.begin() as session:
            news = await notices.raise_once(session, _NAME, now)
        if not news:
            return
        event(
            _log,
            trouble.key.replace("-", "_"),
            level=logging.WARNING,
            date=trouble.day,
            categories=",".join(trouble.reasons) or "-",
        )
        await self._tell(
            trouble.key,
            date=trouble.day,
            count=len(trouble.reasons),
            categories=", ".join(list(trouble.reasons)[:_SHOWN]),
            reason=next((why[:_LONGEST_REASON] for why in trouble.reasons.values() if why), "-"),
        )

    async def _all_well(self, day: date) -> None:
        async with self._db.begin() as session:
            well_again = await notices.clear(session, _NAME)
        if well_again:
            event(_log, "announcements_well", date=day)
            await self._tell("announcements-well", date=day)
