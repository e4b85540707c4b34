"""JOURNEY clock → digest in the rich layout, through the real bot over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house
from fakes.rich_material import of_type

from bot.simulator.chat_state import Chat
from bot.simulator.faults import Fault, FaultKind

# More papers than one rich message holds.
MANY = 45
REFUSED = Fault(FaultKind.BAD_REQUEST, "sendRichMessage", text="RICH_MESSAGE_EMAIL_INVALID")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        house.clock.to_announcement(FRIDAY)
        yield house


async def subscribed(house: House) -> Chat:
    """A channel that wants the rich layout, where a digest comes as one message after the other."""
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    await house.say("/subscribe @daily_cv cs.CV")
    await house.say("/settings @daily_cv layout rich")
    return channel


def forms(house: House, chat: Chat) -> list[str]:
    return [
        "document" if message.document else "rich" if message.rich else "classic"
        for message in house.telegram.from_bot(chat)
    ]


async def test_a_chat_that_wants_it_gets_its_digest_rich(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        channel = await subscribed(house)
        await house.tick()
        assert forms(house, channel) == ["rich", "document"]
        message = house.telegram.from_bot(channel)[0]
        assert len(of_type(list(message.rich), "details")) == 3
        assert "Learning to Count Sheep with 1 Cameras ‹https://arxiv.org/abs/2608.00001›" in message.text


async def test_only_the_refused_part_comes_classic_and_the_chat_stays_classic_from_then_on(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(MANY), FRIDAY)
    async with house.running():
        channel = await subscribed(house)
        house.telegram.faults.plan = lambda method, _, __: (
            REFUSED if method == "sendRichMessage" and forms(house, channel) else None
        )
        await house.tick()
        assert forms(house, channel) == ["rich", "classic", "document"]
        first, second, _ = house.telegram.from_bot(channel)
        assert "2608.00001" in first.text
        assert "2608.00001" not in second.html
        assert f"2608.{MANY:05}" in second.html
        house.telegram.faults.clear()
        house.clock.to_announcement(MONDAY)
        house.arxiv.announce("cs.CV", announcement(2, first=100), MONDAY)
        await house.tick()
        assert forms(house, channel)[3:] == ["classic", "document"]


async def test_a_telegram_that_does_not_know_rich_messages_gets_everything_classic(house: House) -> None:
    house.telegram.world.speaks_rich = False
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        channel = await subscribed(house)
        await house.tick()
        assert forms(house, channel) == ["classic", "document"]
        assert house.telegram.from_bot(channel)[0].text.count("Cameras") == 0
        assert "https://arxiv.org/abs/2608.00003" in house.telegram.from_bot(channel)[0].html


async def test_a_regenerated_digest_is_edited_where_it_stands(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        channel = await subscribed(house)
        await house.tick()
        house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
        await house.say("/regenerate cs.CV 2026-08-21 refetch")
        await house.telegram.wait_for(lambda: "1 added" in house.last().text)
        message = house.telegram.from_bot(channel)[0]
        assert len(of_type(list(message.rich), "details")) == 3
        assert forms(house, channel) == ["rich", "document"]
