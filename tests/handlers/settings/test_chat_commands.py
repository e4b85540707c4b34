"""What people may say, and what they are told when it cannot be done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.house import House, open_house

from bot.handlers.commands import COMMANDS
from bot.i18n import catalogue_names, words_for


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        yield house


WRONG = (
    ("/subscribe", "/subscribe cs.CV cs.LG"),
    ("/subscribe cs.CW", "cs.CV"),
    ("/subscribe qqqqqqqq", "/subscribe cs.CV"),
    ("/subscribe <b>", "<b>"),
    ("/subscribe @nowhere cs.CV", "@nowhere"),
    ("/unsubscribe cs.CV", "/subscriptions"),
    ("/unsubscribe", "/unsubscribe cs.CV"),
    ("/subscriptions", "/subscribe cs.CV"),
    ("/time", "/time 09:00 Asia/Shanghai"),
    ("/time 25:00", "/time 09:00 Asia/Shanghai"),
    ("/time 09:00 Mars", "Asia/Shanghai"),
    ("/time 09:00 Europe/Berln", "Europe/Berlin"),
    ("/language", "zh-CN"),
    ("/language klingon", "/language zh-CN"),
    ("/types", "/subscribe cs.CV"),
    ("/links on", "groups and channels"),
    ("/digest", "/digest cs.CV"),
    ("/digest cs.CV 2026-13-45", "/digest cs.CV 2026"),
    ("/regenerate", "/regenerate cs.CV"),
    ("/regenerate cs.CV 2026-08-20", "No digest of cs.CV"),
    ("/regenerate cs.CV cs.LG", "/regenerate cs.CV 2026-08-21 translate"),
    ("/frobnicate", "/help"),
)


async def test_a_wrong_command_is_told_what_is_wrong_and_the_right_form(house: House) -> None:
    assert [said for said, told in WRONG if told not in await house.say(said)] == []


async def test_subscriptions_can_be_made_listed_and_taken_back(house: House) -> None:
    assert "cs.CV" in await house.say("/subscribe cs.CV，math stat.TH")
    listed = await house.say("/subscriptions")
    assert all(text in listed for text in ("cs.CV", "math", "math.ST"))
    assert "Already" in await house.say("/subscribe cs.CV")
    assert "math" in await house.say("/unsubscribe math")
    assert "cs.CV" in await house.say("/unsubscribe all")
    assert "Nothing is subscribed" in await house.say("/subscriptions")


async def test_only_administrators_change_a_groups_subscriptions_anonymous_ones_included(house: House) -> None:
    member = house.telegram.add_user("Bob")
    group = house.telegram.add_group("Readers", creator=house.person, members=[member])
    assert "Only administrators" in await house.say("/subscribe cs.CV", chat=group, user=member)
    assert "Only administrators" in await house.say("/time asap", chat=group, user=member)
    assert "cs.CV" in await house.say("/subscribe cs.CV", chat=group, user=member, anonymous=True)
    assert "cs.LG" in await house.say("/subscribe cs.LG", chat=group)


async def test_a_channel_can_be_managed_only_by_its_administrators_and_only_if_the_bot_may_post(house: House) -> None:
    stranger = house.telegram.add_user("Bob")
    chat = house.telegram.private_chat(stranger)
    house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.telegram.add_channel("Closed", "closed_cv", creator=house.person, bot_posts=False)
    house.telegram.add_channel("Far", "far_cv", creator=house.person, bot_posts=None)
    group = house.telegram.add_group("Readers", creator=house.person)
    assert "@daily_cv" in await house.say("/subscribe @daily_cv cs.CV", chat=chat, user=stranger)
    assert "you are not one of them" in house.telegram.from_bot(chat)[-1].text
    assert "may not post" in await house.say("/subscribe @closed_cv cs.CV")
    assert "@far_cv" in await house.say("/subscribe @far_cv cs.CV")
    assert "private chat only" in await house.say("/subscribe @daily_cv cs.CV", chat=group)
    assert "@daily_cv" in await house.say("/subscribe @daily_cv cs.CV")
    assert "13:00 (Asia/Shanghai)" in await house.say("/time @daily_cv 13:00 Asia/Shanghai")
    assert "@daily_cv" in await house.say("/subscriptions")


async def test_another_language_of_papers_changes_what_the_bot_speaks_only_when_its_button_is_pressed(
    house: House,
) -> None:
    assert "translated to 简体中文" in await house.say("/language 中文")
    offer = house.last()
    assert "arXiv has no category" in await house.say("/subscribe cs.CW")
    await house.press(offer, "💬 中文")
    assert "arXiv 没有分类" in await house.say("/subscribe cs.CW")
    assert "简体中文" in await house.say("/language zh-CN")
    assert not house.last().all_buttons
    assert await house.say("/language ja")
    assert not house.last().all_buttons


async def test_a_chinese_app_is_answered_in_chinese_from_the_start(house: House) -> None:
    person = house.telegram.add_user("小林", language_code="zh-hans")
    assert "双语" in await house.say("/start", chat=house.telegram.private_chat(person), user=person)


async def test_commands_for_another_bot_and_edits_and_automatic_forwards_meet_silence(house: House) -> None:
    group = house.telegram.add_group("Readers", creator=house.person)
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.telegram.link(channel, group)
    await house.stays_silent("/subscribe@other_bot cs.CV", chat=group)
    message = house.telegram.say(group, house.person, "nothing")
    house.telegram.edit(message, "/subscribe cs.CV")
    await house.stays_silent("nothing again", chat=group)
    house.telegram.post(channel, "/help")
    await house.telegram.wait_for_messages(channel)
    assert house.telegram.from_bot(group) == []


async def test_help_lists_every_command_and_those_of_administrators_only_to_them(house: House) -> None:
    text = await house.say("/help")
    assert all(command.form in text for command in COMMANDS)
    stranger = house.telegram.add_user("Bob")
    text = await house.say("/help", chat=house.telegram.private_chat(stranger), user=stranger)
    assert all((command.form in text) != command.administrators_only for command in COMMANDS)


async def test_a_group_that_became_a_supergroup_keeps_its_subscriptions(house: House) -> None:
    group = house.telegram.add_group("Readers", creator=house.person, supergroup=False)
    await house.say("/subscribe cs.CV", chat=group)
    grown = house.telegram.upgrade(group)
    await house.telegram.quiet()
    assert "cs.CV" in await house.say("/subscriptions", chat=grown)


def test_the_apps_menu_describes_every_command_in_every_language() -> None:
    for language in catalogue_names():
        words = words_for(language)
        assert all(3 <= len(words(f"command-{command.name}")) <= 256 for command in COMMANDS)


async def test_announce_types_are_chosen_for_a_chat(house: House) -> None:
    await house.say("/subscribe cs.CV cs.LG")
    assert "new+cross" in await house.say("/types")
    assert "/types new+cross" in await house.say("/types news")
    assert "new+cross+replace+replace-cross" in await house.say("/types all")
    assert "new+replace" in await house.say("/types replace + new")
    assert "new+replace" in await house.say("/types")
