"""What arXiv announced: from the store, the feed in its forms, the listing page; past dates from the catch-up page.

Identity is decided by id sets and arXiv's calendar, never by a feed's own dates; a page's date is arXiv's word for what
it shows and has to be the one asked for. Whatever stays unknown is stored as unknown, with the time to ask again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.arxiv_source import calendar
from bot.arxiv_source.client import ArxivClient, FeedForm
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.feed import FeedCut, FeedError, FeedRefused, NotAFeed, parse_feed
from bot.arxiv_source.ids import ArxivId
from bot.arxiv_source.pages import Listing, PageError, parse_listing
from bot.compose import COMPLETE
from bot.log import event
from storage import announcements
from storage.database import Database
from storage.records import AnnouncedEntry, Announcement, AnnouncementState, Entry, Now, Paper

_log = logging.getLogger(__name__)

STALE_SHARE = 0.5
"""A feed that shares at least this part of its ids with the last announcement is that one again. Ids carry versions,
so replacements do not count as shared; on recorded days consecutive announcements share none."""

FEED_LIMIT = 2000
"""A feed with so many entries may lack others: arXiv's feeds end there."""

CATCH_UP = timedelta(days=90)
"""How far back arXiv's catch-up pages go."""

_MOST_PAGES = 10
_BETWEEN_PAGES = b"\0"


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


class Gather:
    """Finds announcements and stores what is known of them."""

    def __init__(self, *, db: Database, arxiv: ArxivClient, now: Now, retention_days: int = 0) -> None:
        """`retention_days`: how long an announcement's bytes are kept; 0 for ever."""
        self._retention_days = retention_days
        self._swept: date | None = None
        self._db = db
        self._arxiv = arxiv
        self._now = now

    async def due(self, since: Mapping[str, date]) -> list[Announcement]:
        """Ask for all that is missing after these dates, by category: the newest announcements first, then older ones.

        Those that arXiv did not have a moment ago are left until their pause is over.
        """
        now = self._now()
        newest = calendar.mailing_date(now)
        oldest = (now - CATCH_UP).date()
        await self._sweep(newest)
        wanted = [(newest, category) for category in sorted(since)]
        for category, cursor in sorted(since.items()):
            missed = calendar.mailing_dates(max(cursor, oldest), calendar.previous(newest))
            wanted += [(day, category) for day in missed]
        return [found for day, category in wanted if (found := await self._unless_known(category, day)) is not None]

    async def held(self, category: str, day: date, *, at_once: bool = False) -> Fetched | None:
        """The announcement of that date, from the store or from arXiv; None for a date that arXiv cannot replay.

        One that arXiv did not have a moment ago is not asked for again before its pause is over, unless `at_once`.
        """
        async with self._db.read() as session:
            known = await announcements.get(session, category, day)
        pausing = known is not None and known.retry_at is not None and self._now() < known.retry_at
        if (known is None or known.state not in COMPLETE) and (at_once or not pausing):
            now = self._now()
            if not (now - CATCH_UP).date() <= day <= calendar.mailing_date(now) or not calendar.is_mailing_date(day):
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
            newest = day == calendar.mailing_date(self._now())
            answer = await (self._ask_newest(category, day) if newest else self._ask_past(category, day))
        except ArxivUnavailable as error:
            answer = _Answer(AnnouncementState.LATE, reason=str(error), not_before=error.retry_at)
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
            source=answer.source or "-",
            reason=answer.reason or "-",
        )
        return stored

    async def _sweep(self, newest: date) -> None:
        """Once for each mailing date: forget the bytes that are older than they need to be."""
        if not self._retention_days or self._swept == newest:
            return
        async with self._db.begin() as session:
            dropped = await announcements.drop_raw(session, newest - timedelta(days=self._retention_days))
        self._swept = newest
        event(_log, "bytes_dropped", announcements=dropped)

    async def _unless_known(self, category: str, day: date) -> Announcement | None:
        async with self._db.read() as session:
            known = await announcements.get(session, category, day)
        if known is not None and known.state in COMPLETE:
            return None
        if known is not None and known.retry_at is not None and self._now() < known.retry_at:
            return None
        return await self.fetch(category, day)

    async def _ask_newest(self, category: str, day: date) -> _Answer:
        """The feed in its forms, which are cached apart at arXiv, then the page, which states its own date."""
        # Some categories are spelt alike in both letter cases; a form is asked once.
        forms: dict[tuple[FeedForm, str], None] = {("atom", category): None, ("rss", category): None}
        forms["atom", category.lower()] = None
        answer = _Answer(AnnouncementState.LATE)
        for form, query in forms:
            answer = await self._ask_feed(category, day, form, query)
            if answer.state in COMPLETE or answer.not_before is not None:
                return answer
        page = await self._ask_page(category, day)
        # Where the page knows no better, the feed's own trouble is the more telling reason.
        return page if page.state in COMPLETE or page.state is AnnouncementState.INCOMPLETE else answer

    async def _ask_feed(self, category: str, day: date, form: FeedForm, query: str) -> _Answer:
        try:
            fetched = await self._arxiv.feed(query, form=form)
            feed = parse_feed(fetched.body)
        except FeedCut as error:
            return _Answer(AnnouncementState.INCOMPLETE, reason=str(error))
        except (FeedRefused, FeedError) as error:
            return _Answer(AnnouncementState.LATE, reason=str(error))
        entries = _on(day, feed.entries)
        if not entries:
            return _Answer(AnnouncementState.LATE, reason="the feed is empty on a mailing date")
        if len(entries) >= FEED_LIMIT:
            return _Answer(AnnouncementState.INCOMPLETE, reason=f"the feed ends at its limit of {FEED_LIMIT} entries")
        if await self._is_last_one_again(category, day, entries):
            return _Answer(AnnouncementState.STALE, reason="the feed still holds the last announcement")
        return _Answer(AnnouncementState.FETCHED, entries, fetched.body, fetched.url)

    async def _ask_page(self, category: str, day: date) -> _Answer:
        try:
            fetched = await self._arxiv.listing(category)
            listing = parse_listing(fetched.body, category)
        except PageError as error:
            return _Answer(AnnouncementState.LATE, reason=str(error))
        return await self._with_versions(_of_listings(day, [listing], [fetched.body], fetched.url), [listing])

    async def _ask_past(self, category: str, day: date) -> _Answer:
        listings: list[Listing] = []
        bodies: list[bytes] = []
        source = ""
        for page in range(1, _MOST_PAGES + 1):
            try:
                fetched = await self._arxiv.catchup(category, day, page=page)
                listings.append(parse_listing(fetched.body, category))
            except PageError as error:
                return _Answer(AnnouncementState.LATE, reason=str(error))
            bodies.append(fetched.body)
            source = source or fetched.url
            if _shown(listings) >= listings[-1].total:
                break
        return await self._with_versions(_of_listings(day, listings, bodies, source), listings)

    async def _with_versions(self, answer: _Answer, listings: Sequence[Listing]) -> _Answer:
        """The same with the versions that the pages do not tell, as far as arXiv tells them now."""
        guessed = {arxiv_id for listing in listings for arxiv_id in listing.unversioned}
        asked = [ArxivId(one.paper.arxiv_id) for one in answer.entries if one.paper.arxiv_id in guessed]
        if not asked:
            return answer
        try:
            found = {one.arxiv_id: paper for one, paper in (await self._arxiv.papers(asked)).items()}
        except ArxivUnavailable as error:
            event(_log, "versions_unknown", level=logging.WARNING, papers=len(asked), reason=error)
            return answer
        entries = tuple(_versioned(one, found.get(one.paper.arxiv_id)) for one in answer.entries)
        return replace(answer, entries=entries)

    async def _is_last_one_again(self, category: str, day: date, entries: Sequence[Entry]) -> bool:
        async with self._db.read() as session:
            last = await announcements.latest(session, category, before=day)
            before = await announcements.ids(session, last.id) if last is not None else frozenset()
        ids = {(entry.paper.arxiv_id, entry.paper.version) for entry in entries}
        return len(ids & before) >= STALE_SHARE * len(ids)


