"""A listing page that has no papers on a mailing day is believed only where that is usual, or too late to change."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fakes.house import FRIDAY, MONDAY, House, announcement, open_house

from bot.announcements.sources import SETTLED_AFTER
from bot.arxiv_source import calendar
from storage import announcements
from storage.records import Announcement, AnnouncementState

HOUR = timedelta(hours=1)


async def state(house: House, category: str = "cs.CV") -> AnnouncementState:
    async with house.bot.core.db.read() as session:
        known = await announcements.get(session, category, FRIDAY)
    assert known is not None
    return known.state


def digests(house: House) -> list[str]:
    sent = house.telegram.from_bot(house.private)
    return [message.text for message in sent if message.text.startswith("arXiv cs.")]


async def test_papers_that_come_an_hour_after_a_page_said_there_are_none_reach_everybody(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        await house.say("/subscribe cs.CV")
        house.arxiv.announce("cs.CV", [], FRIDAY)
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert await state(house) is AnnouncementState.LATE
        house.arxiv.announce("cs.CV", announcement(30), FRIDAY)
        house.clock.now += HOUR
        await house.tick()
        assert await state(house) is AnnouncementState.FETCHED
        assert len(digests(house)) == 1


async def test_a_category_in_which_few_papers_are_usual_has_none_at_once(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        await house.say("/subscribe cs.GL")
        before = Announcement(0, "cs.GL", calendar.previous(FRIDAY), AnnouncementState.FETCHED, 2)
        async with house.bot.core.db.begin() as session:
            await announcements.save(session, before, announcement(2), None)
        house.arxiv.announce("cs.GL", [], FRIDAY)
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert await state(house, "cs.GL") is AnnouncementState.EMPTY


async def test_when_it_is_too_late_to_change_there_are_none_and_the_day_after_it_is_looked_at_once_more(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house, house.running():
        await house.say("/subscribe cs.CV")
        house.arxiv.announce("cs.CV", [], FRIDAY)
        house.clock.to_announcement(FRIDAY)
        house.clock.now += SETTLED_AFTER
        await house.tick()
        assert await state(house) is AnnouncementState.EMPTY
        assert digests(house) == []
        house.arxiv.announce("cs.CV", announcement(30), FRIDAY)
        house.clock.now = calendar.feed_changes_at(MONDAY) + HOUR
        house.arxiv.announce("cs.CV", announcement(5, first=100), MONDAY)
        await house.tick()
        assert await state(house) is AnnouncementState.FETCHED
        (digest,) = digests(house)
        assert "35 new" in digest
        asked = len(house.arxiv.requests)
        house.clock.now += HOUR
        await house.tick()
        assert len(house.arxiv.requests) == asked
