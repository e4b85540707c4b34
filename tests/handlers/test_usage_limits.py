"""What one person or chat may ask for: limits are said once, with when it goes on, and a restart begins no new day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.house import FRIDAY, House, announcement, open_house, paper
from fakes.stored import NOW, open_database

from bot.config import Settings
from bot.handlers.usage_limits import Kind, UsageLimits
from bot.simulator.chat_state import Chat, User

DAY = timedelta(days=1)


def somebody(house: House, name: str = "Mallory") -> tuple[Chat, User]:
    """A person who does not run the bot, and their private chat."""
    user = house.telegram.add_user(name, language_code="en")
    return house.telegram.private_chat(user), user


async def stays_silent(house: House, text: str, chat: Chat, user: User) -> None:
    """Say something and see that nothing comes."""
    before = len(house.telegram.from_bot(chat))
    house.telegram.say(chat, user, text)
    await house.telegram.quiet()
    await house.say("/help")
    assert len(house.telegram.from_bot(chat)) == before


async def test_a_person_with_too_many_commands_hears_so_once_and_goes_on_a_minute_later(tmp_path: Path) -> None:
    async with open_house(tmp_path, commands_per_minute=3) as house, house.running():
        chat, user = somebody(house)
        for _ in range(3):
            assert "What I understand" in await house.say("/help", chat=chat, user=user)
        assert "in a minute" in await house.say("/help", chat=chat, user=user)
        await stays_silent(house, "/help", chat, user)
        other, bob = somebody(house, "Bob")
        assert "What I understand" in await house.say("/help", chat=other, user=bob)
        house.clock.now += timedelta(minutes=1)
        assert "What I understand" in await house.say("/help", chat=chat, user=user)


async def test_what_people_say_to_each_other_in_a_group_is_no_command(tmp_path: Path) -> None:
    async with open_house(tmp_path, commands_per_minute=1) as house, house.running():
        _, user = somebody(house)
        group = house.telegram.add_group("Readers", creator=house.person, members=[user])
        for _ in range(2):
            house.telegram.say(group, user, "hello")
        await house.telegram.quiet()
        assert "What I understand" in await house.say("/help", chat=group, user=user)


async def test_cards_of_a_day_end_with_a_word_about_when_it_goes_on_also_after_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path, cards_per_day=3) as house:
        for number in range(1, 6):
            house.arxiv.add_paper(paper(number))
        chat, user = somebody(house)
        async with house.running():
            await house.say("2608.00001 2608.00002", chat=chat, user=user)
            await house.telegram.wait_for_messages(chat, 2)
            house.telegram.say(chat, user, "2608.00003 2608.00004")
            await house.telegram.wait_for_messages(chat, 4)
            assert "3 cards a day" in house.last(chat).text
            assert "Aug 23 00:00" in house.last(chat).text
        async with house.running():
            await stays_silent(house, "2608.00005", chat, user)
            house.clock.now += DAY
            assert "cards a day" not in await house.say("2608.00005", chat=chat, user=user)


async def test_days_of_digest_are_counted_for_each_person_and_the_bots_administrators_have_no_limit(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, digest_days_per_day=1) as house, house.running():
        house.arxiv.announce("cs.CV", announcement(), FRIDAY)
        chat, user = somebody(house)
        house.telegram.say(chat, user, "/digest cs.CV")
        await house.telegram.wait_for_messages(chat, 2)
        assert "1 digests a day" in await house.say("/digest cs.CV", chat=chat, user=user)
        for _ in range(2):
            assert "digests a day" not in await house.say("/digest cs.CV")


async def test_files_that_members_ask_for_in_a_group_end_and_the_text_goes_on(tmp_path: Path) -> None:
    async with open_house(tmp_path, group_files_per_hour=1) as house, house.running():
        house.arxiv.announce("cs.CV", announcement(), FRIDAY)
        _, user = somebody(house)
        leader = house.telegram.add_user("Ada", language_code="en")
        group = house.telegram.add_group("Readers", creator=leader, members=[user])

        async def files_of(speaker: User) -> int:
            before = len(house.telegram.from_bot(group))
            await house.say("/digest cs.CV", chat=group, user=speaker)
            await house.telegram.wait_for_messages(group, before + 2)
            await house.telegram.quiet()
            return sum(message.document is not None for message in house.telegram.from_bot(group)[before:])

        assert await files_of(user) == 1
        assert await files_of(user) == 0
        assert "1 files an hour" in house.last(group).text
        assert await files_of(leader) == 1


@pytest.mark.parametrize("text", ["/subscribe cs.CV cs.LG cs.CL", "/subscribe grp_physics"])
async def test_a_chat_has_so_many_subscriptions_and_not_one_more(tmp_path: Path, text: str) -> None:
    async with open_house(tmp_path, subscriptions_per_chat=2) as house, house.running():
        chat, user = somebody(house)
        assert "At most 2" in await house.say(text, chat=chat, user=user)
        assert "Subscribed" in await house.say("/subscribe cs.CV cs.LG", chat=chat, user=user)
        assert "At most 2" in await house.say("/subscribe cs.CL", chat=chat, user=user)
        assert "Already" in await house.say("/subscribe cs.CV", chat=chat, user=user)


async def test_a_list_holds_so_many_papers(tmp_path: Path) -> None:
    async with open_house(tmp_path, saved_papers=1) as house, house.running():
        for number in (1, 2):
            house.arxiv.add_paper(paper(number))
        chat, user = somebody(house)
        assert "★" in await house.say("/save 2608.00001", chat=chat, user=user)
        assert "holds 1 paper" in await house.say("/save 2608.00002", chat=chat, user=user)


def limits_of(db: Any, clock: list[Any]) -> UsageLimits:
    settings = Settings(_env_file=None, cards_per_day=1, commands_per_minute=1)
    return UsageLimits(settings=settings, db=db, now=lambda: clock[0])


async def test_a_clock_that_is_set_back_locks_nobody_out(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        clock = [NOW + 30 * DAY]
        limits = limits_of(db, clock)
        assert (await limits.take(Kind.CARDS, 7)).granted == limits.command(7).granted == 1
        assert (await limits.take(Kind.CARDS, 7)).granted == limits.command(7).granted == 0
        clock[0] = NOW
        assert (await limits.take(Kind.CARDS, 7)).granted == limits.command(7).granted == 1
        assert not (await limits.take(Kind.CARDS, 7)).granted


async def test_of_a_flood_only_the_first_refusal_is_said(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        limits = limits_of(db, [NOW])
        shares = [await limits.take(Kind.CARDS, 7, 2) for _ in range(4)]
        assert [(share.granted, share.first) for share in shares] == [(1, True), (0, False), (0, False), (0, False)]
        assert (await limits.take(Kind.CARDS, 8)).granted == 1


async def test_being_forgotten_begins_no_new_day(tmp_path: Path) -> None:
    async with open_house(tmp_path, cards_per_day=2) as house, house.running():
        for number in (1, 2, 3):
            house.arxiv.add_paper(paper(number))
        chat, user = somebody(house)
        for number in (1, 2):
            await house.say(f"2608.0000{number}", chat=chat, user=user)
        for _ in range(2):
            await house.say("/forget", chat=chat, user=user)
            await house.press(house.last(chat), "forget:yes", user=user)
            assert "a day" in await house.say("2608.00003", chat=chat, user=user)
        house.clock.now += DAY
        assert "Sheep with 3" in await house.say("2608.00003", chat=chat, user=user)
