"""What a destination wants is set with buttons or by command, by those who may, and it is obeyed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house

from bot.handlers.settings.settings_pages import ZONES
from bot.i18n import dates
from storage import subscriptions
from storage.records import Destination, Layout


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        yield house


async def stored(house: House, chat_id: int, thread_id: int = 0) -> Destination:
    async with house.bot.core.db.read() as session:
        found = await subscriptions.destination(session, chat_id, thread_id)
    assert found is not None
    return found


def texts(house: House) -> list[str]:
    return [button.text for button in house.last().all_buttons]


async def test_everything_is_set_in_one_message_that_its_buttons_change_in_place(house: House) -> None:
    await house.say("/settings")
    message = house.last()
    here = (await stored(house, house.private.id)).id
    for page, value in (("language", "ja"), ("layout", "file"), ("papers", "20"), ("time", "09-00")):
        await house.press(message, f"set:{here}:{page}")
        await house.press(message, f"set:{here}:{page}:{value}")
    await house.press(message, f"set:{here}:time")
    await house.press(message, f"set:{here}:zone")
    await house.press(message, f"set:{here}:zone:Europe/Berlin")
    await house.press(message, f"set:{here}")
    await house.press(message, f"set:{here}:days")
    for day in ("6", "7"):
        await house.press(message, f"set:{here}:days:{day}:off")
    await house.press(message, f"set:{here}")
    for name in ("quiet", "pin", "abstracts"):
        await house.press(message, f"set:{here}:{name}:on")
    await house.press(message, f"set:{here}:file:off")
    place = await stored(house, house.private.id)
    assert (place.language, place.layout, place.papers_shown, place.timezone) == (
        "ja",
        Layout.FILE,
        20,
        "Europe/Berlin",
    )
    assert (place.quiet, place.pin, place.show_abstracts, place.attach_file) == (True, True, True, False)
    assert place.weekdays == frozenset(range(1, 6))
    # Friday noon in New York is Friday evening in Berlin: the next nine o'clock on a working day is Monday's.
    assert place.next_run_at == datetime(2026, 8, 24, 7, 0, tzinfo=UTC)
    assert "09:00 (Europe/Berlin), Mon–Fri; next: Mon, Aug 24 09:00" in message.text
    assert house.telegram.from_bot(house.private) == [message]


async def test_everything_is_set_by_command_too_and_subscriptions_show_it(house: House) -> None:
    await house.say("/subscribe cs.CV")
    for said in (
        "language Japanese",
        "layout 富文本",
        "papers 20",
        "days 周一至周五",
        "quiet on",
        "pin 开",
        "file off",
        "abstracts yes",
        "time 09:00 Berlin",
        "types new+replace",
    ):
        await house.say(f"/settings {said}")
    shown = await house.say("/subscriptions")
    for told in ("cs.CV", "日本語", "Rich", "20 papers", "Mon–Fri", "without a sound", "pinned", "folded in"):
        assert told in shown
    assert "next: Mon, Aug 24 09:00" in shown
    assert "new, replacements" in shown
    assert "with the file" not in shown
    shown = await house.say("/settings interface 中文")
    assert "论文译成" in shown
    assert "8月24日周一 09:00" in await house.say("/subscriptions")


WRONG = (
    ("/settings colour red", "/settings quiet on"),
    ("/settings quiet perhaps", "/settings quiet on"),
    ("/settings days never", "/settings days mon-fri"),
    ("/settings papers 5000", "/settings papers 20"),
    ("/settings layout <b>", "classic, rich, file"),
    ("/settings links on", "/settings quiet on"),
    ("/settings @nowhere quiet on", "@nowhere"),
)


async def test_a_setting_that_is_not_understood_is_told_what_is(house: House) -> None:
    assert [said for said, told in WRONG if told not in await house.say(said)] == []


async def test_the_buttons_of_a_group_obey_its_administrators_only_whoever_presses_them(house: House) -> None:
    member = house.telegram.add_user("Bob")
    group = house.telegram.add_group("Readers <b>&", creator=house.person, members=[member])
    await house.say("/settings", chat=group)
    message = house.last(group)
    here = (await stored(house, group.id)).id
    assert "Only administrators" in await house.press(message, f"set:{here}:quiet:on", user=member)
    assert not (await stored(house, group.id)).quiet
    await house.press(message, f"set:{here}:quiet:on")
    await house.press_with(message, f"set:{here}:quiet:on")
    assert (await stored(house, group.id)).quiet
    house.telegram.demote(group, house.person)
    house.telegram.leave(group, house.person)
    assert "Only administrators" in await house.press(message, f"set:{here}:quiet:off")
    assert (await stored(house, group.id)).quiet


async def test_data_that_someone_made_up_changes_nothing(house: House) -> None:
    stranger = house.telegram.add_user("Eve")
    chat = house.telegram.private_chat(stranger)
    await house.say("/settings")
    before = await stored(house, house.private.id)
    await house.say("/settings", chat=chat, user=stranger)
    message = house.last(chat)
    assert "no longer works" in await house.press_with(message, f"set:{before.id}:quiet:on", user=stranger)
    mine = (await stored(house, chat.id)).id
    for data in (
        "set",
        "set:",
        "set:x",
        f"set:{'9' * 40}",
        f"set:{mine}:language:tlh",
        f"set:{mine}:days:9:on",
        f"set:{mine}:days::",
        f"set:{mine}:types:all:on",
    ):
        assert "no longer works" in await house.press_with(message, data, user=stranger)
    for data in (f"set:{mine}:papers:-1", f"set:{mine}:time:25-00", f"set:{mine}:zone:Mars", f"set:{mine}:links:on"):
        assert "no longer works" in await house.press_with(message, data, user=stranger)
    assert await house.press_with(message, f"set:{mine}:no-such-page", user=stranger) == ""
    assert await stored(house, house.private.id) == before


async def test_the_last_day_and_the_last_kind_stay(house: House) -> None:
    await house.say("/subscribe cs.CV")
    await house.say("/settings days 3")
    here = (await stored(house, house.private.id)).id
    assert "has to stay" in await house.press_with(house.last(), f"set:{here}:days:3:off")
    await house.say("/types new")
    await house.say("/settings")
    assert "has to stay" in await house.press_with(house.last(), f"set:{here}:types:new:off")
    await house.press_with(house.last(), f"set:{here}:types:replace:on")
    assert "new+replace" in await house.say("/types")


async def test_buttons_work_after_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        async with house.running():
            await house.say("/settings")
        message = house.last()
        house.telegram.press(message, house.person, "🔕 Quiet: off")
        async with house.running():
            await house.telegram.wait_for(lambda: "🔕 Quiet: on" in texts(house))


async def test_a_channels_settings_open_in_private_and_by_its_name(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    for count, command in enumerate(("/settings", "/start", "/categories"), start=1):
        house.telegram.post(channel, command)
        await house.telegram.wait_for_messages(channel, count)
        (link,) = house.last(channel).all_buttons
        assert link.url == f"https://t.me/{house.telegram.bot.username}?start=set_{channel.id}"
    assert "@daily_cv" in await house.say(f"/start set_{channel.id}")
    assert "@daily_cv" in await house.say("/settings @daily_cv links off")
    assert not (await stored(house, channel.id)).answer_links


async def test_who_sets_what_an_anonymous_administrator_began_is_told_when_it_breaks(house: House) -> None:
    group = house.telegram.add_group("Readers", creator=house.person)
    await house.say("/subscribe cs.CV", chat=group, anonymous=True)
    place = await stored(house, group.id)
    assert place.owner_id is None
    await house.say("/settings", chat=group, anonymous=True)
    await house.press(house.last(group), f"set:{place.id}:quiet:on")
    assert (await stored(house, group.id)).owner_id == house.person.id


async def test_two_first_commands_at_the_same_moment_keep_each_others_settings(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    other = house.telegram.add_user("Ada")
    house.telegram.promote(channel, other)
    chat = house.telegram.private_chat(other)
    await asyncio.gather(
        house.say("/settings @daily_cv quiet on"), house.say("/time @daily_cv 09:00 Berlin", chat=chat, user=other)
    )
    place = await stored(house, channel.id)
    assert (place.quiet, place.timezone) == (True, "Europe/Berlin")


async def test_a_digest_waits_for_a_day_on_which_it_is_wanted(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
        house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
        house.clock.to_announcement(FRIDAY)
        for name in ("", "@daily_cv "):
            await house.say(f"/subscribe {name}cs.CV")
            await house.say(f"/settings {name}days mon tue")
        await house.say("/time @daily_cv 06:00 UTC")
        assert "Not before Mon, Aug 24 00:00" in await house.say("/subscriptions")
        before = len(house.telegram.from_bot(house.private))
        await house.tick()
        await house.tick()
        house.clock.now = datetime(2026, 8, 23, 15, 0, tzinfo=UTC)
        await house.tick()
        assert len(house.telegram.from_bot(house.private)) == before
        # Midnight in Shanghai comes eight hours before that in London.
        house.clock.now += timedelta(hours=2)
        await house.tick()
        assert len(house.telegram.from_bot(house.private)) == before + 2
        assert house.telegram.from_bot(channel) == []
        house.arxiv.announce("cs.CV", announcement(1, first=9), MONDAY)
        house.clock.now = datetime(2026, 8, 24, 6, 30, tzinfo=UTC)
        await house.tick()
        assert "3 new" in house.telegram.from_bot(channel)[0].text
        assert "1 new" in house.telegram.from_bot(house.private)[-2].text


def test_every_city_on_a_button_is_chinese_in_chinese() -> None:
    cities = [dates.city(zone, "zh") for zone in ZONES if zone != "UTC"]
    assert [city for city in cities if city.isascii()] == []
    assert dates.city("Asia/Kolkata", "en") == "Kolkata"
