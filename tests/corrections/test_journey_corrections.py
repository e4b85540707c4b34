"""Corrections of what was posted: previewed as a difference, made in place, and undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.house import FRIDAY, House, announcement, open_house, paper

from bot.simulator.chat_state import Chat
from storage import papers


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A channel has Friday's digest, one title of which was stored wrongly and has been put right since."""
    async with open_house(tmp_path) as house:
        house.clock.to_announcement(FRIDAY)
        house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
        house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
        async with house.running():
            await house.say("/subscribe @daily_cv cs.CV")
            await house.tick()
            async with house.bot.core.db.begin() as session:
                await papers.save(session, [paper(1, title="Learning to Count Goats with 1 Camera")])
            yield house


def channel(house: House) -> Chat:
    return next(chat for chat in house.telegram.world.chats.values() if chat.type == "channel")


def contents(house: House) -> list[tuple[int, str, bytes]]:
    """Every message of the digest with its id, text and file."""
    found = house.telegram.from_bot(channel(house))
    return [(one.message_id, one.shown, one.document.content if one.document else b"") for one in found]


async def test_a_correction_can_be_seen_before_it_is_made_and_taken_back_afterwards(house: House) -> None:
    before = contents(house)
    await house.say("/regenerate cs.CV preview")
    preview = house.last()
    assert preview.document is not None
    assert contents(house) == before
    assert "messages" in await corrected(house, "")
    after = contents(house)
    assert [one[0] for one in after] == [one[0] for one in before]
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed
    difference = preview.document.content.decode()
    assert any(line.startswith("+") and "Goats" in line for line in difference.splitlines())
    assert any(line.startswith("-") and "Sheep" in line for line in difference.splitlines())
    await corrected(house, "undo")
    assert contents(house) == before
    await corrected(house, "undo")
    assert contents(house) == after
    assert "Nothing would change" in await house.say("/regenerate cs.CV preview")


async def test_a_message_that_was_deleted_is_reported_and_not_sent_again(house: House) -> None:
    message = house.telegram.from_bot(channel(house))[0]
    house.telegram.delete(message)
    assert "could not be sent or edited" in await corrected(house, "")
    assert message.message_id not in {content[0] for content in contents(house)}
    assert len(contents(house)) == 1


async def corrected(house: House, scope: str) -> str:
    """The report of a correction."""
    await house.say(f"/regenerate cs.CV {scope}")
    answer = house.last()
    await house.telegram.wait_for(lambda: "Building" not in answer.text)
    return answer.text