def read_again(raw: bytes, category: str, day: date) -> tuple[Entry, ...]:
    """The entries in an announcement's stored bytes, feed or pages. Raises FeedError or PageError."""
    try:
        return _on(day, parse_feed(raw).entries)
    except NotAFeed:
        listings = [parse_listing(page, category) for page in raw.split(_BETWEEN_PAGES)]
        return _on(day, [entry for listing in listings for entry in listing.entries])


def _of_listings(day: date, listings: Sequence[Listing], bodies: Sequence[bytes], source: str) -> _Answer:
    dated = {listing.mailing_date for listing in listings}
    if dated != {day}:
        shown = ", ".join(sorted(one.isoformat() for one in dated - {day}))
        return _Answer(AnnouncementState.LATE, reason=f"arXiv's page is of {shown}")
    if _shown(listings) != listings[-1].total:
        reason = f"the pages show {_shown(listings)} of {listings[-1].total} papers"
        return _Answer(AnnouncementState.INCOMPLETE, reason=reason)
    entries = _on(day, [entry for listing in listings for entry in listing.entries])
    state = AnnouncementState.FETCHED if entries else AnnouncementState.EMPTY
    reason = "" if entries else "arXiv's page of this date has no papers"
    return _Answer(state, entries, _BETWEEN_PAGES.join(bodies), source, reason)


def _versioned(entry: Entry, known: Paper | None) -> Entry:
    if known is None:
        return entry
    paper = replace(entry.paper, version=known.version, abstract=entry.paper.abstract or known.abstract)
    return replace(entry, paper=paper)


def _shown(listings: Sequence[Listing]) -> int:
    return sum(sum(listing.shown.values()) for listing in listings)


def _on(day: date, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(replace(one, paper=replace(one.paper, announced_on=day)) for one in entries)


def _pause(day: date, now: datetime) -> timedelta:
    """Growing pauses between questions about one announcement: a quarter of its lateness, 5 to 60 minutes."""
    late = now - calendar.feed_changes_at(day)
    return min(max(late / 4, timedelta(minutes=5)), timedelta(minutes=60))
