"""Where an announcement can be had: the feed in its forms, the listing page, the catch-up page, at last the API.

Each source answers with a state and, where it is not the announcement in full, with the reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.arxiv_source import calendar, categories, lookup_api
from bot.arxiv_source.client import ArxivClient, FeedForm
from bot.arxiv_source.download import FetchedFeed
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.feed import FeedCut, FeedError, NotAFeed, parse_feed
from bot.arxiv_source.ids import ArxivId
from bot.arxiv_source.pages import CountsDiffer, Listing, PageError, parse_listing
from bot.arxiv_source.volumes import TYPICAL
from bot.log import event
from storage import announcements
from storage.database import Database
from storage.records import FIRST_SEEN, Announcement, AnnouncementState, AnnounceType, Entry, Paper

_Parsed = TypeVar("_Parsed")
_log = logging.getLogger(__name__)

STALE_SHARE = 0.5
"""A feed that shares at least this part of its ids with announcements of the last weeks is one of them again. Ids carry
versions, so replacements do not count as shared; on recorded days consecutive announcements share none."""

_LOOK_BACK = timedelta(days=21)

FEED_LIMIT = 2000
"""A feed with so many entries may lack others: arXiv's feeds end there."""

_ASKED_FOR_THEIR_DATES = 20
_MOST_PAGES = 10
SETTLED_AFTER = timedelta(hours=6)
"""After the feeds have changed: a page that has no papers by then has none."""

FEW = 5.0
"""Papers a day. Where fewer are usual a day without any is no surprise."""

