"""Downtime of more than the ninety days that arXiv's pages go back, through the real bot over HTTP."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from fakes.arxiv_server import Trouble
from fakes.house import FRIDAY, House, announcement, open_house, paper

from bot.arxiv_source import calendar
from bot.simulator.chat_state import Message

MONDAY = date(2026, 8, 24)
BACK = date(2026, 11, 24)
"""Ninety-two days after that Monday, which alone is beyond arXiv's pages by then."""
MARK = "Approximate: the papers of Aug 24, 2026 were chosen by submission time"


def digests(house: House) -> list[Message]:
    return [
        message
        for message in house.telegram.from_bot(house.private)
        if message.document or message.text.startswith("arXiv cs.CV")
    ]


async def away(house: House, back: date) -> None:
    """Subscribe on a Friday, and be gone until `back`."""
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    house.clock.to_announcement(FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV")
        await house.tick()
    begin, _ = calendar.submissions(MONDAY)
    for number in (11, 12):
        house.arxiv.add_paper(paper(number, submitted_at=begin + timedelta(hours=number)))
    days = calendar.mailing_dates(max(FRIDAY, back - timedelta(days=90)), back)
    for place, day in enumerate(days):
        house.arxiv.announce("cs.CV", announcement(1, first=100 + place), day)
    house.clock.to_announcement(back)


async def test_one_digest_names_all_the_days_that_were_missed_and_marks_those_that_are_approximate(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, language="en") as house:
        await away(house, BACK)
        async with house.running():
            await house.tick()
            head, *_, document = digests(house)[2:]
            assert "Aug 24\u2009–\u2009Nov 24, 2026" in head.text
            assert MARK in head.text
            assert document.document is not None
            content = document.document.content.decode()
            assert MARK in document.caption
            assert content.startswith(f"> {MARK}")
            assert content.count("with 11 Cameras](") == content.count("with 12 Cameras](") == 1
            sent = len(house.telegram.record)
            await house.tick()
            assert len(house.telegram.record) == sent
            house.telegram.say(house.private, house.person, "/digest cs.CV 2026-08-24")
            await house.telegram.wait_for_messages(house.private, len(house.telegram.from_bot(house.private)) + 2)
            assert MARK in digests(house)[-2].text
            asked = len(house.arxiv.requests)
            await house.say("/regenerate cs.CV 2026-08-24 refetch")
            await house.telegram.wait_for(lambda: "built anew" in house.telegram.from_bot(house.private)[-1].text)
            assert MARK in digests(house)[2].text
            assert len(house.arxiv.requests) == asked


async def test_a_day_of_long_ago_that_could_not_be_had_on_the_first_try_still_comes(tmp_path: Path) -> None:
    back = date(2026, 9, 9)
    async with open_house(tmp_path, language="en") as house:
        await away(house, back)
        house.arxiv.misbehave(Trouble.SERVER_ERROR, where="/2026-08-24")
        async with house.running():
            await house.tick()
            assert "Aug 25\u2009–\u2009Sep 9, 2026" in digests(house)[2].text
            house.clock.now += timedelta(hours=2)
            await house.tick()
            head, document = digests(house)[-2:]
            assert "Aug 24, 2026\n" in head.text
            assert document.document is not None
