from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fakes.stored import FRIDAY, MONDAY, NOW, announcement, entries, open_database, paper
from hypothesis import given
from hypothesis import strategies as st

from storage import announcements, papers
from storage.database import Database
from storage.records import Announcement, AnnouncementState, AnnounceType, Entry

THURSDAY = FRIDAY - timedelta(days=1)
INCOMPLETE = [state for state in AnnouncementState if not state.complete]


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def save(db: Database, announcement: Announcement, count: int = 0) -> Announcement:
    async with db.begin() as session:
        return await announcements.save(session, announcement, entries(count), None)


async def days(db: Database, *known: Announcement) -> None:
    for stored in known:
        await save(db, stored)


async def test_an_announcement_comes_back_with_its_entries_in_order_and_its_papers(db: Database) -> None:
    listed = [Entry(paper(number), kind) for number, kind in zip((3, 1, 4, 2), AnnounceType, strict=True)]
    found = announcement(source="https://rss.arxiv.org/atom/cs.CV", fetched_at=NOW)
    async with db.begin() as session:
        stored = await announcements.save(session, found, listed, b"<feed/>")
    assert stored == replace(found, id=stored.id, entry_count=4, asked_since=NOW)
    async with db.read() as session:
        assert await announcements.get(session, "cs.CV", FRIDAY) == stored
        kept = await announcements.entries(session, [stored.id])
        assert [(one.position, one.arxiv_id, one.announce_type) for one in kept] == [
            (place, entry.paper.arxiv_id, entry.announce_type) for place, entry in enumerate(listed)
        ]
        assert await announcements.ids(session, "cs.CV", after=THURSDAY, before=MONDAY) == {
            (entry.paper.arxiv_id, 1) for entry in listed
        }
        assert (await papers.newest(session, [paper(4).arxiv_id])) == {paper(4).arxiv_id: paper(4)}
        assert await announcements.raw(session, stored.id) == b"<feed/>"


async def test_what_was_not_there_becomes_complete_under_the_same_id(db: Database) -> None:
    late = await save(db, announcement(state=AnnouncementState.LATE, reason="not yet", retry_at=NOW))
    there = await save(db, announcement(fetched_at=NOW), count=3)
    async with db.read() as session:
        known = await announcements.get(session, "cs.CV", FRIDAY)
    assert known == there
    assert there.id == late.id
    assert there.retry_at is None


@pytest.mark.parametrize("state", [state for state in AnnouncementState if state is not AnnouncementState.FETCHED])
async def test_a_fetched_announcement_is_never_replaced_by_less(db: Database, state: AnnouncementState) -> None:
    async with db.begin() as session:
        fetched = await announcements.save(session, announcement(fetched_at=NOW), entries(3), b"bytes")
        assert await announcements.save(session, announcement(state=state, reason="?"), [], b"other") == fetched
        assert await announcements.get(session, "cs.CV", FRIDAY) == fetched
        assert len(await announcements.entries(session, [fetched.id])) == 3
        assert await announcements.raw(session, fetched.id) == b"bytes"


async def test_a_fetched_announcement_is_replaced_by_a_newer_answer_and_keeps_its_bytes_without_new_ones(
    db: Database,
) -> None:
    async with db.begin() as session:
        first = await announcements.save(session, announcement(), entries(3), b"bytes")
        second = await announcements.save(session, announcement(), entries(2, first=8), None)
        assert (second.id, second.entry_count) == (first.id, 2)
        assert await announcements.ids(session, "cs.CV", after=THURSDAY, before=MONDAY) == {
            (paper(8).arxiv_id, 1),
            (paper(9).arxiv_id, 1),
        }
        assert await announcements.raw(session, first.id) == b"bytes"


async def test_the_bytes_take_little_room(tmp_path: Path, db: Database) -> None:
    async with db.begin() as session:
        stored = await announcements.save(session, announcement(), [], b"<entry>sheep</entry>" * 100_000)
    async with db.read() as session:
        body = await announcements.raw(session, stored.id)
    assert body is not None
    assert len(body) == 2_000_000
    written = sum(file.stat().st_size for file in sorted(tmp_path.glob("bot.sqlite3*")))  # noqa: ASYNC240 - a test waits alone
    assert written < 1_000_000


