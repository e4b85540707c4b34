from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from fakes.simulated import bot_on
from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, ChatMemberAdministrator
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.simulator.chat_state import Chat
from bot.simulator.telegram import SimulatedTelegram


@pytest.fixture
async def telegram() -> AsyncIterator[SimulatedTelegram]:
    async with SimulatedTelegram() as running:
        yield running


@pytest.fixture
async def bot(telegram: SimulatedTelegram) -> AsyncIterator[Bot]:
    async with bot_on(telegram) as talking:
        yield talking


def never_met(telegram: SimulatedTelegram) -> int:
    return telegram.add_user("Ada").id


def blocked(telegram: SimulatedTelegram) -> int:
    user = telegram.add_user("Ada")
    telegram.private_chat(user)
    telegram.block(user)
    return user.id


def deactivated(telegram: SimulatedTelegram) -> int:
    user = telegram.add_user("Ada")
    user.started = user.deactivated = True
    return user.id


def kicked(telegram: SimulatedTelegram) -> int:
    group = telegram.add_group("Readers", creator=telegram.add_user("Ada"))
    telegram.kick_bot(group)
    return group.id


def kicked_from_small(telegram: SimulatedTelegram) -> int:
    group = telegram.add_group("Readers", creator=telegram.add_user("Ada"), supergroup=False)
    telegram.kick_bot(group)
    return group.id


def outside_channel(telegram: SimulatedTelegram) -> int:
    return telegram.add_channel("Digests", creator=telegram.add_user("Ada"), bot_posts=None).id


def channel_without_right(telegram: SimulatedTelegram) -> int:
    return telegram.add_channel("Digests", creator=telegram.add_user("Ada"), bot_posts=False).id


def muted(telegram: SimulatedTelegram) -> int:
    group = telegram.add_group("Readers", creator=telegram.add_user("Ada"))
    telegram.mute(group, telegram.bot)
    return group.id


@pytest.mark.parametrize(
    ("scene", "error", "reason"),
    [
        (never_met, Forbidden, "Forbidden: bot can't initiate conversation with a user"),
        (blocked, Forbidden, "Forbidden: bot was blocked by the user"),
        (deactivated, Forbidden, "Forbidden: user is deactivated"),
        (kicked, Forbidden, "Forbidden: bot was kicked from the supergroup chat"),
        (kicked_from_small, Forbidden, "Forbidden: bot was kicked from the group chat"),
        (outside_channel, Forbidden, "Forbidden: bot is not a member of the channel chat"),
        (channel_without_right, BadRequest, "Need administrator rights in the channel chat"),
        (muted, BadRequest, "Not enough rights to send text messages to the chat"),
    ],
)
async def test_where_the_bot_may_not_write_it_hears_why(
    telegram: SimulatedTelegram,
    bot: Bot,
    scene: Callable[[SimulatedTelegram], int],
    error: type[Exception],
    reason: str,
) -> None:
    with pytest.raises(error) as refusal:
        await bot.send_message(scene(telegram), "x")
    assert str(refusal.value) == reason
    assert telegram.record == []


async def test_an_unknown_chat_is_not_found(bot: Bot) -> None:
    for chat_id in ("@nobody", -100123, 77):
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(chat_id, "x")


@pytest.fixture
def forum(telegram: SimulatedTelegram) -> Chat:
    return telegram.add_group("Lab", creator=telegram.add_user("Ada"), forum=True)


async def test_topics_are_written_to_by_their_id_and_general_without_one(
    telegram: SimulatedTelegram, bot: Bot, forum: Chat
) -> None:
    thread_id = telegram.add_topic(forum, "cs.CV")
    there = await bot.send_message(forum.id, "in the topic", message_thread_id=thread_id)
    general = await bot.send_message(forum.id, "in general")
    assert (there.message_thread_id, there.is_topic_message) == (thread_id, True)
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    assert [message.text for message in telegram.from_bot(forum, thread_id)] == ["in the topic"]
    assert [message.text for message in telegram.from_bot(forum, 0)] == ["in general"]
    assert [line.thread_id for line in telegram.record] == [thread_id, 0]


async def test_general_has_no_thread_id_and_unknown_topics_are_refused(bot: Bot, forum: Chat) -> None:
    for thread_id in (1, 4711):
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(forum.id, "x", message_thread_id=thread_id)


async def test_a_closed_topic_takes_no_message(telegram: SimulatedTelegram, bot: Bot, forum: Chat) -> None:
    thread_id = telegram.add_topic(forum, "cs.CV")
    telegram.topic(forum, thread_id).closed = True
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(forum.id, "x", message_thread_id=thread_id)


async def test_an_administrator_opens_and_closes_topics(telegram: SimulatedTelegram, bot: Bot, forum: Chat) -> None:
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(forum.id, "math")
    telegram.promote(forum, telegram.bot)
    topic = await bot.create_forum_topic(forum.id, "math")
    assert telegram.topic(forum, topic.message_thread_id).name == "math"
    await bot.close_forum_topic(forum.id, topic.message_thread_id)
    assert telegram.topic(forum, topic.message_thread_id).closed


