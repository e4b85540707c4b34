"""JOURNEY clock → digest: announcements fetched → papers translated → digests composed → delivery rows written.

`Daily.tick` reads top to bottom in that order. Fetching costs once per category, translating once per paper and
language, rendering once per distinct digest, however many chats there are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.arxiv_source import calendar
from bot.arxiv_source.client import ArxivClient, FeedForm
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.feed import FeedCut, FeedError, FeedRefused, parse_feed
from bot.compose import COMPLETE, compose, cursors, waits
from bot.i18n import words_for
from bot.localtime import next_run
from bot.log import event
from bot.lookup import ensure
from bot.render.digest import render_digest
from bot.translate.chain import Chain
from storage import announcements, deliveries, digests, papers, subscriptions
from storage.database import Database
from storage.records import (
    AnnouncedEntry,
    Announcement,
    AnnouncementState,
    BilingualPaper,
    Destination,
    Digest,
    Entry,
    Now,
    Part,
    Subscription,
)

_log = logging.getLogger(__name__)

STALE_SHARE = 0.5
"""A feed that shares at least this part of its ids with the last announcement is that one again. Ids carry versions,
so replacements do not count as shared; on recorded days consecutive announcements share none."""


_FORMS: tuple[FeedForm, ...] = ("atom", "rss")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An announcement and its entries as they were just fetched, or as they were stored before."""

    announcement: Announcement
    entries: tuple[AnnouncedEntry, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What asking for an announcement came to. `not_before`: when arXiv wants to be asked again at the earliest."""

    state: AnnouncementState
    entries: tuple[Entry, ...] = ()
    body: bytes | None = None
    source: str = ""
    reason: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did."""

    fetched: tuple[Announcement, ...] = ()
    digests: int = 0
    rows: int = 0


class Daily:
    """Turns announcements into delivery rows. `planned` is called after rows were written."""

    def __init__(
        self,
        *,
        db: Database,
        arxiv: ArxivClient,
        chain: Chain,
        now: Now,
        web_url: str,
        planned: Callable[[], None],
    ) -> None:
        self._db = db
        self._arxiv = arxiv
        self._chain = chain
        self._now = now
        self._web_url = web_url
        self._planned = planned
        self._one_at_a_time = asyncio.Lock()

    async def tick(self) -> Ticked:
        """Fetch what is announced, translate it, and plan what is due. Repeating it changes nothing."""
        async with self._one_at_a_time:
            return await self._tick()

    async def _tick(self) -> Ticked:
        async with self._db.read() as session:
            wanted = await subscriptions.categories(session)
        day = calendar.mailing_date(self._now())
        fetched = [announcement for category in wanted if (announcement := await self._fetch_due(category, day))]
        await self._translate_announced(fetched)
        made, rows = await self._plan()
        return Ticked(tuple(fetched), made, rows)

    async def fetch(self, category: str, day: date) -> Announcement:
        """Ask arXiv for the announcement of that mailing date, which must be the newest, and store what is known of it.

        The state of the answer tells what came of it; nothing unknown is ever stored as complete.
        """
        answer = await self._ask(category, day)
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
            retry_at=None if answer.state in COMPLETE else max(now + _pause(day, now), answer.not_before or now),
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
            reason=answer.reason or "-",
        )
        return stored

    async def digest_now(self, destination: Destination, wanted: Sequence[str], day: date) -> tuple[Part, ...] | None:
        """The digest of these categories for a mailing date, rendered for a destination but not planned.

        None when the announcement is not (yet) known; no parts when it is known and empty.
        """
        held = [await self.held(category, day) for category in wanted]
        known = [one for one in held if one is not None]
        if not any(one.announcement.state in COMPLETE for one in known):
            return None
        wishes = [Subscription(destination.id, category, cursor=day - timedelta(days=1)) for category in wanted]
        digest = compose(
            destination,
            wishes,
            [one.announcement for one in known],
            {one.announcement.id: one.entries for one in known},
        )
        return await self.render(digest) if digest is not None else ()

    async def held(self, category: str, day: date, *, at_once: bool = False) -> Fetched | None:
        """The announcement of that date: from the store, else from arXiv if it is the newest one.

        One that arXiv did not have a moment ago is not asked for again before its pause is over, unless `at_once`.
        """
        async with self._db.read() as session:
            known = await announcements.get(session, category, day)
        pausing = known is not None and known.retry_at is not None and self._now() < known.retry_at
        if (known is None or known.state not in COMPLETE) and (at_once or not pausing):
            if day != calendar.mailing_date(self._now()):
                return None
            known = await self.fetch(category, day)
        if known is None:
            return None
        async with self._db.read() as session:
            entries = await announcements.entries(session, [known.id])
        return Fetched(known, tuple(entries))

    async def render(self, digest: Digest) -> tuple[Part, ...]:
        """The digest's parts, with every translation that can be had now."""
        listed = await self.entries(digest)
        texts = await ensure(self._db, self._chain, [entry.paper for entry in listed], digest.language)
        bilingual = [
            BilingualPaper(entry.paper, texts[entry.paper.source_hash], entry.announce_type) for entry in listed
        ]
        return render_digest(digest, bilingual, words_for(digest.interface), base=self._web_url)

    async def entries(self, digest: Digest) -> list[Entry]:
        """The digest's papers from the archive, in its order."""
        async with self._db.read() as session:
            found = await papers.many(session, [(entry.arxiv_id, entry.version) for entry in digest.entries])
        return [
            Entry(paper, entry.announce_type)
            for entry in digest.entries
            if (paper := found.get((entry.arxiv_id, entry.version))) is not None
        ]

    async def _fetch_due(self, category: str, day: date) -> Announcement | None:
        async with self._db.read() as session:
            known = await announcements.get(session, category, day)
        now = self._now()
        if known is not None and (known.state in COMPLETE or (known.retry_at is not None and now < known.retry_at)):
            return None
        return await self.fetch(category, day)

    async def _ask(self, category: str, day: date) -> _Answer:
        answer = _Answer(AnnouncementState.LATE)
        # The second form is asked only when the first gave nothing: they are cached apart at arXiv.
        for form in _FORMS:
            try:
                fetched = await self._arxiv.feed(category, form=form)
                feed = parse_feed(fetched.body)
            except ArxivUnavailable as error:
                return _Answer(AnnouncementState.LATE, reason=str(error), not_before=error.retry_at)
            except FeedRefused as error:
                return _Answer(AnnouncementState.LATE, reason=str(error))
            except FeedCut as error:
                answer = _Answer(AnnouncementState.INCOMPLETE, reason=str(error))
                continue
            except FeedError as error:
                answer = _Answer(AnnouncementState.LATE, reason=str(error))
                continue
            entries = tuple(replace(one, paper=replace(one.paper, announced_on=day)) for one in feed.entries)
            if not entries:
                answer = _Answer(AnnouncementState.LATE, reason="the feed is empty on a mailing date")
            elif await self._is_last_one_again(category, day, entries):
                answer = _Answer(AnnouncementState.STALE, reason="the feed still holds the last announcement")
            else:
                return _Answer(AnnouncementState.FETCHED, entries, fetched.body, fetched.url)
        return answer

    async def _is_last_one_again(self, category: str, day: date, entries: Sequence[Entry]) -> bool:
        async with self._db.read() as session:
            last = await announcements.latest(session, category, before=day)
            before = await announcements.ids(session, last.id) if last is not None else frozenset()
        ids = {(entry.paper.arxiv_id, entry.paper.version) for entry in entries}
        return len(ids & before) >= STALE_SHARE * len(ids)

    async def _translate_announced(self, fetched: Iterable[Announcement]) -> None:
        """Translate ahead of the digests, so that one that is due at nine goes out at nine."""
        for announcement in fetched:
            if announcement.state is not AnnouncementState.FETCHED:
                continue
            async with self._db.read() as session:
                wishes = await subscriptions.languages(session, announcement.category)
                entries = await announcements.entries(session, [announcement.id])
                found = await papers.many(session, [(entry.arxiv_id, entry.version) for entry in entries])
            for language, kinds in wishes.items():
                wanted = [found[(one.arxiv_id, one.version)] for one in entries if one.announce_type in kinds]
                await ensure(self._db, self._chain, wanted, language)

    async def _plan(self) -> tuple[int, int]:
        now = self._now()
        async with self._db.read() as session:
            due = await subscriptions.due(session, now)
        rendered: dict[str, tuple[Part, ...]] = {}
        rows = 0
        for destination, wishes in due:
            known, entries, delivered = await self._known(destination, wishes, now)
            complete = {(one.category, one.mailing_date) for one in known}
            if waits(wishes, complete, now):
                continue
            digest = compose(destination, wishes, known, entries, delivered=delivered)
            if digest is not None and digest.key not in rendered:
                rendered[digest.key] = await self.render(digest)
            rows += await self._write(destination, wishes, known, digest, rendered)
        if rows:
            event(_log, "planned", digests=len(rendered), rows=rows)
            self._planned()
        return len(rendered), rows

    async def _known(
        self, destination: Destination, wishes: Sequence[Subscription], now: datetime
    ) -> tuple[list[Announcement], Mapping[int, list[AnnouncedEntry]], set[str]]:
        since = {wish.category: wish.cursor for wish in wishes}
        async with self._db.read() as session:
            known = await announcements.since(session, since, calendar.mailing_date(now))
            listed = await announcements.entries(session, [one.id for one in known])
            delivered = await digests.delivered_papers(session, destination.id)
        entries: dict[int, list[AnnouncedEntry]] = {}
        for entry in listed:
            entries.setdefault(entry.announcement_id, []).append(entry)
        return known, entries, delivered

    async def _write(
        self,
        destination: Destination,
        wishes: Sequence[Subscription],
        known: Sequence[Announcement],
        digest: Digest | None,
        rendered: Mapping[str, tuple[Part, ...]],
    ) -> int:
        """One transaction: the destination moves on and its rows exist, or neither."""
        now = self._now()
        ahead = cursors(wishes, known)
        if not ahead and (destination.next_run_at is None or not _nothing_left(wishes, now)):
            return 0
        following = (
            next_run(destination.delivery_time, destination.timezone, now)
            if destination.delivery_time is not None
            else None
        )
        async with self._db.begin() as session:
            moved = await subscriptions.advance(
                session, destination.id, ahead, expected=destination.next_run_at, next_run_at=following
            )
            if not moved or digest is None:
                return 0
            saved = await digests.save(session, digest, rendered[digest.key], now)
            return await deliveries.plan(session, saved.id, [destination.id])


def _nothing_left(wishes: Iterable[Subscription], now: datetime) -> bool:
    """Whether every subscription already has the newest announcement, so that a timed slot passes in silence."""
    day = calendar.mailing_date(now)
    return all(wish.cursor >= day for wish in wishes)


def _pause(day: date, now: datetime) -> timedelta:
    """Growing pauses between questions about one announcement: a quarter of its lateness, 5 to 60 minutes."""
    late = now - calendar.feed_changes_at(day)
    return min(max(late / 4, timedelta(minutes=5)), timedelta(minutes=60))
