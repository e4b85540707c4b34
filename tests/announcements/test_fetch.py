"""What is made of arXiv's answers: which announcement they are, and what stays unknown for which reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from fakes.arxiv_client import client_of
from fakes.arxiv_server import ArxivServer, Trouble
from fakes.house import FRIDAY, MONDAY, Clock, paper
from fakes.stored import address, open_database

from bot.announcements.fetch import CATCH_UP, AnnouncementFetcher
from bot.announcements.sources import FEED_LIMIT, read_again
from bot.arxiv_source import calendar
from bot.arxiv_source.http_cache import Kept
from bot.simulator.arxiv_pages import listing_page
from storage import announcements, cached_answers, papers
from storage.database import Database
from storage.records import Announcement, AnnouncementState, AnnounceType, Entry, KeptAnswer, Paper

THURSDAY, TUESDAY = date(2026, 8, 20), date(2026, 8, 25)


@dataclass
class Desk:
    """A gatherer with its database and an arXiv to ask."""

    db: Database
    arxiv: ArxivServer
    fetcher: AnnouncementFetcher
    clock: Clock

    def announce(self, day: date, *numbers: int, feed_changes: bool = True) -> None:
        self.arxiv.announce("cs.CV", new(*numbers), day, feed_changes=feed_changes)

    async def fetched(self, day: date) -> Announcement:
        """What asking for the announcement of that date comes to, an hour after the feeds change to it."""
        self.clock.to_announcement(day, after=timedelta(hours=1))
        return await self.fetcher.fetch("cs.CV", day)

    async def ids(self, found: Announcement) -> list[str]:
        async with self.db.read() as session:
            return [entry.arxiv_id for entry in await announcements.entries(session, [found.id])]


def new(*numbers: int, **changes: Any) -> list[Entry]:
    return [Entry(paper(number, **changes), AnnounceType.NEW) for number in numbers]


def named(*numbers: int) -> list[str]:
    return [f"2608.{number:05}" for number in numbers]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = Clock()
    async with open_database(tmp_path) as db, ArxivServer() as arxiv, gatherer(db, arxiv, clock) as fetcher:
        yield Desk(db, arxiv, fetcher, clock)


@asynccontextmanager
async def gatherer(db: Database, arxiv: ArxivServer, clock: Clock) -> AsyncIterator[AnnouncementFetcher]:
    async with client_of(arxiv, clock, kept=Kept(db)) as client:
        yield AnnouncementFetcher(db=db, arxiv=client, now=clock)


def asked(desk: Desk) -> Sequence[str]:
    return [request.path for request in desk.arxiv.requests]


async def test_the_first_feed_ever_seen_is_believed_when_the_page_shows_the_same_papers(desk: Desk) -> None:
    desk.announce(FRIDAY, 1, 2)
    found = await desk.fetched(FRIDAY)
    assert (found.state, found.source) == (AnnouncementState.FETCHED, f"{desk.arxiv.feed_url}/atom/cs.CV")
    assert asked(desk) == ["/atom/cs.CV", "/list/cs.CV/new"]
    desk.announce(MONDAY, 3)
    assert (await desk.fetched(MONDAY)).state is AnnouncementState.FETCHED
    # From here on a feed is told from the announcement before.
    assert asked(desk)[2:] == ["/atom/cs.CV"]


async def test_a_feed_that_was_old_when_first_seen_is_not_taken_for_todays(desk: Desk) -> None:
    desk.announce(THURSDAY, 1, 2)
    desk.announce(FRIDAY, 3, 4, feed_changes=False)
    found = await desk.fetched(FRIDAY)
    assert await desk.ids(found) == named(3, 4)
    assert "/list/cs.CV/new" in found.source


async def test_while_feed_and_page_are_both_old_nothing_is_known_of_today(desk: Desk) -> None:
    desk.announce(THURSDAY, 1, 2)
    found = await desk.fetched(FRIDAY)
    assert (found.state, found.entry_count) == (AnnouncementState.LATE, 0)
    assert found.reason == "the feed cannot be told from an earlier one: arXiv's page is of 2026-08-20"


async def test_a_feed_that_is_two_days_old_is_known_again_after_the_page_gave_a_day_between(desk: Desk) -> None:
    desk.announce(THURSDAY, 1, 2)
    assert await desk.ids(await desk.fetched(THURSDAY)) == named(1, 2)
    desk.announce(FRIDAY, 3, 4, feed_changes=False)
    assert await desk.ids(await desk.fetched(FRIDAY)) == named(3, 4)
    found = await desk.fetched(MONDAY)
    assert found.state is AnnouncementState.STALE
    assert found.reason.startswith("the feed still holds an earlier announcement")


@pytest.mark.parametrize("submitted_for", [FRIDAY, THURSDAY])
async def test_without_pages_a_feed_is_dated_by_when_its_papers_were_submitted(desk: Desk, submitted_for: date) -> None:
    begin, end = calendar.submissions(submitted_for)
    moments: list[datetime] = [begin, end - timedelta(minutes=1), end + timedelta(days=9)]
    listed = [one for number, at in enumerate(moments, start=1) for one in new(number, submitted_at=at)]
    desk.arxiv.announce("cs.CV", listed, FRIDAY)
    desk.arxiv.misbehave(Trouble.SERVER_ERROR, times=9, where="/list/")
    found = await desk.fetched(FRIDAY)
    if submitted_for == FRIDAY:
        assert await desk.ids(found) == named(1, 2, 3)
    else:
        assert found.state is AnnouncementState.LATE
        assert found.reason == "the feed cannot be told from an earlier one: arXiv answered with HTTP 500"


async def test_feeds_that_cannot_be_had_give_way_to_the_page_at_once(desk: Desk) -> None:
    desk.announce(FRIDAY, 1, 2)
    desk.arxiv.misbehave(Trouble.SERVER_ERROR, where="/atom/")
    assert await desk.ids(await desk.fetched(FRIDAY)) == named(1, 2)
    assert asked(desk) == ["/atom/cs.CV", "/list/cs.CV/new"]


OLD = date(2026, 5, 19)
"""A Tuesday more than ninety days before the Friday of these tests."""


def submitted(desk: Desk, day: date) -> list[Entry]:
    """Papers of a mailing of old, as only the API still has them: a cross-list, two new ones and two from elsewhere."""
    begin, end = calendar.submissions(day)
    last = end - timedelta(minutes=1)
    far = {"primary_category": "math.NA", "cross_lists": ("cs.LG",)}
    crossed = {"primary_category": "cs.LG", "cross_lists": ("cs.CV",)}
    listed = [
        *new(1, submitted_at=begin, **crossed),
        *new(2, submitted_at=begin + timedelta(hours=1)),
        *new(3, submitted_at=last, version=4),
        *new(4, submitted_at=end),
        *new(5, submitted_at=last, **far),
    ]
    for entry in listed:
        desk.arxiv.add_paper(entry.paper)
    return listed


async def test_what_is_too_old_for_pages_is_chosen_by_submission_time_and_marked(desk: Desk) -> None:
    submitted(desk, OLD)
    desk.clock.to_announcement(FRIDAY)
    found = await desk.fetcher.fetch("cs.CV", OLD)
    assert (found.state, found.approximate, found.reason) == (
        AnnouncementState.FETCHED,
        True,
        "chosen by submission time",
    )
    async with desk.db.read() as session:
        listed = await announcements.entries(session, [found.id])
        assert await announcements.get(session, "cs.CV", OLD) == found
        raw = await announcements.raw(session, found.id)
        kept = await papers.many(session, [(one.arxiv_id, one.version) for one in listed])
    assert [(one.arxiv_id, one.version, one.announce_type) for one in listed] == [
        ("2608.00002", 1, AnnounceType.NEW),
        ("2608.00003", 4, AnnounceType.NEW),
        ("2608.00001", 1, AnnounceType.CROSS),
    ]
    # Nobody knows when they were announced.
    assert {one.announced_on for one in kept.values()} == {None}
    assert raw is not None
    again = read_again(raw, found, {})
    assert [(one.paper.arxiv_id, one.announce_type) for one in again] == [
        (one.arxiv_id, one.announce_type) for one in listed
    ]
    assert asked(desk) == ["/api/query"]


async def test_of_an_archive_the_papers_that_stand_in_it_by_another_name_are_found_too(desk: Desk) -> None:
    submitted(desk, OLD)
    desk.clock.to_announcement(FRIDAY)
    found = await desk.fetcher.fetch("cs", OLD)
    assert await desk.ids(found) == named(1, 2, 3, 5)


async def test_pages_are_asked_as_far_back_as_they_go_and_the_api_only_beyond(desk: Desk) -> None:
    desk.clock.to_announcement(FRIDAY)
    oldest = (desk.clock.now - CATCH_UP).date()
    for day in (calendar.following(oldest), calendar.previous(oldest)):
        await desk.fetcher.fetch("cs.CV", day)
    assert [path.rpartition("/")[0] for path in asked(desk)] == ["/catchup/cs.CV", "/api"]


async def test_a_day_of_old_without_submissions_is_empty_and_one_that_the_api_does_not_tell_is_late(desk: Desk) -> None:
    desk.clock.to_announcement(FRIDAY)
    empty = await desk.fetcher.fetch("cs.CV", OLD)
    assert (empty.state, empty.approximate) == (AnnouncementState.EMPTY, True)
    desk.arxiv.misbehave(Trouble.HTML)
    late = await desk.fetcher.fetch("cs.LG", OLD)
    assert (late.state, late.approximate) == (AnnouncementState.LATE, False)
    assert late.reason.startswith("arXiv's API answered with text/html")


async def test_everything_missed_is_asked_for_the_newest_first(desk: Desk) -> None:
    submitted(desk, OLD)
    desk.announce(THURSDAY, 20)
    desk.announce(FRIDAY, 21)
    desk.clock.to_announcement(FRIDAY)
    found = await desk.fetcher.due({"cs.CV": calendar.previous(OLD)})
    assert [one.mailing_date for one in found][:2] == [FRIDAY, OLD]
    assert found[-1].mailing_date == THURSDAY
    assert [one.approximate for one in found] == [one.mailing_date < date(2026, 5, 23) for one in found]


@pytest.mark.parametrize("day", [date(2026, 8, 22), date(2026, 8, 24), date(1991, 8, 14), date(2026, 9, 8)])
async def test_there_is_nothing_to_ask_for_on_days_without_a_mailing(desk: Desk, day: date) -> None:
    desk.clock.to_announcement(FRIDAY)
    assert await desk.fetcher.held("cs.CV", day) is None
    assert asked(desk) == []


VALIDATORS = pytest.mark.parametrize(
    ("validator", "header"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"), ("", None)]
)


def conditional(desk: Desk) -> list[str]:
    """The paths that were asked for only if they had changed."""
    return [request.path for request in desk.arxiv.requests if any(name.startswith("If-") for name in request.headers)]


@VALIDATORS
async def test_a_feed_that_has_not_changed_is_stale_also_after_a_restart(
    desk: Desk, validator: Literal["ETag", "Last-Modified", ""], header: str | None
) -> None:
    desk.arxiv.validator = validator
    desk.announce(FRIDAY, 1, 2)
    await desk.fetched(FRIDAY)
    assert conditional(desk) == []
    desk.clock.to_announcement(MONDAY)
    async with gatherer(desk.db, desk.arxiv, desk.clock) as restarted:
        found = await restarted.fetch("cs.CV", MONDAY)
    first = desk.arxiv.requests[2]
    assert (header in first.headers) == bool(header)
    told = "the feed still holds an earlier announcement"
    assert (found.state, found.reason) == (AnnouncementState.STALE, told)
    # The form that was seen before, and the page.
    assert conditional(desk) == (["/atom/cs.CV", "/list/cs.CV/new"] if header else [])
    desk.announce(MONDAY, 3)
    assert await desk.ids(await desk.fetched(MONDAY)) == named(3)


async def test_the_log_tells_that_arxiv_said_so_itself(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bot.announcements.sources")
    desk.announce(FRIDAY, 1, 2)
    await desk.fetched(FRIDAY)
    await desk.fetched(MONDAY)
    assert any("asked=atom/cs.CV" in line and "earlier announcement (HTTP 304)" in line for line in caplog.messages)


async def test_asking_again_in_vain_says_so_and_what_was_had_stays(desk: Desk) -> None:
    desk.announce(FRIDAY, 1, 2)
    had = await desk.fetched(FRIDAY)
    desk.arxiv.misbehave(Trouble.SERVER_ERROR, times=99)
    found = await desk.fetcher.fetch("cs.CV", FRIDAY)
    assert (found.state, found.id) == (AnnouncementState.LATE, had.id)
    assert found.reason
    held = await desk.fetcher.held("cs.CV", FRIDAY)
    assert held is not None
    assert held.announcement == had
    assert [entry.arxiv_id for entry in held.entries] == named(1, 2)


async def test_an_announcement_that_is_fetched_again_unchanged_is_the_same_to_the_byte(desk: Desk) -> None:
    desk.announce(FRIDAY, 1, 2)
    first = await desk.fetched(FRIDAY)
    async with desk.db.read() as session:
        before = await announcements.raw(session, first.id)
    again = await desk.fetched(FRIDAY)
    assert (again.state, again.id, await desk.ids(again)) == (AnnouncementState.FETCHED, first.id, named(1, 2))
    async with desk.db.read() as session:
        assert await announcements.raw(session, first.id) == before
    assert conditional(desk) == ["/atom/cs.CV", "/list/cs.CV/new"]


async def test_an_answer_that_is_not_whole_is_not_kept_whatever_it_is_named(desk: Desk) -> None:
    desk.announce(FRIDAY, 1, 2)
    desk.arxiv.misbehave(Trouble.CUT, times=9, where="/")
    assert (await desk.fetched(FRIDAY)).state is AnnouncementState.INCOMPLETE
    desk.arxiv.behave()
    assert await desk.ids(await desk.fetched(FRIDAY)) == named(1, 2)
    assert conditional(desk) == []


async def test_bytes_that_were_kept_and_cannot_be_read_any_more_are_asked_for_in_full(desk: Desk) -> None:
    desk.announce(FRIDAY, 1, 2)
    await desk.fetched(FRIDAY)
    async with desk.db.begin() as session:
        known = await cached_answers.get(session, f"{desk.arxiv.feed_url}/atom/cs.CV")
        assert known is not None
        await cached_answers.keep(session, replace(known, body=b"<feed/>"))
    await desk.fetcher.fetch("cs.CV", FRIDAY)
    assert "/atom/cs.CV" in conditional(desk)
    before = len(desk.arxiv.requests)
    await desk.fetcher.fetch("cs.CV", FRIDAY)
    assert not any(name.startswith("If-") for name in desk.arxiv.requests[before].headers)


async def test_without_the_database_everything_is_asked_for_in_full(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Kept(db := Database(address(tmp_path)))
    await kept.keep(KeptAnswer("http://a", '"1"', "", Clock().now, b"x"))
    assert await kept.get("http://a") is None
    assert caplog.messages == ["kept_answers_unavailable reason=OperationalError"] * 2
    await db.close()


async def test_answers_are_kept_for_two_weeks(desk: Desk) -> None:
    desk.announce(FRIDAY, 1, 2)
    await desk.fetched(FRIDAY)
    url = f"{desk.arxiv.feed_url}/atom/cs.CV"
    for later, there in ((date(2026, 9, 3), True), (date(2026, 9, 8), False)):
        desk.clock.to_announcement(later)
        await desk.fetcher.due({})
        async with desk.db.read() as session:
            assert (await cached_answers.get(session, url) is not None) == there


async def test_where_feed_and_page_are_compared_the_page_decides_how_many_papers_there_are(desk: Desk) -> None:
    desk.announce(FRIDAY, 1, 2)
    desk.announce(FRIDAY, 1, 2, 3, feed_changes=False)
    found = await desk.fetched(FRIDAY)
    assert await desk.ids(found) == named(1, 2, 3)
    assert "/list/" in found.source


CROWD = tuple(f"Author {number}" for number in range(150))


async def page_of_a_crowd(desk: Desk, *troubles: Trouble) -> Paper:
    """The paper of 150 authors as it is known after the page was read: feeds hold all of them."""
    desk.arxiv.announce("cs.CV", new(1, authors=CROWD), FRIDAY)
    desk.arxiv.misbehave(Trouble.SERVER_ERROR, where="/atom/")
    for trouble in troubles:
        desk.arxiv.misbehave(trouble, where="/api/query")
    found = await desk.fetched(FRIDAY)
    assert "/list/" in found.source
    async with desk.db.read() as session:
        return (await papers.newest(session, named(1)))["2608.00001"]


async def test_a_list_of_authors_that_the_page_cuts_is_completed_by_the_api(desk: Desk) -> None:
    known = await page_of_a_crowd(desk)
    assert (known.authors, known.more_authors) == (CROWD, False)


async def test_a_list_of_authors_that_stays_cut_is_known_to_be(desk: Desk) -> None:
    known = await page_of_a_crowd(desk, Trouble.SERVER_ERROR)
    assert (known.authors, known.more_authors) == (CROWD[:101], True)
    # Whoever sees all of them later completes it, and whoever sees less takes nothing away.
    async with desk.db.begin() as session:
        await papers.save(session, [replace(known, authors=CROWD, more_authors=False)])
        await papers.save(session, [known])
        kept = (await papers.newest(session, named(1)))["2608.00001"]
    assert (kept.authors, kept.more_authors) == (CROWD, False)


async def test_an_announcement_is_known_to_be_due_before_arxiv_has_answered(desk: Desk) -> None:
    desk.announce(FRIDAY, 1)
    desk.arxiv.misbehave(Trouble.HANG)
    desk.clock.to_announcement(FRIDAY)
    asking = asyncio.create_task(desk.fetcher.due({"cs.CV": THURSDAY, "math": THURSDAY}))
    await desk.arxiv.asked(1)
    async with desk.db.read() as session:
        known = await announcements.on(session, ["cs.CV", "math"], FRIDAY)
    assert {one.state for one in known.values()} == {AnnouncementState.DUE}
    desk.arxiv.release()
    assert (await asking)[0].state is AnnouncementState.FETCHED


def test_versions_that_a_page_never_told_stay_what_arxiv_said_when_its_bytes_are_read_again() -> None:
    replaced = Entry(paper(1, version=4), AnnounceType.REPLACE)
    told = Entry(paper(2, version=3), AnnounceType.REPLACE)
    page = listing_page("cs.CV", [replaced, told], FRIDAY).replace(b"/html/2608.00001v4", b"/other/2608.00001v4")
    known = Announcement(1, "cs.CV", FRIDAY, AnnouncementState.FETCHED)
    again = read_again(page, known, {"2608.00001": 4, "2608.00002": 9})
    assert [one.paper.version for one in again] == [4, 3]
    assert [one.paper.version for one in read_again(page, known, {})] == [2, 3]


async def test_an_archive_with_more_papers_than_a_feed_or_page_holds_is_read_page_by_page(desk: Desk) -> None:
    count = FEED_LIMIT + 3
    many = [Entry(paper(number, abstract="", authors=("A. One",)), AnnounceType.NEW) for number in range(1, count + 1)]
    desk.arxiv.announce("cs", many, FRIDAY)
    desk.clock.to_announcement(FRIDAY)
    found = await desk.fetcher.fetch("cs", FRIDAY)
    assert (found.state, found.entry_count) == (AnnouncementState.FETCHED, count)
    assert await desk.ids(found) == named(*range(1, count + 1))
    assert [(request.path, request.query.get("skip")) for request in desk.arxiv.requests] == [
        ("/atom/cs", None),
        ("/list/cs/new", None),
        ("/list/cs/new", "2000"),
    ]
    async with desk.db.read() as session:
        raw = await announcements.raw(session, found.id)
    assert raw is not None
    assert raw.count(b"</html>") == 2


async def test_the_hour_at_which_arxiv_is_asked_moves_with_its_clock_and_not_at_all_after_a_holiday(desk: Desk) -> None:
    friday, monday, thanksgiving = date(2026, 10, 30), date(2026, 11, 2), date(2026, 11, 26)
    desk.announce(friday, 1)
    known = await desk.fetched(friday)
    # Clocks in New York go back on 2026-11-01: midnight there is 04:00 UTC on Friday and 05:00 on Monday.
    for now, asks in (
        (datetime(2026, 11, 2, 4, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 5, 0, tzinfo=UTC), True),
    ):
        desk.clock.now = now
        found = await desk.fetcher.due({"cs.CV": known.mailing_date})
        assert [one.mailing_date for one in found] == [monday] * asks
    desk.announce(thanksgiving, 2)
    await desk.fetched(thanksgiving)
    before = len(desk.arxiv.requests)
    desk.arxiv.empty_feeds()
    desk.clock.now = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    assert await desk.fetcher.due({"cs.CV": thanksgiving}) == []
    assert len(desk.arxiv.requests) == before


async def test_in_the_hours_when_pages_are_ahead_of_feeds_a_feed_is_compared_with_the_page_of_its_date(
    desk: Desk,
) -> None:
    desk.announce(FRIDAY, 1, 2)
    desk.announce(MONDAY, 3, feed_changes=False)
    # Sunday evening in New York, when it is Monday morning in Shanghai: the time to subscribe there.
    desk.clock.now = datetime(2026, 8, 24, 1, 0, tzinfo=UTC)
    found = await desk.fetcher.fetch("cs.CV", FRIDAY)
    assert await desk.ids(found) == named(1, 2)
    assert "/atom/" in found.source
    assert asked(desk) == ["/atom/cs.CV", "/list/cs.CV/new", "/catchup/cs.CV/2026-08-21"]


async def test_on_a_weekend_evening_when_feeds_are_empty_and_pages_ahead_friday_comes_from_its_own_page(
    desk: Desk,
) -> None:
    desk.announce(FRIDAY, 1, 2)
    desk.announce(MONDAY, 3, feed_changes=False)
    desk.arxiv.empty_feeds()
    desk.clock.now = datetime(2026, 8, 24, 1, 0, tzinfo=UTC)
    found = await desk.fetcher.fetch("cs.CV", FRIDAY)
    assert await desk.ids(found) == named(1, 2)
    assert "/catchup/cs.CV/2026-08-21" in found.source


async def test_a_holiday_of_a_year_whose_holidays_are_not_known_is_late_and_says_why_and_nothing_is_lost_by_it(
    desk: Desk,
) -> None:
    before, holiday, after = date(2026, 12, 31), date(2027, 1, 4), date(2027, 1, 5)
    desk.announce(before, 1, 2)
    assert await desk.ids(await desk.fetched(before)) == named(1, 2)
    desk.arxiv.empty_feeds()
    found = await desk.fetched(holiday)
    assert (found.state, found.entry_count) == (AnnouncementState.LATE, 0)
    assert found.reason == (
        "the feed is empty on a mailing date, unless arXiv had a holiday: those of that year are not known here"
    )
    desk.announce(after, 3)
    assert await desk.ids(await desk.fetched(after)) == named(3)


async def test_pages_of_the_past_are_not_kept_beside_what_was_read_from_them(desk: Desk) -> None:
    desk.announce(THURSDAY, 1, 2)
    desk.announce(FRIDAY, 3)
    desk.arxiv.validator = "ETag"
    desk.clock.to_announcement(FRIDAY)
    assert await desk.ids(await desk.fetcher.fetch("cs.CV", THURSDAY)) == named(1, 2)
    url = f"{desk.arxiv.web_url}/catchup/cs.CV/2026-08-20?abs=True&page=1"
    async with desk.db.read() as session:
        assert await cached_answers.get(session, url) is None