async def test_the_latest_is_the_newest_that_was_fetched(db: Database) -> None:
    await days(
        db,
        announcement(day=THURSDAY),
        announcement(day=FRIDAY),
        announcement(day=MONDAY, state=AnnouncementState.EMPTY),
        announcement("cs.LG", day=MONDAY),
    )
    async with db.read() as session:
        latest = await announcements.latest(session, "cs.CV")
        assert await announcements.latest(session, "math.NA") is None
    assert latest is not None
    assert latest.mailing_date == FRIDAY


async def test_the_ids_of_some_weeks_are_those_of_every_announcement_between_two_days(db: Database) -> None:
    async with db.begin() as session:
        for place, day in enumerate((THURSDAY, FRIDAY, MONDAY)):
            await announcements.save(session, announcement(day=day), entries(2, first=10 * place + 1), None)
        await announcements.save(session, announcement("cs.LG", day=FRIDAY), entries(1, first=50), None)
        found = await announcements.ids(session, "cs.CV", after=THURSDAY - timedelta(days=1), before=MONDAY)
    assert found == {(paper(number).arxiv_id, 1) for number in (1, 2, 11, 12)}


async def test_entries_of_several_announcements_come_by_announcement_and_place(db: Database) -> None:
    one = await save(db, announcement("cs.LG"), count=2)
    two = await save(db, announcement("cs.CV"), count=3)
    async with db.read() as session:
        found = await announcements.entries(session, [two.id, one.id])
        assert await announcements.entries(session, []) == []
    assert [(entry.announcement_id, entry.position) for entry in found] == [
        (one.id, 0),
        (one.id, 1),
        (two.id, 0),
        (two.id, 1),
        (two.id, 2),
    ]


async def test_since_gives_what_each_category_announced_after_its_own_cursor(db: Database) -> None:
    await days(
        db,
        announcement("cs.LG", THURSDAY),
        announcement("cs.LG", FRIDAY),
        announcement("cs.CV", FRIDAY, state=AnnouncementState.EMPTY),
        announcement("cs.CV", MONDAY),
        announcement("cs.CV", MONDAY + timedelta(days=1)),
        announcement("math.NA", FRIDAY),
    )
    async with db.read() as session:
        found = await announcements.since(session, {"cs.CV": THURSDAY, "cs.LG": THURSDAY}, MONDAY)
        assert await announcements.since(session, {}, MONDAY) == []
    assert [(one.mailing_date, one.category) for one in found] == [
        (FRIDAY, "cs.CV"),
        (FRIDAY, "cs.LG"),
        (MONDAY, "cs.CV"),
    ]


async def test_since_cuts_a_category_at_its_own_cursor_and_not_at_the_earliest(db: Database) -> None:
    await days(db, announcement("cs.CV", FRIDAY), announcement("cs.LG", FRIDAY))
    async with db.read() as session:
        found = await announcements.since(session, {"cs.CV": THURSDAY, "cs.LG": FRIDAY}, MONDAY)
    assert [one.category for one in found] == ["cs.CV"]


@pytest.mark.parametrize("state", INCOMPLETE)
async def test_what_is_not_complete_is_not_among_the_news(db: Database, state: AnnouncementState) -> None:
    await days(db, announcement(state=state), announcement("cs.LG"), announcement(day=MONDAY, state=state))
    async with db.read() as session:
        news = await announcements.since(session, {"cs.CV": date.min, "cs.LG": date.min}, MONDAY)
    assert [one.category for one in news] == ["cs.LG"]


