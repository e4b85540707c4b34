"""What could not be translated is tried again by itself, and the posted messages are edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from fakes.house import FRIDAY, House, announcement, open_house
from fakes.stored import NOW, open_database, paper
from fakes.translator_server import Trouble

from storage import gaps
from storage.gaps import FIRST_PAUSE, LONGEST_PAUSE, MOST_ATTEMPTS

SOON = timedelta(seconds=1)


async def posted_in_english(house: House) -> None:
    """A digest of three papers while no translator answers."""
    await house.say("/subscribe cs.CV")
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    house.break_translator()
    house.clock.to_announcement(FRIDAY)
    await house.tick()


def shown(house: House) -> str:
    """The digest as it stands in the chat: the message and the document."""
    messages = [one for one in house.telegram.from_bot(house.private) if "2026-08-21" in one.text or one.document]
    return "\n".join(one.text + (one.document.content.decode() if one.document else "") for one in messages)


async def test_a_gap_is_filled_when_its_pause_is_over_and_the_message_is_edited(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.at_work() as bot:
        await posted_in_english(house)
        before = len(house.telegram.from_bot(house.private))
        assert "[not translated]" in shown(house)
        asked = house.translator.requests.total()
        house.mend_translator()
        assert await bot.mend.tick() == 0
        assert house.translator.requests.total() == asked
        house.clock.now += FIRST_PAUSE + SOON
        assert await bot.mend.tick() > 0
        await house.settle()
        assert "[not translated]" not in shown(house)
        assert len(house.telegram.from_bot(house.private)) == before
        house.clock.now += LONGEST_PAUSE
        assert await bot.mend.tick() == 0


async def test_a_gap_survives_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        async with house.at_work():
            await posted_in_english(house)
        house.mend_translator()
        house.clock.now += FIRST_PAUSE + SOON
        async with house.at_work():
            # The clock ticks at once.
            await house.telegram.wait_for(lambda: "[not translated]" not in shown(house), 10.0)


async def test_a_sentence_that_stays_english_is_marked_and_filled_later(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.at_work() as bot:
        await house.say("/subscribe cs.CV")
        (entry,) = announcement(1)
        text = f"{entry.paper.abstract} It ends with $x_1$ and $y_1$ and $z_1$ here."
        house.arxiv.announce("cs.CV", [replace(entry, paper=replace(entry.paper, abstract=text))], FRIDAY)
        house.translator.troubles["libretranslate"] = Trouble.LOST_SECOND_MASK
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert "〔未翻译〕It ends with $x_1$" in shown(house)
        house.mend_translator()
        house.clock.now += FIRST_PAUSE + SOON
        await bot.mend.tick()
        await house.settle()
        assert "〔未翻译〕" not in shown(house)
        assert "$x_1$" in shown(house)


async def test_pauses_grow_and_attempts_end(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        at = NOW
        pauses: list[timedelta] = []
        waiting = True
        for attempt in range(1, MOST_ATTEMPTS + 1):
            async with db.begin() as session:
                await gaps.tried(session, paper(1), "zh-CN", attempt, at)
                (gap,) = (await gaps.known(session, [paper(1).source_hash], "zh-CN")).values()
            waiting = gap.retry_at is not None
            if gap.retry_at is None:
                break
            pauses.append(gap.retry_at - at)
            at = gap.retry_at
            async with db.read() as session:
                assert await gaps.due(session, at - SOON, 9) == []
                assert await gaps.due(session, at, 9) == [gap]
        assert pauses == sorted(pauses)
        assert (pauses[0], pauses[-1]) == (FIRST_PAUSE, LONGEST_PAUSE)
        assert len(pauses) == MOST_ATTEMPTS - 1
        assert not waiting
        async with db.read() as session:
            assert await gaps.due(session, at + timedelta(days=99), 9) == []
