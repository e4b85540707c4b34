"""What a person asks for is that person's bill: no question of a stranger makes the owner pay for more than its cap."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from fakes.house import FRIDAY, House, announcement, open_house, paper

from bot.arxiv_source import calendar
from bot.handlers.update_queue import UpdateQueue
from bot.simulator.chat_state import Chat
from storage import gaps

CAP = 2
PAGE = 10


async def ask_as_stranger(house: House, text: str) -> Chat:
    """Say it as somebody who is no administrator of the bot; back when all of it is answered."""
    people = house.telegram.world.users.values()
    user = next((person for person in people if person.first_name == "Mallory"), None)
    user = user or house.telegram.add_user("Mallory", language_code="en")
    chat = house.telegram.private_chat(user)
    await house.say(text, chat=chat, user=user)
    queue = house.bot.application.update_processor
    assert isinstance(queue, UpdateQueue)
    await queue.rest(("chat", chat.id))
    return chat


def past_days(count: int) -> list[date]:
    days = [calendar.previous(FRIDAY)]
    while len(days) < count:
        days.append(calendar.previous(days[-1]))
    return days


async def test_days_of_the_past_cost_no_more_than_the_cap_of_the_chat_that_asks(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, translate_chat_cap={"requests": CAP}) as house, house.running():
        for place, day in enumerate(past_days(2)):
            house.arxiv.announce("cs.CV", announcement(60, first=1 + 100 * place), day)
        for day in past_days(2):
            await ask_as_stranger(house, f"/digest cs.CV {day}")
        chat = await ask_as_stranger(house, "/help")
        assert house.translator.requests.total() <= CAP
        said = [message.text for message in house.telegram.from_bot(chat)]
        assert sum("is used up" in text for text in said) == 1
        assert sum("cs.CV" in text and "60" in text for text in said) == 2


async def test_what_a_cap_refused_is_not_translated_later_on_everybodys_bill(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, translate_chat_cap={"requests": CAP}) as house, house.running() as bot:
        house.arxiv.announce("cs.CV", announcement(60), FRIDAY)
        await ask_as_stranger(house, f"/digest cs.CV {FRIDAY}")
        before = house.translator.requests.total()
        house.clock.now += timedelta(hours=2)
        await bot.retries.tick()
        assert house.translator.requests.total() == before
        async with bot.core.db.read() as session:
            assert await gaps.count(session) <= 1


async def test_only_the_page_that_is_shown_is_translated_and_the_next_one_when_it_is_turned_to(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        house.arxiv.announce("cs.CV", announcement(30), FRIDAY)
        user = house.telegram.add_user("Mallory", language_code="en")
        chat = house.telegram.private_chat(user)
        await house.say(f"/digest cs.CV {FRIDAY}", chat=chat, user=user)
        await house.telegram.wait_for(lambda: any(message.buttons for message in house.telegram.from_bot(chat)))
        digest = next(message for message in house.telegram.from_bot(chat) if message.buttons)
        first = {title for _, title in house.translator.asked if "Cameras" in title}
        assert len({number_of(text) for text in first}) == PAGE
        await house.telegram.wait_for_messages(chat, 2)
        await house.press_to_edit(digest, "▶", user=user)
        await house.telegram.wait_for(lambda: "[not translated]" not in digest.text and "20" in digest.text)
        asked = {number_of(title) for _, title in house.translator.asked if "Cameras" in title}
        assert len(asked) == 2 * PAGE


def number_of(title: str) -> str:
    """Which of the made-up papers a title is."""
    return next(word for word in title.split() if word.isdigit())


async def test_who_alone_has_a_field_in_a_language_pays_for_it_and_others_share(tmp_path: Path) -> None:
    async with open_house(tmp_path, translate_subscription_cap={"requests": CAP}) as house, house.running():
        user = house.telegram.add_user("Mallory", language_code="en")
        chat = house.telegram.private_chat(user)
        await house.say("/subscribe cs.CV", chat=chat, user=user)
        house.arxiv.announce("cs.CV", announcement(20), FRIDAY)
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert house.translator.requests.total() <= CAP
        other = house.telegram.add_user("Wang", language_code="en")
        await house.say("/subscribe cs.CV", chat=house.telegram.private_chat(other), user=other)
        house.clock.now += timedelta(days=3)
        monday = calendar.following(FRIDAY)
        house.arxiv.announce("cs.CV", announcement(20, first=100), monday)
        house.clock.to_announcement(monday)
        await house.tick()
        assert house.translator.requests.total() > 2 * CAP


async def test_who_has_the_bot_pays_for_it_and_is_held_by_the_daily_cap_alone(tmp_path: Path) -> None:
    async with open_house(tmp_path, translate_chat_cap={"requests": CAP}) as house, house.running():
        house.arxiv.announce("cs.CV", announcement(10), FRIDAY)
        await house.say(f"/digest cs.CV {FRIDAY}")
        assert house.translator.requests.total() > CAP


async def test_being_forgotten_gives_no_fresh_cap(tmp_path: Path) -> None:
    async with open_house(tmp_path, translate_chat_cap={"requests": CAP}) as house, house.running():
        user = house.telegram.add_user("Mallory", language_code="en")
        chat = house.telegram.private_chat(user)
        for number in range(1, 9):
            house.arxiv.add_paper(paper(number))
        for number in range(1, 9):
            await house.say(f"2608.0000{number}", chat=chat, user=user)
            if number % 3 == 0:
                await house.say("/forget", chat=chat, user=user)
                await house.press_with(house.last(chat), "forget:yes", user=user)
        assert house.translator.requests["libretranslate"] == CAP