async def test_a_reply_in_a_topic_stays_there(telegram: SimulatedTelegram, bot: Bot, forum: Chat) -> None:
    thread_id = telegram.add_topic(forum, "cs.CV")
    asked = telegram.say(forum, telegram.add_user("Bo"), "2506.01234", thread_id=thread_id)
    answer = await bot.send_message(forum.id, "card", reply_to_message_id=asked.message_id)
    assert answer.message_thread_id == thread_id


async def test_a_plain_supergroup_has_no_topics_to_write_to(telegram: SimulatedTelegram, bot: Bot) -> None:
    group = telegram.add_group("Readers", creator=telegram.add_user("Ada"))
    first = telegram.say(group, telegram.add_user("Bo"), "2506.01234")
    answer = await bot.send_message(group.id, "card", reply_to_message_id=first.message_id)
    assert (answer.message_thread_id, answer.is_topic_message) == (first.message_id, None)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=first.message_id)


async def test_chats_are_described_by_id_and_by_name(telegram: SimulatedTelegram, bot: Bot) -> None:
    ada = telegram.add_user("Ada", username="ada")
    channel = telegram.add_channel("Digests", "digests", creator=ada)
    group = telegram.add_group("Talk", creator=ada, bot=False)
    telegram.link(channel, group)
    found = await bot.get_chat("@Digests")
    assert (found.id, found.type, found.title, found.linked_chat_id) == (channel.id, "channel", "Digests", group.id)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.get_chat(group.id)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_chat(ada.id)
    telegram.private_chat(ada)
    assert (await bot.get_chat(ada.id)).first_name == "Ada"


async def test_members_and_their_rights_are_listed(telegram: SimulatedTelegram, bot: Bot) -> None:
    ada, bo, eve = (telegram.add_user(name) for name in ("Ada", "Bo", "Eve"))
    group = telegram.add_group("Readers", creator=ada, members=[eve], administrators=[bo])
    assert {member.user.id for member in await bot.get_chat_administrators(group.id)} == {ada.id, bo.id}
    assert await bot.get_chat_member_count(group.id) == 4
    telegram.leave(group, eve)
    telegram.demote(group, bo)
    statuses = {user.first_name: (await bot.get_chat_member(group.id, user.id)).status for user in (ada, bo, eve)}
    assert statuses == {"Ada": "creator", "Bo": "member", "Eve": "left"}
    telegram.promote(group, bo, can_pin_messages=False)
    member = await bot.get_chat_member(group.id, bo.id)
    assert isinstance(member, ChatMemberAdministrator)
    assert (member.can_delete_messages, member.can_pin_messages) == (True, False)


async def test_the_bots_right_to_post_is_visible(telegram: SimulatedTelegram, bot: Bot) -> None:
    channel = telegram.add_channel("Digests", creator=telegram.add_user("Ada"), bot_posts=False)
    member = await bot.get_chat_member(channel.id, telegram.bot.id)
    assert isinstance(member, ChatMemberAdministrator)
    assert member.can_post_messages is False


async def test_members_of_a_strange_channel_stay_hidden(telegram: SimulatedTelegram, bot: Bot) -> None:
    ada = telegram.add_user("Ada")
    telegram.add_channel("Digests", "digests", creator=ada, bot_posts=None)
    with pytest.raises(BadRequest, match="Member list is inaccessible"):
        await bot.get_chat_member("@digests", ada.id)


async def test_the_bot_leaves_and_is_out(telegram: SimulatedTelegram, bot: Bot) -> None:
    group = telegram.add_group("Readers", creator=telegram.add_user("Ada"))
    await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member"):
        await bot.send_message(group.id, "x")


async def test_an_upgraded_group_tells_its_new_id(telegram: SimulatedTelegram, bot: Bot) -> None:
    group = telegram.add_group("Readers", creator=telegram.add_user("Ada"), supergroup=False)
    new = telegram.upgrade(group)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "x")
    assert moved.value.new_chat_id == new.id
    await bot.send_message(new.id, "x")
    assert [message.text for message in telegram.from_bot(group)] == ["x"]


async def test_pinning_in_a_supergroup_needs_the_right(telegram: SimulatedTelegram, bot: Bot) -> None:
    group = telegram.add_group("Readers", creator=telegram.add_user("Ada"))
    sent = await bot.send_message(group.id, "x")
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(group.id, sent.message_id)
    telegram.promote(group, telegram.bot)
    assert await bot.pin_chat_message(group.id, sent.message_id)


async def test_profile_and_commands_are_kept_by_language_and_scope(bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("help", "帮助")], language_code="zh")
    await bot.set_my_commands([], scope=BotCommandScopeAllGroupChats())
    assert [command.description for command in await bot.get_my_commands()] == ["Help"]
    assert [command.description for command in await bot.get_my_commands(language_code="zh")] == ["帮助"]
    await bot.delete_my_commands(language_code="zh")
    assert await bot.get_my_commands(language_code="zh") == ()
    await bot.set_my_description("papers")
    await bot.set_my_short_description("论文", language_code="zh")
    await bot.set_my_name("Digest")
    assert (await bot.get_my_description(language_code="zh")).description == "papers"
    assert (await bot.get_my_short_description(language_code="zh")).short_description == "论文"
    assert (await bot.get_my_name()).name == "Digest"
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Bad-Name", "x")])
