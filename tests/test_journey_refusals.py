"""What Telegram refuses is read for what it means, through the whole bot: what is lost, what waits, what goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.house import FRIDAY, House, announcement, open_house

from bot.sender import REFUSED_AGAIN
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.state import Chat, Message
from bot.simulator.telegram import PATIENCE
from storage import subscriptions
from storage.models import deliveries

NO_RIGHTS = "not enough rights to send text messages to the chat"
NO_FILES = "not enough rights to send documents to the chat"
SECOND = timedelta(seconds=1)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        opened.arxiv.announce("cs.CV", announcement(2), FRIDAY)
        yield opened


def channel(house: House) -> Chat:
    return house.telegram.add_channel("Daily", "daily_cv", creator=house.person)


def digests(house: House, chat: Chat) -> list[Message]:
    return [message for message in house.telegram.from_bot(chat) if "Aug 21" in message.text or message.document]


def refuse(house: House, chat: Chat, text: str, *, method: str = "sendMessage", times: int | None = None) -> Fault:
    fault = Fault(FaultKind.BAD_REQUEST, method=method, chat_id=chat.id, text=text, times=times)
    house.telegram.faults.add(fault)
    return fault


async def paused(house: House, chat: Chat) -> str | None:
    async with house.bot.core.db.read() as session:
        known = await subscriptions.destination(session, chat.id)
    assert known is not None
    return known.paused


async def refused(house: House, times: int) -> None:
    """Wait until a message was refused so often."""
    query = sa.select(deliveries.c.refusals).where(deliveries.c.refusals == times)
    async with asyncio.timeout(PATIENCE):
        while True:
            async with house.bot.core.db.read() as session:
                if await session.scalar(query):
                    return
            await asyncio.sleep(0.02)


def later(house: House, by: timedelta) -> None:
    house.clock.now += by + SECOND
    house.bot.services.deliverer.wake()


@pytest.mark.parametrize("text", [NO_RIGHTS, "SOMETHING_NEW"])
async def test_a_refusal_that_passes_costs_a_channel_nothing(house: House, text: str) -> None:
    place = channel(house)
    async with house.at_work():
        await house.say("/subscribe @daily_cv cs.CV")
        refuse(house, place, text, times=2)
        house.clock.to_announcement(FRIDAY)
        await house.bot.services.daily.tick()
        await house.telegram.wait_for(lambda: "Telegram 拒绝了消息" in house.last().text)
        assert await paused(house, place) is None
        assert digests(house, place) == []
        later(house, REFUSED_AGAIN[0])
        await refused(house, 2)
        later(house, REFUSED_AGAIN[1])
        await house.telegram.wait_for(lambda: len(digests(house, place)) == 2)
        # Said once, although it was refused twice.
        told = [one for one in house.telegram.from_bot(house.private) if "Telegram 拒绝了消息" in one.text]
        assert len(told) == 1


async def test_rights_that_are_gone_pause_a_channel_at_once(house: House) -> None:
    place = channel(house)
    async with house.at_work():
        await house.say("/subscribe @daily_cv cs.CV")
        # The update that tells of it is lost.
        place.members[house.telegram.bot.id] = replace(place.members[house.telegram.bot.id], rights={})
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert await paused(house, place) is not None


async def test_a_group_that_takes_no_files_gets_its_digests_without_them(house: House) -> None:
    group = house.telegram.add_group("Lab", creator=house.person)
    async with house.at_work():
        await house.say("/subscribe cs.CV", chat=group)
        refuse(house, group, NO_FILES, method="sendDocument")
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert await paused(house, group) is None
        assert [bool(one.document) for one in digests(house, group)] == [False]
        await house.telegram.wait_for(lambda: "takes no files" in house.last().text)
        assert "File: off" in (await house.say("/settings", chat=group)) + str(house.last(group).buttons)


@pytest.mark.parametrize("text", ["message is too long", "BUTTON_DATA_INVALID", "Can't parse entities: odd"])
async def test_a_digest_whose_content_is_refused_comes_in_a_simpler_form(house: House, text: str) -> None:
    async with house.at_work():
        await house.say("/subscribe cs.CV")
        refuse(house, house.private, text, times=1)
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        first = digests(house, house.private)[0]
        assert "Counting" in first.text or "Count" in first.text or "Aug 21" in first.text
        assert not any(entity.type == "text_link" for entity in first.entities)
