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

from bot.delivery.sender import REFUSED_AGAIN
from bot.simulator.chat_state import Chat, Message, Status
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.params import Params
from bot.simulator.telegram import PATIENCE
from storage import subscriptions
from storage.models import deliveries
from storage.records import Layout

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


async def paused(house: House, chat: Chat, thread_id: int = 0) -> str | None:
    async with house.bot.core.db.read() as session:
        known = await subscriptions.destination(session, chat.id, thread_id)
    assert known is not None
    return known.paused


async def refused(house: House, times: int | None, *, in_chats: int = 1) -> None:
    """Wait until messages in so many chats were refused so often. None: until nothing waits after refusals."""
    query = sa.select(sa.func.count(deliveries.c.destination_id.distinct()))
    query = query.where(deliveries.c.refusals == times if times is not None else deliveries.c.refusals > 0)
    async with asyncio.timeout(PATIENCE):
        while True:
            async with house.bot.core.db.read() as session:
                if await session.scalar(query) == (in_chats if times is not None else 0):
                    return
            await asyncio.sleep(0.02)


async def tick(house: House, *, asks: Chat | None = None) -> None:
    """All that the clock does; where the bot is to look at its place in a chat, not before it has."""
    asked = asyncio.Event()

    def plan(method: str, params: Params, _sequence: int) -> None:
        if method.lower() == "getchatmember" and asks is not None and params.integer("chat_id") == asks.id:
            asked.set()

    house.telegram.faults.plan = plan
    await house.bot.clock.tick()
    if asks is not None:
        await asyncio.wait_for(asked.wait(), PATIENCE)
    house.telegram.faults.plan = None
    await house.settle()


def heard_of(house: House, text: str, chat: Chat | None = None) -> bool:
    return any(text in message.text for message in house.telegram.from_bot(chat or house.private))


def goes_on(house: House) -> int:
    return sum("and digests go on" in message.text for message in house.telegram.from_bot(house.private))


def later(house: House, by: timedelta) -> None:
    house.clock.now += by + SECOND
    house.bot.services.deliverer.wake()


@pytest.mark.parametrize("text", [NO_RIGHTS, "SOMETHING_NEW"])
async def test_a_refusal_that_passes_costs_a_channel_nothing(house: House, text: str) -> None:
    place = channel(house)
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        refuse(house, place, text, times=2)
        house.clock.to_announcement(FRIDAY)
        await house.bot.services.daily.tick()
        await house.telegram.wait_for(lambda: heard_of(house, "Telegram 拒绝了消息"))
        assert await paused(house, place) is None
        assert digests(house, place) == []
        later(house, REFUSED_AGAIN[0])
        await refused(house, 2)
        later(house, REFUSED_AGAIN[1])
        await house.telegram.wait_for(lambda: len(digests(house, place)) == 2)
        # Said once, although it was refused twice.
        told = [message for message in house.telegram.from_bot(house.private) if "Telegram 拒绝了消息" in message.text]
        assert len(told) == 1


async def test_rights_that_are_gone_pause_a_channel_at_once(house: House) -> None:
    place = channel(house)
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        # The update that tells of it is lost.
        place.members[house.telegram.bot.id] = replace(place.members[house.telegram.bot.id], rights={})
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert await paused(house, place) is not None


async def test_a_group_that_takes_no_files_gets_its_digests_without_them(house: House) -> None:
    group = house.telegram.add_group("Lab", creator=house.person)
    async with house.running():
        await house.say("/subscribe cs.CV", chat=group)
        refuse(house, group, NO_FILES, method="sendDocument")
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert await paused(house, group) is None
        assert [bool(digest.document) for digest in digests(house, group)] == [False]
        await house.telegram.wait_for(lambda: heard_of(house, "takes no files"))
        assert "File: off" in (await house.say("/settings", chat=group)) + str(house.last(group).buttons)


@pytest.mark.parametrize("text", ["BUTTON_DATA_INVALID", "Can't parse entities: odd"])
async def test_a_digest_whose_content_is_refused_comes_in_a_simpler_form(house: House, text: str) -> None:
    async with house.running():
        await house.say("/subscribe cs.CV")
        refuse(house, house.private, text, times=1)
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        first = digests(house, house.private)[0]
        assert "2608.00001" in first.text
        assert "2608.00002" in first.text
        assert not any(entity.type == "text_link" for entity in first.entities)


async def test_where_the_file_is_all_of_a_digest_and_refused_its_papers_come_as_messages(house: House) -> None:
    group = house.telegram.add_group("Lab", creator=house.person)
    async with house.running() as bot:
        await house.say("/subscribe cs.CV", chat=group)
        async with bot.core.db.begin() as session:
            place = await subscriptions.destination(session, group.id)
            assert place is not None
            await subscriptions.update(session, place.id, layout=Layout.FILE, attach_file=False)
        refuse(house, group, NO_FILES, method="sendDocument")
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert digests(house, group) == []
        await house.tick()
        assert ["2608.00002" in digest.html for digest in digests(house, group)] == [True]
        await house.tick()
        assert len(digests(house, group)) == 1


