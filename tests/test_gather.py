"""What is made of arXiv's answers: which announcement they are, and what stays unknown for which reason."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fakes.arxiv_server import ArxivServer, Trouble
from fakes.house import FRIDAY, MONDAY, Clock, paper
from fakes.stored import open_database

from bot.arxiv_source import calendar
from bot.arxiv_source.client import ArxivClient
from bot.gather import Gather
from storage import announcements
from storage.database import Database
from storage.records import Announcement, AnnouncementState, AnnounceType, Entry

THURSDAY, TUESDAY = date(2026, 8, 20), date(2026, 8, 25)


@dataclass
class Desk:
    """A gatherer with its database and an arXiv to ask."""

    db: Database
    arxiv: ArxivServer
    gather: Gather
    clock: Clock

    def announce(self, day: date, *numbers: int, feed_changes: bool = True) -> None:
        self.arxiv.announce("cs.CV", new(*numbers), day, feed_changes=feed_changes)

    async def fetched(self, day: date) -> Announcement:
        """What asking for the announcement of that date comes to, an hour after the feeds change to it."""
        self.clock.to_announcement(day, after=timedelta(hours=1))
        return await self.gather.fetch("cs.CV", day)

    async def ids(self, found: Announcement) -> list[str]:
        async with self.db.read() as session:
            return [one.arxiv_id for one in await announcements.entries(session, [found.id])]


def new(*numbers: int, **changes: Any) -> list[Entry]:
    return [Entry(paper(number, **changes), AnnounceType.NEW) for number in numbers]


def named(*numbers: int) -> list[str]:
    return [f"2608.{number:05}" for number in numbers]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = Clock()
    async with open_database(tmp_path) as db, ArxivServer() as arxiv, aiohttp.ClientSession() as http:
        client = ArxivClient(
            http=http,
            feed_url=arxiv.feed_url,
            api_url=arxiv.api_url,
            web_url=arxiv.web_url,
            interval=0,
            contact="",
            now=clock,
        )
        yield Desk(db, arxiv, Gather(db=db, arxiv=client, now=clock), clock)
        await client.close()


def asked(desk: Desk) -> Sequence[str]:
    return [one.path for one in desk.arxiv.requests]


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
    assert (found.state, found.reason) == (AnnouncementState.STALE, "the feed still holds an earlier announcement")


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
