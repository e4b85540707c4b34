from __future__ import annotations

from pathlib import Path

from fakes.stored import (
    NOW,
    add,
    announcement,
    claim,
    entries,
    open_database,
    paper,
    place,
    planned,
    record,
)

from storage import announcements, papers, stats, subscriptions, translations
from storage.records import AnnouncementState, ChatKind, DeliveryState, Gone, Refused, Sent, Translation
from storage.stats import Totals


async def test_an_empty_database_counts_nothing(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db, db.read() as session:
        assert await stats.totals(session) == Totals(0, 0, {}, 0, 0, {}, 0, {}, 0)


async def test_everything_is_counted_by_what_it_is(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        places = await add(
            db, place(1), place(2), place(-3, kind=ChatKind.CHANNEL), place(-4, kind=ChatKind.CHANNEL, paused="kicked")
        )
        await planned(db, places[:3], "a", "b")
        await record(db, (await claim(db))[0], Sent(5))
        async with db.begin() as session:
            await announcements.save(session, announcement(), entries(3), None)
            await announcements.save(session, announcement("cs.LG", state=AnnouncementState.LATE), [], None)
            await papers.save(session, [paper(1, version=2)])
            for _ in range(2):
                made = Translation("2608.00001", 1, "ja", "hash", title="羊", made_at=NOW)
                await translations.save(session, made)
            for one in places:
                await subscriptions.subscribe(session, one.id, "cs.CV", NOW.date())
        async with db.read() as session:
            assert await stats.totals(session) == Totals(
                papers=3,
                translations=1,
                destinations={ChatKind.CHANNEL: 2, ChatKind.PRIVATE: 2},
                paused=1,
                subscriptions=4,
                announcements={AnnouncementState.FETCHED: 1, AnnouncementState.LATE: 1},
                digests=1,
                deliveries={DeliveryState.PENDING: 3, DeliveryState.CLAIMED: 2, DeliveryState.SENT: 1},
                refused=0,
            )


async def test_messages_that_were_refused_are_told_from_those_to_lost_chats(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        await planned(db, await add(db, place(1), place(2)), "a", "b")
        refused, lost = await claim(db)
        await record(db, refused, Refused("SOMETHING_NEW"))
        await record(db, lost, Gone("bot was blocked by the user"))
        async with db.read() as session:
            found = await stats.totals(session)
    assert (found.deliveries[DeliveryState.FAILED], found.refused) == (3, 1)