async def test_many_channels_refused_at_once_without_a_word_of_why_are_telegrams_trouble_and_no_owners(
    house: House,
) -> None:
    places = [house.telegram.add_channel(f"C{n}", f"channel_{n}", creator=house.person) for n in range(12)]
    async with house.running():
        for n in range(12):
            await house.say(f"/subscribe @channel_{n} cs.CV")
        before = len(house.telegram.from_bot(house.private))
        for place in places:
            refuse(house, place, NO_RIGHTS, times=1)
            refuse(house, place, "member list is inaccessible", method="getChatMember")
        house.clock.to_announcement(FRIDAY)
        await house.bot.services.daily.tick()
        await house.telegram.wait_for(lambda: heard_of(house, "Telegram 拒绝了消息"))
        await refused(house, 1, in_chats=12)
        assert [await paused(house, place) for place in places] == [None] * 12
        assert len(house.telegram.from_bot(house.private)) == before + 1
        later(house, REFUSED_AGAIN[0])
        await house.telegram.wait_for(lambda: all(len(digests(house, place)) == 2 for place in places))


async def test_what_is_refused_to_the_last_try_for_no_known_reason_comes_with_the_next_digest(house: House) -> None:
    place = channel(house)
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        refuse(house, place, "SOMETHING_NEW")
        house.clock.to_announcement(FRIDAY)
        await house.bot.services.daily.tick()
        for times, pause in enumerate(REFUSED_AGAIN, 1):
            await refused(house, times)
            later(house, pause)
        await refused(house, None)
        assert await paused(house, place) is None
        house.telegram.faults.clear()
        await house.tick()
        # Not at once: it would be refused like the last time.
        assert digests(house, place) == []
        house.clock.now += timedelta(days=1)
        await house.tick()
        assert ["2608.00002" in digest.html for digest in digests(house, place) if digest.text] == [True]


async def test_rights_that_are_refused_to_the_last_try_are_lost(house: House) -> None:
    place = channel(house)
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        refuse(house, place, NO_RIGHTS)
        house.clock.to_announcement(FRIDAY)
        await house.bot.services.daily.tick()
        for times, pause in enumerate(REFUSED_AGAIN, 1):
            await refused(house, times)
            assert await paused(house, place) is None
            later(house, pause)
        await house.telegram.wait_for(lambda: heard_of(house, "Allow me to post"))
        assert await paused(house, place) == NO_RIGHTS.capitalize()


@pytest.mark.parametrize("where", ["channel", "topic", "group of silent members"])
async def test_a_place_that_lost_its_rights_is_looked_at_once_a_day_and_goes_on_when_they_are_back(
    house: House, where: str
) -> None:
    place, thread = channel(house), 0
    if where != "channel":
        place = house.telegram.add_group("Lab", creator=house.person, forum=where == "topic")
        thread = house.telegram.add_topic(place, "Papers") if where == "topic" else 0
    bot = house.telegram.bot

    def allow(*, silent: bool) -> None:
        """No update tells of it."""
        if where == "channel":
            rights = {"can_post_messages": not silent}
            place.members[bot.id] = replace(place.members[bot.id], rights=rights)
        elif where == "topic":
            status: Status = "restricted" if silent else "member"
            rights = {"can_send_messages": not silent}
            place.members[bot.id] = replace(place.members[bot.id], status=status, rights=rights)
        else:
            place.members_write = not silent

    async with house.running():
        if where == "channel":
            await house.say("/subscribe @daily_cv cs.CV")
        else:
            await house.say("/subscribe cs.CV", chat=place, thread_id=thread)
        allow(silent=True)
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert await paused(house, place, thread)
        house.clock.now += timedelta(hours=50)
        await tick(house, asks=place)
        assert await paused(house, place, thread)
        allow(silent=False)
        house.clock.now += timedelta(hours=1)
        await tick(house)
        await house.say("/help")
        assert await paused(house, place, thread)
        house.clock.now += timedelta(hours=24)
        await tick(house, asks=place)
        await house.telegram.wait_for(lambda: bool(digests(house, place)))
        assert await paused(house, place, thread) is None
        await house.telegram.wait_for(lambda: goes_on(house))
        assert goes_on(house) == 1


async def test_a_topic_that_was_closed_does_not_go_on_because_the_bot_may_write_in_its_group(house: House) -> None:
    forum = house.telegram.add_group("Lab", creator=house.person, forum=True)
    topic = house.telegram.add_topic(forum, "Papers")
    async with house.running():
        await house.say("/subscribe cs.CV", chat=forum, thread_id=topic)
        house.telegram.close_topic(forum, topic)
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        house.clock.now += timedelta(hours=50)
        await tick(house, asks=forum)
        await house.say("/help")
        assert await paused(house, forum, topic) == "Topic_closed"


@pytest.mark.parametrize("status", ["administrator", "left"])
async def test_only_who_still_leads_a_group_hears_that_its_digests_are_paused(house: House, status: Status) -> None:
    ada = house.telegram.add_user("Ada", language_code="en")
    group = house.telegram.add_group("Secret plans", creator=house.person)
    house.telegram.promote(group, ada)
    async with house.running():
        await house.say("/start", user=ada, chat=house.telegram.private_chat(ada))
        await house.say("/subscribe cs.CV", chat=group, user=ada)
        group.members[ada.id] = replace(group.members[ada.id], status=status)
        group.members_write = False
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert await paused(house, group)
        if status == "administrator":
            await house.telegram.wait_for(lambda: heard_of(house, "Secret plans", house.telegram.private_chat(ada)))
        await house.telegram.quiet()
        heard = [message.text for message in house.telegram.from_bot(house.telegram.private_chat(ada))]
        assert any("Secret plans" in text for text in heard) is (status == "administrator")