_USUAL = timedelta(days=30)
_EMPTY = "the feed is empty on a mailing date"
_SAYS_NONE = "the page has no papers on a mailing date, which may still change"
_PERHAPS_A_HOLIDAY = f"{_EMPTY}, unless arXiv had a holiday: those of that year are not known here"
_BETWEEN_PAGES = b"\0"


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking for an announcement came to."""

    state: AnnouncementState
    entries: tuple[Entry, ...] = ()
    body: bytes | None = None
    source: str = ""
    reason: str = ""
    not_before: datetime | None = None
    """When arXiv wants to be asked again at the earliest."""
    page_of: date | None = None
    """The date of a page that is not the one asked for."""
    approximate: bool = False
    """Whether the entries were chosen by submission time."""
    full: bool = False
    """Whether a feed holds as much as feeds can: in another form it would hold no more."""
    dated: bool = True
    """Whether it is known of which mailing date the entries are."""


class Sources:
    """Asks arXiv for announcements; nothing is stored here."""

    def __init__(self, *, db: Database, arxiv: ArxivClient) -> None:
        self._db = db
        self._arxiv = arxiv

    async def newest(self, category: str, day: date, now: datetime) -> Answer:
        """The feed in its forms, which are cached apart at arXiv, then the page, which states its own date.

        That there are no papers counts where few are usual, or when it is too late to change: a page said so of a large
        category an hour before its thirty papers were there. Raises ArxivUnavailable while arXiv wants to be left
        alone, or when its pages cannot be had either.
        """
        # Some categories are spelt alike in both letter cases; a form is asked once.
        forms: dict[tuple[FeedForm, str], None] = {("atom", category): None, ("rss", category): None}
        forms["atom", category.lower()] = None
        answer = Answer(AnnouncementState.LATE)
        for form, query in forms:
            try:
                answer = await self._ask_feed(category, day, form, query)
            except ArxivUnavailable as error:
                if error.retry_at is not None:
                    raise
                answer = Answer(AnnouncementState.LATE, reason=error.reason)
                _passed_over(category, day, f"{form}/{query}", answer)
                # Feeds have a host of their own: where one cannot be had, the others cannot, but pages may.
                break
            if answer.state.complete:
                return answer if answer.dated else await self._confirmed(category, day, answer)
            _passed_over(category, day, f"{form}/{query}", answer)
            if answer.full:
                break
        page = await self._ask_page(category, day)
        if page.state is AnnouncementState.EMPTY and not await self._is_settled(category, day, now):
            return Answer(AnnouncementState.LATE, reason=_SAYS_NONE)
        # Where the page knows no better, the feed's own trouble is the more telling reason.
        return page if page.state.complete or page.state is AnnouncementState.INCOMPLETE else answer

    async def _is_settled(self, category: str, day: date, now: datetime) -> bool:
        """Whether a page without papers is to be believed at this time."""
        if now >= calendar.feed_changes_at(day) + SETTLED_AFTER:
            return True
        async with self._db.read() as session:
            counted = await announcements.per_day(session, [category], day - _USUAL)
        usual = counted.get(category, TYPICAL.get(category))
        return usual is not None and usual < FEW

    async def past(self, category: str, day: date) -> Answer:
        """The catch-up pages of that date. Raises ArxivUnavailable."""
        return await self._pages(category, day, lambda number: self._arxiv.catchup(category, day, page=number))

    async def by_submission(self, category: str, day: date) -> Answer:
        """The papers that were submitted when those of that date were, for dates that arXiv no longer shows.

        Close to what was announced, and never the same to the last paper: moderators hold some back, and replacements
        are not told. Raises ArxivUnavailable.
        """
        pages = await self._arxiv.submitted(category, *calendar.submissions(day))
        entries = _of_submissions(category, [paper for page in pages for paper in page.papers])
        return Answer(
            AnnouncementState.FETCHED if entries else AnnouncementState.EMPTY,
            entries,
            _BETWEEN_PAGES.join(page.body for page in pages),
            self._arxiv.api_url,
            "chosen by submission time",
            approximate=True,
        )

    async def _ask_feed(self, category: str, day: date, form: FeedForm, query: str) -> Answer:
        try:
            fetched = await self._arxiv.feed(query, form=form)
            feed = await self._read(fetched, parse_feed)
        except FeedCut as error:
            return Answer(AnnouncementState.INCOMPLETE, reason=str(error))
        except FeedError as error:
            return Answer(AnnouncementState.LATE, reason=str(error))
        entries = _on(day, feed.entries)
        if not entries:
            return Answer(AnnouncementState.LATE, reason=_EMPTY if calendar.holidays_known(day) else _PERHAPS_A_HOLIDAY)
        if len(entries) >= FEED_LIMIT:
            reason = f"the feed ends at its limit of {FEED_LIMIT} entries"
            return Answer(AnnouncementState.INCOMPLETE, reason=reason, full=True)
        whole = Answer(AnnouncementState.FETCHED, entries, fetched.body, fetched.url)
        answer = await self._told_from_earlier(category, day, whole)
        return replace(answer, reason=f"{answer.reason} (HTTP 304)") if answer.reason and fetched.unchanged else answer

    async def _read(self, fetched: FetchedFeed, parse: Callable[[bytes], _Parsed]) -> _Parsed:
        """What the bytes hold; they are kept if they are whole. Raises what `parse` does."""
        try:
            # Beside the event loop: the largest takes a good part of a second, and a hostile one more.
            parsed = await asyncio.to_thread(parse, fetched.body)
        except (FeedError, PageError):
            await self._arxiv.forget(fetched)
            raise
        await self._arxiv.keep(fetched)
        return parsed

    async def _told_from_earlier(self, category: str, day: date, feed: Answer) -> Answer:
        """The feed, unless it is an earlier one again by what is known here."""
        async with self._db.read() as session:
            before = await announcements.ids(session, category, after=day - _LOOK_BACK, before=day)
            last = await announcements.get(session, category, calendar.previous(day))
        if _share(feed.entries, before) >= STALE_SHARE:
            return Answer(AnnouncementState.STALE, reason="the feed still holds an earlier announcement")
        # Where the announcement before is not known here, the feed may still hold that one; nothing in it tells.
        return replace(feed, dated=last is not None and last.state.complete)

    async def _confirmed(self, category: str, day: date, feed: Answer) -> Answer:
        """A feed that may be of an earlier date, once something else tells its date; or what the page has instead."""
        try:
            page = await self._ask_page(category, day)
        except ArxivUnavailable as error:
            if error.retry_at is not None:
                raise
            return await self._dated_by_submissions(day, feed, error.reason)
        if not page.state.complete:
            return replace(page, reason=f"the feed cannot be told from an earlier one: {page.reason}")
        held = {entry.paper.arxiv_id for entry in feed.entries}
        listed = {entry.paper.arxiv_id for entry in page.entries}
        first_seen = {entry.paper.arxiv_id for entry in page.entries if entry.announce_type in FIRST_SEEN}
        # The page is counted; a feed of that date may lack only late replacements, which no feed tells.
        return feed if first_seen <= held and len(held & listed) >= STALE_SHARE * len(held) else page

    async def _dated_by_submissions(self, day: date, feed: Answer, reason: str) -> Answer:
        """The feed, if most of a few new papers in it were submitted when papers of that date were."""
        new = [entry.paper for entry in feed.entries if entry.announce_type is AnnounceType.NEW][
            -_ASKED_FOR_THEIR_DATES:
        ]
        found = await self._arxiv.papers([ArxivId(paper.arxiv_id, 1) for paper in new])
        begin, end = calendar.submissions(day)
        fitting = sum(paper.submitted_at is not None and begin <= paper.submitted_at < end for paper in found.values())
        if new and fitting > len(new) / 2:
            return feed
        why = f"the feed cannot be told from an earlier one: {reason}"
        return Answer(AnnouncementState.LATE, reason=why)

    async def _ask_page(self, category: str, day: date) -> Answer:
        answer = await self._pages(category, day, lambda number: self._arxiv.listing(category, page=number))
        if answer.page_of is not None and answer.page_of > day:
            # From 20:00 Eastern on it shows the next mailing already, four hours before the feeds do.
            return await self.past(category, day)
        return answer

    async def _pages(self, category: str, day: date, ask: Callable[[int], Awaitable[FetchedFeed]]) -> Answer:
        """All pages of a listing; of large archives there are more than one."""
        listings: list[Listing] = []
        bodies: list[bytes] = []
        source = ""
        for number in range(1, _MOST_PAGES + 1):
            try:
                fetched = await ask(number)
                listings.append(await self._read(fetched, partial(parse_listing, query=category)))
            except PageError as error:
                return _unread(error)
            bodies.append(fetched.body)
            source = source or fetched.url
            # A page of another date is not gone through to its end.
            if _shown(listings) >= listings[-1].total or listings[-1].mailing_date != day:
                break
        return await self._completed(_of_listings(day, listings, bodies, source), listings)

    async def _completed(self, answer: Answer, listings: Sequence[Listing]) -> Answer:
        """The entries of pages with the versions and authors that pages do not tell, as far as arXiv tells them now."""
        guessed = {arxiv_id for listing in listings for arxiv_id in listing.unversioned}
        papers = [entry.paper for entry in answer.entries]
        asked = [ArxivId(paper.arxiv_id) for paper in papers if paper.arxiv_id in guessed or paper.more_authors]
        if not asked:
            return answer
        try:
            found = {paper_id.arxiv_id: paper for paper_id, paper in (await self._arxiv.papers(asked)).items()}
        except ArxivUnavailable as error:
            event(_log, "versions_and_authors_unknown", level=logging.WARNING, papers=len(asked), reason=error)
            return answer
        entries = tuple(
            _with_what_is_known(entry, found.get(entry.paper.arxiv_id), guessed) for entry in answer.entries
        )
        return replace(answer, entries=entries)


def read_again(raw: bytes, known: Announcement, versions: Mapping[str, int]) -> tuple[Entry, ...]:
    """The entries in an announcement's stored bytes: a feed, pages or answers of the API.

    `versions` are those known by id: where pages do not tell them, they were asked for when they were fetched.
    Raises FeedError, PageError or ArxivUnavailable when they are none.
    """
    category, day = known.category, known.mailing_date
    if known.approximate:
        pages = raw.split(_BETWEEN_PAGES)
        return _of_submissions(category, [paper for page in pages for paper in lookup_api.read_again(page)])
    try:
        return _on(day, parse_feed(raw).entries)
    except NotAFeed:
        listings = [parse_listing(page, category) for page in raw.split(_BETWEEN_PAGES)]
        guessed = {arxiv_id for listing in listings for arxiv_id in listing.unversioned}
        entries = _on(day, [entry for listing in listings for entry in listing.entries])
        return tuple(
            replace(entry, paper=replace(entry.paper, version=versions.get(entry.paper.arxiv_id, entry.paper.version)))
            if entry.paper.arxiv_id in guessed
            else entry
            for entry in entries
        )


def _passed_over(category: str, day: date, asked: str, answer: Answer) -> None:
    event(_log, "passed_over", category=category, date=day, asked=asked, state=answer.state, reason=answer.reason)


def _of_listings(day: date, listings: Sequence[Listing], bodies: Sequence[bytes], source: str) -> Answer:
    dated = {listing.mailing_date for listing in listings}
    if dated != {day}:
        shown = ", ".join(sorted(other.isoformat() for other in dated - {day}))
        return Answer(AnnouncementState.LATE, reason=f"arXiv's page is of {shown}", page_of=max(dated))
    if _shown(listings) != listings[-1].total:
        reason = f"the pages show {_shown(listings)} of {listings[-1].total} papers"
        return Answer(AnnouncementState.INCOMPLETE, reason=reason)
    entries = _on(day, [entry for listing in listings for entry in listing.entries])
    state = AnnouncementState.FETCHED if entries else AnnouncementState.EMPTY
    reason = "" if entries else "arXiv's page of this date has no papers"
    return Answer(state, entries, _BETWEEN_PAGES.join(bodies), source, reason)


def _unread(error: PageError) -> Answer:
    state = AnnouncementState.INCOMPLETE if isinstance(error, CountsDiffer) else AnnouncementState.LATE
    return Answer(state, reason=str(error))


def _with_what_is_known(entry: Entry, known: Paper | None, guessed: Collection[str]) -> Entry:
    if known is None:
        return entry
    paper = replace(entry.paper, abstract=entry.paper.abstract or known.abstract)
    if paper.arxiv_id in guessed:
        paper = replace(paper, version=known.version)
    if paper.more_authors and known.authors:
        paper = replace(paper, authors=known.authors, more_authors=False)
    return replace(entry, paper=paper)


def _of_submissions(category: str, papers: Sequence[Paper]) -> tuple[Entry, ...]:
    """Papers as what they were announced as: new where their primary category belongs to the query.

    When they were announced is not known, so they do not say.
    """
    kinds = {True: AnnounceType.NEW, False: AnnounceType.CROSS}
    listed = [Entry(paper, kinds[categories.covers(category, paper.categories[:1])]) for paper in papers]
    return tuple(sorted(listed, key=lambda entry: entry.announce_type is AnnounceType.CROSS))


def _share(entries: Sequence[Entry], known: Collection[tuple[str, int]]) -> float:
    """Which part of these entries is known."""
    return sum((entry.paper.arxiv_id, entry.paper.version) in known for entry in entries) / len(entries)


def _shown(listings: Sequence[Listing]) -> int:
    return sum(sum(listing.shown.values()) for listing in listings)


def _on(day: date, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(replace(entry, paper=replace(entry.paper, announced_on=day)) for entry in entries)