async def test_the_listing_begins_with_the_newest(db: Database) -> None:
    await days(db, announcement(day=THURSDAY), announcement(day=MONDAY), announcement("cs.LG", FRIDAY))
    async with db.read() as session:
        everything = await announcements.listing(session)
        two = await announcements.listing(session, limit=2)
        one_category = await announcements.listing(session, "cs.CV")
    assert [one.mailing_date for one in everything] == [MONDAY, FRIDAY, THURSDAY]
    assert two == everything[:2]
    assert [one.mailing_date for one in one_category] == [MONDAY, THURSDAY]


@given(st.lists(st.tuples(st.sampled_from(list(AnnouncementState)), st.integers(1, 5)), max_size=8))
def test_whatever_the_order_of_answers_what_was_fetched_last_stays_whole(
    answers: list[tuple[AnnouncementState, int]],
) -> None:
    async def play(folder: Path) -> None:
        async with open_database(folder) as db:
            fetched: list[str] | None = None
            for number, (state, count) in enumerate(answers):
                shown = entries(count, first=number * 10 + 1) if state is AnnouncementState.FETCHED else []
                async with db.begin() as session:
                    await announcements.save(session, announcement(state=state), shown, None)
                if shown:
                    fetched = [one.paper.arxiv_id for one in shown]
            async with db.read() as session:
                known = await announcements.get(session, "cs.CV", FRIDAY)
                stored = await announcements.entries(session, [known.id]) if known is not None else []
            assert (known is None) == (not answers)
            if fetched is not None:
                assert known is not None
                assert known.state is AnnouncementState.FETCHED
            assert [one.arxiv_id for one in stored] == (fetched or [])

    with TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder)))


async def test_old_bytes_are_forgotten_and_entries_stay(db: Database) -> None:
    async with db.begin() as session:
        old = await announcements.save(session, announcement(day=THURSDAY), entries(2), b"old")
        new = await announcements.save(session, announcement(), entries(2, first=5), b"new")
        assert await announcements.drop_raw(session, FRIDAY) == 1
        assert await announcements.drop_raw(session, FRIDAY) == 0
    async with db.read() as session:
        assert await announcements.raw(session, old.id) is None
        assert await announcements.raw(session, new.id) == b"new"
        assert len(await announcements.entries(session, [old.id])) == 2


async def test_what_was_asked_for_long_enough_in_vain_is_told_until_it_is_there(db: Database) -> None:
    late = announcement(state=AnnouncementState.LATE, fetched_at=NOW, retry_at=NOW)
    await days(db, late, replace(late, fetched_at=NOW + timedelta(days=3)), announcement(day=MONDAY))
    async with db.read() as session:
        missing = announcements.missing
        assert await missing(session, {"cs.CV": THURSDAY}, NOW + timedelta(days=1)) == {("cs.CV", FRIDAY)}
        assert await missing(session, {"cs.CV": THURSDAY}, NOW) == set()
        assert await missing(session, {"cs.CV": FRIDAY}, NOW + timedelta(days=1)) == set()
        assert await missing(session, {}, NOW + timedelta(days=1)) == set()
    await save(db, announcement(fetched_at=NOW + timedelta(days=4)), count=1)
    async with db.read() as session:
        assert await announcements.missing(session, {"cs.CV": THURSDAY}, NOW + timedelta(days=9)) == set()


async def test_what_is_due_is_known_as_such_and_takes_nothing_from_what_is_known(db: Database) -> None:
    fetched = await save(db, announcement("cs.LG", day=FRIDAY), count=2)
    async with db.begin() as session:
        await announcements.expect(session, ["cs.CV", "cs.LG"], FRIDAY)
        await announcements.expect(session, [], FRIDAY)
        known = await announcements.on(session, ["cs.CV", "cs.LG", "math"], FRIDAY)
    assert {name: announcement.state for name, announcement in known.items()} == {
        "cs.CV": AnnouncementState.DUE,
        "cs.LG": AnnouncementState.FETCHED,
    }
    assert known["cs.LG"] == fetched
    later = await save(db, announcement(fetched_at=NOW), count=1)
    assert (later.id, later.asked_since) == (known["cs.CV"].id, NOW)
