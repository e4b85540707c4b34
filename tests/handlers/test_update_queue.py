"""A chat's updates wait for each other and for nobody else's, and few of them wait at all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from fakes.arxiv_server import Trouble
from fakes.house import House, open_house
from telegram import Chat as TelegramChat
from telegram import InlineQuery, Update
from telegram import Message as TelegramMessage
from telegram import User as TelegramUser

from bot.handlers.update_queue import WAITING, WAITING_OF_ONE, Refused, UpdateQueue
from bot.simulator.chat_state import Chat, User

UNKNOWN = "https://arxiv.org/abs/2608."


def flood(house: House, chat: Chat, user: User, count: int = 200) -> None:
    """So many messages at once, each with an id that only arXiv could know."""
    for number in range(1, count + 1):
        house.telegram.say(chat, user, f"{UNKNOWN}{number:05}")


async def test_while_one_chat_has_200_messages_waiting_others_are_answered(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        stranger = house.telegram.add_user("Mallory", language_code="en")
        theirs = house.telegram.private_chat(stranger)
        house.arxiv.misbehave(Trouble.HANG, times=1_000)
        flood(house, theirs, stranger)
        await house.arxiv.asked(1)
        # arXiv still answers nothing: whoever waited for the stranger's messages would wait for ever.
        assert "/subscribe" in await house.say("/help")
        house.arxiv.release()
        await house.telegram.wait_for_messages(theirs, 1 + 1 + WAITING)
        await house.telegram.quiet()
        said = [message.text for message in house.telegram.from_bot(theirs)]
        assert len(said) == 1 + 1 + WAITING
        assert sum("One moment" in text for text in said) == 1
        assert f"{UNKNOWN}00001" in next(text for text in said if "One moment" in text)


async def test_the_notice_is_in_the_language_of_the_chat(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        person = house.telegram.add_user("Wang", language_code="zh-hans")
        chat = house.telegram.private_chat(person)
        house.arxiv.misbehave(Trouble.HANG, times=1_000)
        flood(house, chat, person, 20)
        await house.telegram.wait_for_messages(chat, 1)
        assert "请稍候" in house.last(chat).text
        house.arxiv.release()


async def test_a_chat_is_told_again_only_after_it_was_at_rest() -> None:
    queue, firsts = UpdateQueue(), list[bool]()

    async def note(refused: Refused) -> None:
        firsts.append(refused.first)

    queue.refused = note
    for _ in range(2):
        held = asyncio.Event()
        held_back = [asyncio.create_task(queue.do_process_update(message(1), held.wait())) for _ in range(10)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        held.set()
        await asyncio.gather(*held_back)
    assert firsts == ([True] + [False] * (10 - 1 - WAITING - 1)) * 2


async def test_of_what_a_person_types_inline_only_the_newest_is_looked_up() -> None:
    queue, handled = UpdateQueue(), list[int]()
    held = asyncio.Event()

    async def handle(number: int) -> None:
        handled.append(number)
        await held.wait()

    typed = [asyncio.create_task(queue.do_process_update(inline(n), handle(n))) for n in range(1, WAITING + 1)]
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(*typed)
    assert handled == [1, WAITING]


def message(chat: int) -> Update:
    """A message in a private chat."""
    user = TelegramUser(chat, "Lin", is_bot=False)
    return Update(
        1, message=TelegramMessage(1, datetime(2026, 8, 21, tzinfo=UTC), TelegramChat(chat, "private"), from_user=user)
    )


def inline(number: int) -> Update:
    """What a person typed after the bot's name."""
    return Update(
        number, inline_query=InlineQuery("1", TelegramUser(7, "Lin", is_bot=False), f"diffusion {number}", "")
    )


async def test_in_a_group_one_member_leaves_places_to_the_others_and_nobody_is_told(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        talker = house.telegram.add_user("Mallory", language_code="en")
        group = house.telegram.add_group("Lab", creator=house.person, members=[talker])
        await house.say("/links on", chat=group)
        before = len(house.telegram.from_bot(group))
        house.arxiv.misbehave(Trouble.HANG, times=1_000)
        for number in range(1, 100):
            house.telegram.say(group, talker, f"/bibtex 2608.{number:05}")
        await house.arxiv.asked(1)
        house.telegram.say(group, house.person, "/help")
        await house.telegram.quiet()
        house.arxiv.release()
        await house.telegram.wait_for_messages(group, before + 1 + WAITING_OF_ONE + 1)
        await house.telegram.quiet()
        said = [message.text for message in house.telegram.from_bot(group)[before:]]
        assert any("/subscribe" in text for text in said)
        assert len(said) == 1 + WAITING_OF_ONE + 1


async def test_what_members_say_to_each_other_takes_no_place_of_what_they_ask(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        talker = house.telegram.add_user("Mallory", language_code="en")
        group = house.telegram.add_group("Lab", creator=house.person, members=[talker])
        house.arxiv.misbehave(Trouble.HANG, times=1_000)
        house.telegram.say(group, house.person, "/bibtex 2608.00001")
        await house.arxiv.asked(1)
        for number in range(50):
            house.telegram.say(group, talker, f"We meet at {number % 12} o'clock.")
        house.telegram.say(group, talker, "/help")
        await house.telegram.quiet()
        house.arxiv.release()
        await house.telegram.wait_for(
            lambda: any("/subscribe" in message.text for message in house.telegram.from_bot(group))
        )


async def test_buttons_that_are_not_handled_wait_no_longer(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        await house.say("/settings")
        settings = house.last()
        house.arxiv.misbehave(Trouble.HANG, times=1_000)
        flood(house, house.private, house.person, 20)
        await house.arxiv.asked(1)
        query = house.telegram.press(settings, house.person, settings.buttons[0][0].text)
        await house.telegram.wait_for(lambda: house.telegram.answer(query) is not None)
        assert "One moment" in (house.telegram.answer(query) or "")
        house.arxiv.release()


async def test_a_group_that_moves_is_followed_however_many_messages_wait(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        group = house.telegram.add_group("Lab", creator=house.person, supergroup=False)
        await house.say("/subscribe cs.CV", chat=group)
        house.arxiv.misbehave(Trouble.HANG, times=1_000)
        for number in range(1, 20):
            house.telegram.say(group, house.person, f"/bibtex 2608.{number:05}")
        await house.arxiv.asked(1)
        moved = house.telegram.upgrade(group)
        await house.telegram.quiet()
        house.arxiv.release()
        assert "cs.CV" in await house.say("/subscriptions", chat=moved)
