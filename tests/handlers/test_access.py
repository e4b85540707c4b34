"""Who is answered at all: nobody who is banned, and in a private installation only who is listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house
from fakes.stored import NOW, open_database

from bot.simulator.chat_state import Chat, User
from storage import access, moves, subscriptions
from storage.records import ChatKind, Destination


def somebody(house: House, name: str = "Mallory") -> tuple[Chat, User]:
    """A person who does not run the bot, and their private chat."""
    user = house.telegram.add_user(name, language_code="en")
    return house.telegram.private_chat(user), user


async def nothing_comes(house: House, text: str, chat: Chat, user: User) -> None:
    """Say something and see that nothing comes."""
    before = len(house.telegram.from_bot(chat))
    house.telegram.say(chat, user, text)
    await house.telegram.quiet()
    await house.say("/help")
    assert len(house.telegram.from_bot(chat)) == before


async def test_who_is_banned_is_not_answered_and_gets_no_digest_until_that_is_undone(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        chat, user = somebody(house)
        house.arxiv.announce("cs.CV", announcement(), FRIDAY)
        async with house.running():
            await house.say("/subscribe cs.CV", chat=chat, user=user)
            await house.tick()
            await house.telegram.wait_for_messages(chat, 2)
            assert "not answered any more" in await house.say(f"/ban {user.id}")
            assert str(user.id) in await house.say("/ban")
            await nothing_comes(house, "/help", chat, user)
        async with house.running():
            await nothing_comes(house, "/help", chat, user)
            pressed = house.telegram.from_bot(chat)[0]
            assert await house.press_with(pressed, "digest", user=user) == ""
            house.telegram.block(user)
            house.telegram.unblock(user)
            await house.telegram.quiet()
            house.clock.to_announcement(MONDAY)
            house.arxiv.announce("cs.CV", announcement(2, first=20), MONDAY)
            before = len(house.telegram.from_bot(chat))
            await house.tick()
            await nothing_comes(house, "hello", chat, user)
            assert len(house.telegram.from_bot(chat)) == before
            assert "answered again" in await house.say(f"/unban {user.id}")
            await house.tick()
            await house.telegram.wait_for_messages(chat, before + 1)
            assert "What I understand" in await house.say("/help", chat=chat, user=user)


async def test_a_banned_person_is_not_answered_in_groups_and_does_not_bring_the_bot_into_one(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        _, user = somebody(house)
        group = house.telegram.add_group("Readers", creator=house.person, members=[user])
        await house.say(f"/ban {user.id}")
        await nothing_comes(house, "/help", group, user)
        assert "What I understand" in await house.say("/help", chat=group)
        other = house.telegram.add_group("Others", creator=user, bot=False)
        house.telegram.add_bot(other, user)
        await house.telegram.wait_for(lambda: not other.members[house.telegram.bot.id].present)
        assert house.telegram.from_bot(other) == []


async def test_a_private_installation_answers_whom_it_lists_and_tells_others_once(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        friend_chat, friend = somebody(house, "Ada")
        chat, user = somebody(house)
        house.settings = house.settings.model_copy(update={"allowed_chats": (friend.id,)})
        async with house.running():
            assert "What I understand" in await house.say("/help", chat=friend_chat, user=friend)
            assert "private installation" in await house.say("/help", chat=chat, user=user)
            await nothing_comes(house, "/help", chat, user)
            assert "What I understand" in await house.say("/help")
            group = house.telegram.add_group("Others", creator=user, bot=False)
            house.telegram.add_bot(group, user)
            await house.telegram.wait_for(lambda: not group.members[house.telegram.bot.id].present)
            assert house.telegram.from_bot(group) == []


async def test_digests_of_those_who_are_not_listed_rest_until_they_are(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        chat, user = somebody(house)
        async with house.running():
            await house.say("/subscribe cs.CV", chat=chat, user=user)
        usual = house.settings
        for listed, paused in (((house.person.id,), True), ((house.person.id, user.id), False), ((), False)):
            house.settings = usual.model_copy(update={"allowed_chats": listed})
            async with house.running() as bot, bot.services.db.read() as session:
                (place,) = await subscriptions.in_chat(session, chat.id)
                assert (place.paused is not None) is paused


@pytest.mark.parametrize("text", ["/ban", "/ban 123456789", "/unban 123456789"])
async def test_only_administrators_of_the_bot_ban(tmp_path: Path, text: str) -> None:
    async with open_house(tmp_path) as house, house.running():
        chat, user = somebody(house)
        assert "who run this bot" in await house.say(text, chat=chat, user=user)
        assert "ADMIN_IDS" in await house.say(f"/ban {house.person.id}")


async def test_a_ban_outlives_the_move_of_its_group_and_holds_what_is_set_up_there_later(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db, db.begin() as session:
        await access.ban(session, -7, NOW)
        await moves.move_chat(session, -7, -1007)
        assert await access.is_banned(session, [-1007])
        place = await subscriptions.save(session, Destination(-1007, ChatKind.SUPERGROUP, "zh-CN", "zh", "UTC"))
        assert place.paused == subscriptions.BANNED
        assert not await subscriptions.resume(session, place.id, NOW)
        assert await access.unban(session, -1007, NOW)
        (back,) = await subscriptions.in_chat(session, -1007)
        assert back.paused is None


async def test_a_banned_person_who_floods_hears_nothing_either(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        user = house.telegram.add_user("Mallory", language_code="en")
        chat = house.telegram.private_chat(user)
        await house.say(f"/ban {user.id}")
        for _ in range(100):
            house.telegram.say(chat, user, "/help")
        await house.telegram.quiet()
        await house.say("/help")
        assert house.telegram.from_bot(chat) == []
