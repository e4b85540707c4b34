"""What arXiv announced: from the store, the feed in its forms, the listing page; past dates from the catch-up page.

What is older than those pages is chosen by submission time, and marked as approximate for ever.

Identity is decided by id sets and arXiv's calendar, never by a feed's own dates; a page's date is arXiv's word for what
it shows and has to be the one asked for. Whatever stays unknown is stored as unknown, with the time to ask again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.announcements.sources import Answer, Sources
from bot.arxiv_source import calendar
from bot.arxiv_source.client import ArxivClient
from bot.arxiv_source.errors import ArxivUnavailable
from bot.log import event
from storage import announcements, cached_answers, subscriptions
from storage.database import Database
from storage.records import AnnouncedEntry, Announcement, AnnouncementState, Now

_log = logging.getLogger(__name__)

CATCH_UP = timedelta(days=90)
"""How far back arXiv's catch-up pages go."""

KEPT = timedelta(days=14)
"""For how long an answer is worth asking about: a feed that did not change for so long is of no category followed."""

BEGINNING = date(1991, 8, 15)
"""The day after arXiv's first paper came in."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An announcement and its entries as they were just fetched, or as they were stored before."""

    announcement: Announcement
    entries: tuple[AnnouncedEntry, ...]


class AnnouncementFetcher:
    """Finds announcements and stores what is known of them."""

    def __init__(self, *, db: Database, arxiv: ArxivClient, now: Now, retention_days: int = 0) -> None:
        """`retention_days`: how long an announcement's bytes are kept; 0 for ever."""
        self._retention_days = retention_days
        self._swept: date | None = None
        self._looked_again: set[tuple[str, date]] = set()
        self._db = db
        self._sources = Sources(db=db, arxiv=arxiv)
        self._now = now

    async def due(self, since: Mapping[str, date]) -> list[Announcement]:
        """Ask for all that is missing after these dates, by category: the newest announcements first, then older ones.

        Those that arXiv did not have a moment ago are left until their pause is over.
        """
        now = self._now()
        newest = calendar.mailing_date(now)
        await self._sweep(newest)
        wanted = [(newest, category) for category in sorted(since)]
        for category, cursor in sorted(since.items()):
            wanted += [(day, category) for day in calendar.mailing_dates(cursor, calendar.previous(newest))]
        before = min([calendar.previous(newest), *since.values()])
        async with self._db.read() as session:
            known = await announcements.known_after(session, since, before)
        if unheard := [category for category in since if (category, newest) not in known]:
            async with self._db.begin() as session:
                await announcements.expect(session, unheard, newest)
        await self._look_once_more(since, calendar.previous(newest), newest)
        missing = [
            announcement for announcement in wanted if self._is_missing(known.get((announcement[1], announcement[0])))
        ]
        return [found for day, category in missing if (found := await self._unless_known(category, day)) is not None]

    async def _look_once_more(self, categories: Collection[str], day: date, newest: date) -> None:
        """The day after: whether a mailing that had no papers has some by now. Each is asked for once."""
        async with self._db.read() as session:
            known = await announcements.on(session, categories, day)
        for category, found in sorted(known.items()):
            settled = found.fetched_at is None or found.fetched_at >= calendar.feed_changes_at(newest)
            if found.state is not AnnouncementState.EMPTY or settled or (category, day) in self._looked_again:
                continue
            self._looked_again.add((category, day))
            if (await self.fetch(category, day)).state is AnnouncementState.FETCHED:
                async with self._db.begin() as session:
                    await subscriptions.go_back(session, category, day, calendar.previous(day))
                event(_log, "announcement_after_all", level=logging.WARNING, category=category, date=day)

    async def held(self, category: str, day: date, *, at_once: bool = False) -> Fetched | None:
        """The announcement of that date, from the store or from arXiv; None for a date without a mailing.

        One that arXiv did not have a moment ago is not asked for again before its pause is over, unless `at_once`.
        """
        async with self._db.read() as session:
            known = await announcements.get(session, category, day)
        pausing = known is not None and known.retry_at is not None and self._now() < known.retry_at
        if (known is None or not known.state.complete) and (at_once or not pausing):
            if not BEGINNING <= day <= calendar.mailing_date(self._now()) or not calendar.is_mailing_date(day):
                return None
            known = await self.fetch(category, day)
        if known is None:
            return None
        async with self._db.read() as session:
            entries = await announcements.entries(session, [known.id])
        return Fetched(known, tuple(entries))

    async def fetch(self, category: str, day: date) -> Announcement:
        """Ask arXiv for the announcement of that mailing date and store what is known of it.

        The state of the answer tells what came of it; nothing unknown is ever stored as complete.
        """
        try:
            answer = await self._ask(category, day)
        except ArxivUnavailable as error:
            answer = Answer(AnnouncementState.LATE, reason=str(error), not_before=error.retry_at)
        now = self._now()
        found = Announcement(
            id=0,
            category=category,
            mailing_date=day,
            state=answer.state,
            entry_count=len(answer.entries),
            source=answer.source,
            reason=answer.reason,
            fetched_at=now,
            retry_at=None if answer.state.complete else max(now + _pause(day, now), answer.not_before or now),
            approximate=answer.approximate,
        )
        async with self._db.begin() as session:
            stored = await announcements.save(session, found, answer.entries, answer.body)
        event(
            _log,
            "announcement",
            category=category,
            date=day,
            state=answer.state,
            entries=len(answer.entries),
            source=answer.source or "-",
            reason=answer.reason or "-",
        )
        # What was had before stays stored; what came of asking is told all the same.
        return stored if stored.state is found.state else replace(found, id=stored.id)

    async def _ask(self, category: str, day: date) -> Answer:
        now = self._now()
        if day == calendar.mailing_date(now):
            return await self._sources.newest(category, day, now)
        if day >= (now - CATCH_UP).astimezone(calendar.EASTERN).date():
            return await self._sources.past(category, day)
        return await self._sources.by_submission(category, day)

    async def _sweep(self, newest: date) -> None:
        """Once for each mailing date: forget the bytes that are older than they need to be."""
        if self._swept == newest:
            return
        dropped = 0
        async with self._db.begin() as session:
            if self._retention_days:
                dropped = await announcements.drop_raw(session, newest - timedelta(days=self._retention_days))
            answers = await cached_answers.drop(session, self._now() - KEPT)
        self._swept = newest
        self._looked_again.clear()
        event(_log, "bytes_dropped", announcements=dropped, answers=answers)

    async def _unless_known(self, category: str, day: date) -> Announcement | None:
        async with self._db.read() as session:
            known = await announcements.get(session, category, day)
        return await self.fetch(category, day) if self._is_missing(known) else None

    def _is_missing(self, known: Announcement | None) -> bool:
        if known is None:
            return True
        return not known.state.complete and (known.retry_at is None or self._now() >= known.retry_at)


def _pause(day: date, now: datetime) -> timedelta:
    """Growing pauses between questions about one announcement: a quarter of its lateness, 5 to 60 minutes."""
    late = now - calendar.feed_changes_at(day)
    return min(max(late / 4, timedelta(minutes=5)), timedelta(minutes=60))
