"""Messages that may have arrived, and chats that are lost: what becomes of them and who is told, through the bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house

from bot.config import Policy
from bot.handlers.update_queue import UpdateQueue
from bot.simulator.chat_state import Chat
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.params import Params
from bot.simulator.telegram import PATIENCE


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        house.clock.to_announcement(FRIDAY)
        yield house


async def day(house: House, chat: Chat, fault: FaultKind) -> list[bool]:
    """A first digest goes well; the first message of the next day's meets the fault. Which of that day's are files."""
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    await house.say("/subscribe @daily_cv cs.CV")
    await house.tick()
    before = len(house.telegram.from_bot(chat))
    house.clock.to_announcement(MONDAY)
    house.arxiv.announce("cs.CV", announcement(2, first=11), MONDAY)
    house.telegram.faults.add(Fault(fault, method="sendMessage", chat_id=chat.id))
    await house.tick()
    return [bool(message.document) for message in house.telegram.from_bot(chat)[before:]]


@pytest.mark.parametrize("fault", [FaultKind.CUT_AFTER, FaultKind.CUT_BEFORE])
async def test_the_bot_looks_by_itself_whether_a_message_arrived_and_goes_on(house: House, fault: FaultKind) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    async with house.running():
        assert await day(house, channel, fault) == [False, True]
        assert house.telegram.from_bot(house.private)[-1].text.startswith("Subscribed")
        assert "accounted for" in await house.say("/resend")


async def test_other_posts_are_not_taken_for_the_message(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    async with house.running():
        house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
        await house.say("/subscribe @daily_cv cs.CV")
        await house.tick()
        for number in range(3):
            house.telegram.post(channel, f"A word from the editor, {number}")
        house.telegram.delete(house.telegram.messages(channel)[-2])
        assert await day(house, channel, FaultKind.CUT_AFTER) == [False, True]


async def resolved(house: House, chat: Chat, fault: FaultKind) -> None:
    """The first digest ever meets a fault; the bot finds out by itself what became of it."""
    house.telegram.faults.add(Fault(fault, method="sendMessage", chat_id=chat.id))
    before = len(house.telegram.from_bot(chat))
    await house.tick()
    assert [bool(message.document) for message in house.telegram.from_bot(chat)[before:]] == [False, True]
    assert "accounted for" in await house.say("/resend")


@pytest.mark.parametrize("fault", [FaultKind.CUT_AFTER, FaultKind.CUT_BEFORE])
async def test_a_first_digest_is_looked_for_after_the_command_that_asked_for_it(house: House, fault: FaultKind) -> None:
    group = house.telegram.add_group("Lab", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV", chat=group)
        await house.telegram.quiet()
        await resolved(house, group, fault)


@pytest.mark.parametrize("fault", [FaultKind.CUT_AFTER, FaultKind.CUT_BEFORE])
async def test_a_first_digest_is_looked_for_after_a_post_that_was_seen(house: House, fault: FaultKind) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        house.telegram.post(channel, "Welcome")
        await house.telegram.quiet()
        await resolved(house, channel, fault)


async def test_a_first_digest_is_looked_for_after_the_message_whose_button_asked_for_it(house: House) -> None:
    group = house.telegram.add_group("Lab", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/settings", chat=group)
        for _ in range(15):  # more than is looked at from the first message on
            house.telegram.world.write(house.telegram.world.draft(group, from_user=house.person, text="Hello"))
        await house.say("/subscribe cs.CV", chat=group)
        queue = house.bot.application.update_processor
        assert isinstance(queue, UpdateQueue)
        await queue.rest(("chat", group.id))
        async with house.bot.core.db.begin() as session:
            await session.execute(sa.text("UPDATE destinations SET seen_message = NULL"))
        await house.press(house.telegram.from_bot(group)[0], house.telegram.from_bot(group)[0].buttons[0][0].text)
        await resolved(house, group, FaultKind.CUT_AFTER)


async def test_that_a_chat_ends_is_found_out_with_two_requests(house: House) -> None:
    group = house.telegram.add_group("Lab", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    forwards: list[str] = []

    def note(method: str, _params: Params, _sequence: int) -> None:
        forwards.extend([method] if method.lower().startswith("forward") else [])

    async with house.running():
        await house.say("/subscribe cs.CV", chat=group)
        await house.telegram.quiet()
        house.telegram.faults.plan = note
        await resolved(house, group, FaultKind.CUT_BEFORE)
    # The bot's answer to the command, the first id without a message, and all that could come after it.
    assert forwards == ["forwardMessage", "forwardMessage", "forwardMessages"]


async def test_a_channels_deleted_messages_do_not_end_it(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        house.telegram.post(channel, "Welcome")
        await house.telegram.quiet()
        for _ in range(3):
            house.telegram.delete(house.telegram.post(channel, "A slip"))
        await resolved(house, channel, FaultKind.CUT_AFTER)


async def test_a_first_digest_that_arrived_in_a_new_channel_is_found(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        await resolved(house, channel, FaultKind.CUT_AFTER)


async def test_where_the_bot_cannot_look_an_administrator_decides_with_a_button(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.LG")  # so that the bot knows which language the administrator speaks
        await house.say("/subscribe @daily_cv cs.CV")
        house.telegram.faults.add(Fault(FaultKind.CUT_BEFORE, method="sendMessage", chat_id=channel.id))
        await house.tick()
        await house.telegram.wait_for(lambda: "I could not look" in house.last().text)
        assert "no earlier message there is known" in house.last().text
        assert house.telegram.from_bot(channel) == []
        await house.press(house.last(), "Send again")
        await house.telegram.wait_for_messages(channel, 2)
        assert [bool(message.document) for message in house.telegram.from_bot(channel)] == [False, True]


async def test_an_administrator_who_could_not_be_told_is_told_a_minute_later(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.LG")  # so that the bot knows which language the administrator speaks
        await house.say("/subscribe @daily_cv cs.CV")
        house.telegram.faults.add(Fault(FaultKind.CUT_BEFORE, method="sendMessage", chat_id=channel.id))
        house.telegram.faults.add(Fault(FaultKind.SERVER_ERROR, method="sendMessage", chat_id=house.private.id))
        await house.bot.services.daily.tick()
        await house.telegram.wait_for(lambda: len(house.telegram.faults.struck) == 2)
        assert "I could not look" not in house.last().text
        async with asyncio.timeout(PATIENCE):
            while "I could not look" not in house.last().text:
                house.clock.now += timedelta(minutes=1)
                house.bot.services.deliverer.wake()
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(("policy", "messages"), [(Policy.RESEND, 3), (Policy.WAIT, 1)])
async def test_the_host_may_choose_to_send_again_or_to_wait(tmp_path: Path, policy: Policy, messages: int) -> None:
    async with open_house(tmp_path, unanswered=policy) as house:
        channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
        house.clock.to_announcement(FRIDAY)
        async with house.running():
            assert len(await day(house, channel, FaultKind.CUT_AFTER)) == messages


async def test_the_owner_hears_once_and_in_private_that_a_channel_is_lost(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        house.telegram.kick_bot(channel)
        await house.tick()
        await house.telegram.wait_for(lambda: "no longer post" in house.last().text)
        assert "@daily_cv" in house.last().text
        assert "kicked" in house.last().text
        told = len(house.telegram.from_bot(house.private))
        house.clock.to_announcement(MONDAY)
        await house.tick()
        assert len(house.telegram.from_bot(house.private)) == told


async def test_the_owner_hears_that_a_topic_is_gone(house: House) -> None:
    forum = house.telegram.add_group("Lab", creator=house.person, forum=True)
    topic = house.telegram.add_topic(forum, "Papers")
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV", chat=forum, thread_id=topic)
        house.telegram.private_chat(house.person)
        del forum.topics[topic]
        await house.tick()
        await house.telegram.wait_for_messages(house.private)
        assert "message thread not found" in house.last().text.lower()
