"""Channels, groups and topics: introduced, managed from the private chat, lost and found again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house

from bot.simulator.chat_state import Chat
from storage import subscriptions
from storage.records import Destination


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
        house.clock.to_announcement(FRIDAY)
        yield house


async def places(house: House, chat: Chat) -> list[Destination]:
    async with house.bot.core.db.read() as session:
        return await subscriptions.in_chat(session, chat.id)


async def wishes(house: House, place: Destination) -> list[str]:
    async with house.bot.core.db.read() as session:
        return [wish.category for wish in await subscriptions.of(session, place.id)]


async def told(house: House, count: int) -> list[str]:
    """The bot's newest messages to the person, once there are so many more than before the test's last step."""
    return [message.text for message in (await house.telegram.wait_for_messages(house.private, count))]


async def test_whoever_makes_the_bot_an_administrator_of_a_channel_is_asked_in_private_what_to_post(
    house: House,
) -> None:
    channel = house.telegram.add_channel("Daily <b>&", None, creator=house.person, bot_posts=None)
    house.telegram.add_bot(channel, house.person)
    (text,) = await told(house, 1)
    assert "Daily <b>&" in text
    message = house.last()
    await house.press(message, "📚 Set up")
    assert message.text.startswith("Daily <b>&\n")
    for button in (
        "✓ 简体中文",
        "Computer Science",
        "cs.CV",
        "◀ Back",
        "Next ▶",
        "✓ As soon as announced",
    ):
        await house.press(message, button)
    await told(house, 3)  # with a taste of it, which the channel's readers do not see
    assert house.telegram.from_bot(channel) == []
    await house.tick()
    assert "2 new" in house.telegram.from_bot(channel)[0].text


async def test_in_a_group_it_introduces_itself_there_when_it_may_not_write_to_who_added_it(house: House) -> None:
    stranger = house.telegram.add_user("小王", language_code="zh-hans")
    group = house.telegram.add_group("Readers", creator=stranger, bot=False)
    house.telegram.add_bot(group, stranger)
    await house.telegram.wait_for_messages(group, 1)
    message = house.last(group)
    assert "请管理员点下面的按钮" in message.text
    await house.press(message, "📚 开始设置", user=stranger)
    assert "论文译成哪种语言" in message.text
    # A promotion later is no second arrival.
    house.telegram.promote(group, house.telegram.bot)
    await house.say("/help")
    assert len(house.telegram.from_bot(group)) == 1


async def test_an_administrator_without_the_right_to_post_is_told_so(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person, bot_posts=None)
    house.telegram.add_bot(channel, house.person, posts=False)
    assert "may not post in Daily" in (await told(house, 1))[-1]


async def test_a_channel_is_picked_from_the_apps_list_and_managed_from_there(house: House) -> None:
    channel = house.telegram.add_channel("Daily", None, creator=house.person, bot_posts=None)
    assert "no channel or group yet" in await house.say("/channels")
    await house.press(house.last(), "➕ Add a channel or group")
    house.telegram.share_chat(house.private, house.person, "📢 A channel", channel)
    await house.telegram.wait_for(lambda: house.telegram.world.keyboards[house.private.id] == ())
    await house.telegram.wait_for(lambda: "Which language" in house.last().text)
    message = house.last()
    assert len(house.telegram.from_bot(house.private)) == 4
    for button in ("✓ 简体中文", "Computer Science", "cs.CV", "◀ Back", "Next ▶", "✓ As soon as announced"):
        await house.press(message, button)
    assert [place.chat_id for place in await places(house, channel)] == [channel.id]
    await house.say("/channels")
    message = house.last()
    await house.press(message, "📢 Daily · cs.CV")
    await house.press(message, "🔕 Quiet: off")
    assert (await places(house, channel))[0].quiet
    await house.press(message, "📢 My channels")
    assert [button.text for button in message.all_buttons] == ["📢 Daily · cs.CV", "➕ Add a channel or group"]


async def test_a_group_is_picked_too_and_one_of_others_is_refused(house: House) -> None:
    mine = house.telegram.add_group("Readers", creator=house.person, bot=False)
    other = house.telegram.add_user("Bob")
    theirs = house.telegram.add_group("Writers", creator=other, members=[house.person])
    alien = house.telegram.add_channel("Far", None, creator=other, bot_posts=None)
    await house.say("/channels")
    message = house.last()

    async def pick(button: str, chat: Chat, **how: bool) -> list[str]:
        before = len(house.telegram.from_bot(house.private))
        await house.press(message, "➕ Add a channel or group")
        house.telegram.share_chat(house.private, house.person, button, chat, **how)
        return await told(house, before + 3)

    # The bot is new in that group, but has no need to introduce itself to who is just setting it up.
    assert any("Which language" in text for text in await pick("👥 A group", mine))
    assert "Only administrators of Writers" in (await pick("👥 A group", theirs))[-1]
    assert "cannot find" in (await pick("📢 A channel", alien, with_bot=False))[-1]


async def test_others_see_only_their_own_channels(house: House) -> None:
    house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    await house.say("/subscribe @daily_cv cs.CV")
    stranger = house.telegram.add_user("Bob")
    assert "no channel" in await house.say("/channels", chat=house.telegram.private_chat(stranger), user=stranger)
    group = house.telegram.add_group("Readers", creator=house.person)
    assert "private chat" in await house.say("/channels", chat=group)
    assert house.last(group).all_buttons[0].url.endswith("?start=chan")
    await house.say("/start chan")
    assert house.last().all_buttons[0].text == "📢 @daily_cv · cs.CV"


async def test_lost_rights_are_told_once_and_everything_goes_on_when_they_return(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    await house.say("/subscribe @daily_cv cs.CV")
    before = len(house.telegram.from_bot(house.private))
    house.telegram.demote(channel, house.telegram.bot)
    lost = (await told(house, before + 1))[-1]
    assert "can no longer post in @daily_cv" in lost
    assert "Add me again" in lost
    await house.tick()
    assert len(house.telegram.from_bot(house.private)) == before + 1
    house.arxiv.announce("cs.CV", announcement(1, first=9), MONDAY)
    house.clock.to_announcement(MONDAY)
    house.telegram.promote(channel, house.telegram.bot)
    assert "digests go on" in (await told(house, before + 2))[-1]
    await house.tick()
    assert "3 new" in house.telegram.from_bot(channel)[0].text


async def test_a_digest_that_could_not_be_sent_comes_when_the_rights_return(house: House) -> None:
    group = house.telegram.add_group("Readers", creator=house.person)
    await house.say("/subscribe cs.CV", chat=group)
    house.telegram.world.updates.allow(["message"])  # as in a downtime, of which no update is left
    house.telegram.mute(group, house.telegram.bot)
    before = len(house.telegram.from_bot(group))
    await house.tick()
    lost = (await told(house, 1))[-1]
    assert "Readers" in lost
    assert "Allow me" in lost
    assert (await places(house, group))[0].paused is not None
    house.telegram.world.updates.allow([])
    house.telegram.promote(group, house.telegram.bot)
    assert "digests go on" in (await told(house, 2))[-1]
    await house.telegram.wait_for_messages(group, before + 2)
    assert "2 new" in house.telegram.from_bot(group)[before].text


async def test_a_start_after_a_downtime_looks_where_the_bot_may_write_again(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
        async with house.running():
            await house.say("/subscribe @daily_cv cs.CV")
            house.telegram.demote(channel, house.telegram.bot)
            await told(house, 2)
        house.telegram.promote(channel, house.telegram.bot)
        house.telegram.world.updates.clear()
        async with house.running():
            # The first tick may have something to tell, too.
            await house.telegram.wait_for(
                lambda: any("digests go on" in message.text for message in house.telegram.from_bot(house.private)[2:])
            )


async def test_a_closed_topic_is_told_and_goes_on_when_it_opens_again(house: House) -> None:
    forum = house.telegram.add_group("Lab", creator=house.person, forum=True)
    topic = house.telegram.add_topic(forum, "Papers")
    await house.say("/subscribe cs.CV", chat=forum, thread_id=topic)
    house.telegram.close_topic(forum, topic)
    await house.tick()
    lost = (await told(house, 1))[-1]
    assert "Lab › Papers" in lost
    assert "Reopen the topic" in lost
    house.telegram.reopen_topic(forum, topic)
    assert "digests go on" in (await told(house, 2))[-1]
    await house.settle()
    assert "2 new" in house.telegram.from_bot(forum, topic)[1].text


@pytest.mark.parametrize("way", ["👥 In the group itself", "🧵 In a new topic"])
async def test_a_deleted_topic_is_told_once_and_a_button_says_where_to_go_on(house: House, way: str) -> None:
    telegram = house.telegram
    stranger = telegram.add_user("Bob")
    forum = telegram.add_group("Lab", creator=house.person, forum=True, members=[stranger])
    telegram.promote(forum, telegram.bot)
    topic = telegram.add_topic(forum, "Papers")
    await house.say("/subscribe cs.CV", chat=forum, thread_id=topic)
    await house.say("/subscribe cs.LG", chat=forum)
    telegram.delete_topic(forum, topic)
    await house.tick()
    assert "The topic is gone. Where should the digests go on?" in (await told(house, 1))[-1]
    message = house.last()
    assert "no longer works" in await house.press(message, way, user=stranger)
    before = len(telegram.from_bot(forum))
    assert "Digests go on in Lab" in await house.press_to_edit(message, way)
    await house.settle()
    (new, _file) = telegram.from_bot(forum)[before:]
    assert "2 new" in new.text
    assert (new.thread_id == 0) is ("itself" in way)
    assert new.thread_id == 0 or forum.topics[new.thread_id].name == "Papers"
    wanted = {place.thread_id: await wishes(house, place) for place in await places(house, forum)}
    assert wanted == ({0: ["cs.CV", "cs.LG"]} if new.thread_id == 0 else {0: ["cs.LG"], new.thread_id: ["cs.CV"]})
    assert "no longer works" in await house.press_with(message, f"topic:{(await places(house, forum))[0].id}:main")
    assert len(await told(house, 1)) == 1


async def test_where_nobody_can_be_asked_in_private_the_group_is_asked_about_its_deleted_topic(house: House) -> None:
    telegram = house.telegram
    forum = telegram.add_group("Lab", creator=house.person, forum=True)
    topic = telegram.add_topic(forum, "Papers")
    await house.say("/subscribe cs.CV", chat=forum, thread_id=topic, anonymous=True)
    telegram.delete_topic(forum, topic)
    await house.tick()
    await telegram.wait_for_messages(forum, 1)
    await house.press_to_edit(house.last(forum), "👥 发到群里")
    await house.settle()
    assert "2 篇新论文" in telegram.from_bot(forum, 0)[1].text


async def test_whoever_leads_a_chat_and_has_changed_it_finds_it_among_theirs_as_long_as_they_lead_it(
    house: House,
) -> None:
    telegram = house.telegram
    other = telegram.add_user("Bob")
    private = telegram.private_chat(other)
    channel = telegram.add_channel("Daily", "daily_cv", creator=house.person)
    telegram.promote(channel, other)
    await house.say("/subscribe @daily_cv cs.CV")
    assert "no channel or group yet" in await house.say("/channels", chat=private, user=other)
    await house.say("/settings @daily_cv quiet on", chat=private, user=other)
    await house.say("/channels", chat=private, user=other)
    message = house.last(private)
    await house.press_to_edit(message, "📢 @daily_cv · cs.CV", user=other)
    await house.press_to_edit(message, "🔕 Quiet: on", user=other)
    telegram.demote(channel, other)
    assert "no longer works" in await house.press(message, "🔕 Quiet: off", user=other)
    assert "no channel or group yet" in await house.say("/channels", chat=private, user=other)
    assert (await places(house, channel))[0].owner_id == house.person.id


async def test_who_leads_a_channel_that_threw_the_bot_out_is_told_what_helps(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    await house.say("/subscribe @daily_cv cs.CV")
    house.telegram.kick_bot(channel, house.person)
    await house.telegram.wait_for_messages(house.private, 2)
    await house.say("/channels")
    told = await house.press(house.last(), "⏸ @daily_cv · cs.CV")
    assert "Add me again" in told


async def test_in_the_topic_that_it_is_about_the_settings_say_here(house: House) -> None:
    forum = house.telegram.add_group("Lab", creator=house.person, forum=True)
    topic = house.telegram.add_topic(forum, "Papers")
    assert "Subscriptions here" in await house.say("/settings", chat=forum, thread_id=topic)


async def test_a_topic_of_its_own_is_made_where_the_bot_has_the_right(house: House) -> None:
    forum = house.telegram.add_group("Lab", creator=house.person, forum=True)
    await house.say("/subscribe cs.CV", chat=forum)
    await house.say("/settings", chat=forum)
    message = house.last(forum)
    assert "right to manage topics" in await house.press(message, "🧵 A topic of its own")
    house.telegram.promote(forum, house.telegram.bot)
    await house.press(message, "🧵 A topic of its own")
    (place,) = await places(house, forum)
    assert forum.topics[place.thread_id].name == "arXiv cs.CV"
    assert place.title == "Lab › arXiv cs.CV"
    await house.tick()
    assert "2 new" in house.telegram.from_bot(forum, place.thread_id)[0].text
    # Whatever is said in a topic that the bot opened "replies" to its opening: that is no question to the bot.
    await house.stays_silent("https://arxiv.org/abs/2402.15351", chat=forum, thread_id=place.thread_id)


async def test_who_blocks_the_bot_gets_nothing_until_it_is_let_in_again(house: House) -> None:
    await house.say("/subscribe cs.CV")
    house.telegram.block(house.person)
    await house.telegram.quiet()
    await house.tick()
    (place,) = await places(house, house.private)
    assert place.paused is not None
    house.telegram.unblock(house.person)
    await house.say("/help")
    before = len(house.telegram.from_bot(house.private))
    await house.tick()
    assert len(house.telegram.from_bot(house.private)) == before + 2


async def test_a_group_in_privacy_mode_is_told_why_links_are_not_heard(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.telegram.world.privacy = True
        async with house.running():
            group = house.telegram.add_group("Readers", creator=house.person)
            before = len(house.telegram.from_bot(group))
            house.telegram.say(group, house.person, "/links on")
            assert "privacy mode" in (await house.telegram.wait_for_messages(group, before + 2))[-1].text
            await house.say("/settings", chat=group)
            message = house.last(group)
            await house.press(message, "🔗 Answer links: on")
            assert "privacy mode" in await house.press(message, "🔗 Answer links: off")
            house.telegram.promote(group, house.telegram.bot)
            await house.telegram.wait_for(
                lambda: "🔗 Answer links: on" in [button.text for button in message.all_buttons]
            )
            await house.press(message, "🔗 Answer links: on")
            assert await house.press(message, "🔗 Answer links: off") == ""


async def test_a_failure_older_than_a_week_is_no_longer_news(house: House) -> None:
    group = house.telegram.add_group("Readers", creator=house.person)
    await house.say("/subscribe cs.CV", chat=group)
    house.telegram.world.updates.allow(["message"])
    house.telegram.mute(group, house.telegram.bot)
    await house.tick()
    await told(house, 1)
    house.clock.now += timedelta(days=8)
    house.telegram.world.updates.allow([])
    before = len(house.telegram.from_bot(group))
    house.telegram.promote(group, house.telegram.bot)
    await told(house, 2)
    await house.settle()
    assert len(house.telegram.from_bot(group)) == before
