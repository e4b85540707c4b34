"""Whole archives and groups, from the command to the digest, through the real bot over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from fakes.house import FRIDAY, MONDAY, House, open_house, paper

from bot.arxiv_source import categories
from storage.records import AnnounceType, Entry

TUESDAY = date(2026, 8, 25)


def optics(number: int, *elsewhere: str) -> Entry:
    return Entry(paper(number, primary_category="physics.optics", cross_lists=elsewhere), AnnounceType.NEW)


def rows(house: House) -> list[list[str]]:
    """The papers of each digest that came."""
    documents = [
        message.document.content.decode() for message in house.telegram.from_bot(house.private) if message.document
    ]
    return [
        [line.split(" Cameras](")[0].split()[-1] for line in text.splitlines() if line.startswith("| [^")]
        for text in documents
    ]


async def test_archives_are_followed_whatever_way_their_announcements_come(tmp_path: Path) -> None:
    async with open_house(tmp_path, language="en") as house:
        house.clock.to_announcement(FRIDAY)
        # A paper that stands in two of the archives comes once.
        shared = optics(1, "q-bio.NC")
        house.arxiv.announce("physics", [shared, optics(2)], FRIDAY)
        house.arxiv.announce("q-bio", [replace(shared, announce_type=AnnounceType.CROSS)], FRIDAY)
        async with house.running():
            answer = await house.say("/subscribe physics, Q-BIO")
            assert "Physics" in answer
            assert "Quantitative Biology" in answer
            await house.tick()
            assert rows(house) == [["1", "2"]]
        # Monday was missed and comes from the page of that date, Tuesday from the page of today.
        for number, day in ((3, MONDAY), (4, TUESDAY)):
            house.arxiv.announce("physics", [optics(number)], day, feed_changes=False)
            house.arxiv.announce("q-bio", [], day, feed_changes=False)
        house.clock.to_announcement(TUESDAY)
        async with house.running():
            await house.tick()
            assert rows(house)[1:] == [["3", "4"]]


async def test_a_group_is_all_of_its_archives(tmp_path: Path) -> None:
    async with open_house(tmp_path, language="en") as house:
        house.clock.to_announcement(FRIDAY)
        for number, archive in enumerate(categories.meant("grp_physics"), start=1):
            house.arxiv.announce(archive, [optics(number), optics(99, archive)], FRIDAY)
        async with house.running():
            alone = await house.say("/subscribe physics")
            assert "archive physics alone" in alone
            assert "/subscribe grp_physics" in alone
            whole = await house.say("/subscribe grp_physics")
            assert all(name in whole for name in ("astro-ph", "hep-th", "quant-ph"))
            assert "alone" not in whole
            await house.tick()
            assert sorted(rows(house)[0], key=int) == [*map(str, range(1, 14)), "99"]
            assert "astro-ph" in await house.say("/unsubscribe grp_physics")
            assert "/subscribe" in await house.say("/subscriptions")
