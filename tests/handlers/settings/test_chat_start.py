"""The first minutes: three questions with buttons, a taste of what comes, and what deep links do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import time, timedelta
from pathlib import Path

import pytest
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house

from bot.arxiv_source import calendar, categories
from bot.simulator.chat_state import Message
from storage import subscriptions
from storage.records import Destination, Subscription


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        yield house


async def stored(house: House, chat_id: int, thread_id: int = 0) -> tuple[Destination, list[Subscription]]:
    async with house.bot.core.db.read() as session:
        found = await subscriptions.destination(session, chat_id, thread_id)
        assert found is not None
        return found, await subscriptions.of(session, found.id)


async def walk(house: House, message: Message, *buttons: str) -> list[str]:
    """Press one button after another of a message that changes in place; what was shown above the chat."""
    return [await house.press(message, button) for button in buttons]


async def test_three_questions_lead_to_a_subscription_and_a_taste_of_it(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(7), FRIDAY)
    house.clock.to_announcement(FRIDAY)
    person = house.telegram.add_user("小林", language_code="zh-hans")
    chat = house.telegram.private_chat(person)
    await house.say("/start", chat=chat, user=person)
    message = house.last(chat)
    assert "论文译成哪种语言" in message.text
    for button in ("✓ 简体中文", "计算机科学", "cs.CV"):
        await house.press(message, button, user=person)
    assert "✓ cs.CV" in [button.text for button in message.all_buttons]
    await house.press(message, "◀ 返回", user=person)
    assert "计算机视觉与模式识别 · 每天约 324 篇" in message.text
    await house.press(message, "下一步 ▶", user=person)
    assert "Asia/Shanghai 现在是 12:05" in message.text
    before = len(house.telegram.from_bot(chat))
    await house.press(message, "09:00", user=person)
    await house.telegram.wait_for_messages(chat, before + 2)
    assert "设置好了" in message.text
    assert "8月22日周六 09:00" in message.text
    _, taste, digest = house.telegram.from_bot(chat)
    assert "前 5 篇" in taste.text
    assert "5 篇新论文" in digest.text
    place, (wish,) = await stored(house, chat.id)
    assert (place.delivery_time, place.timezone, wish.category) == (time(9, 0), "Asia/Shanghai", "cs.CV")


async def test_the_next_question_comes_when_a_field_is_chosen(house: House) -> None:
    await house.say("/start")
    message = house.last()
    shown = await walk(house, message, "English only", "Next ▶")
    assert "at least one field" in shown[-1]
    await walk(
        house, message, "Physics", "hep-th · High Energy Physics - Theory", "hep-th", "◀ Back", "◀ Back", "Next ▶"
    )
    await walk(house, message, "🌍 Zone: Shanghai")
    await walk(house, message, next(button.text for button in message.all_buttons if button.text.startswith("Berlin")))
    before = len(house.telegram.from_bot(house.private))
    await walk(house, message, "✓ As soon as announced")
    await house.telegram.wait_for_messages(house.private, before + 1)
    place, (wish,) = await stored(house, house.private.id)
    assert (place.language, place.timezone, place.delivery_time) == ("en", "Europe/Berlin", None)
    assert wish.category == "hep-th"
    assert "not known yet" in house.last().text


async def test_who_comes_back_sees_what_is_set(house: House) -> None:
    await house.say("/subscribe cs.CV")
    assert "cs.CV" in await house.say("/start")
    await walk(house, house.last(), "⚙️ Settings", "📚 Fields", "✓ 1 chosen", "✓ cs.CV")
    assert "Nothing is subscribed" in await house.say("/subscriptions")


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        ("sub_cs-CV", ["cs.CV"]),
        ("sub_cs.CV_cond-mat-str-el_math", ["cond-mat.str-el", "cs.CV", "math"]),
        ("sub_hep-th_q-bio-NC", ["hep-th", "q-bio.NC"]),
    ],
)
async def test_a_deep_link_subscribes(house: House, payload: str, wanted: list[str]) -> None:
    await house.say(f"/start {payload}")
    _place, wishes = await stored(house, house.private.id)
    assert [wish.category for wish in wishes] == wanted


async def test_a_deep_link_to_nothing_starts_as_usual(house: House) -> None:
    for payload in ("sub_nonsense", "sub_", "set_", "p_nothing", "_", "%%%", "sub_cs-CV_nonsense"):
        assert "three questions" in await house.say(f"/start {payload}"), payload


async def test_in_a_group_an_administrator_sets_it_up_for_the_topic_where_it_began(house: House) -> None:
    member = house.telegram.add_user("Bob")
    forum = house.telegram.add_group("Lab", creator=house.person, members=[member], forum=True)
    topic = house.telegram.add_topic(forum, "Papers")
    name = house.telegram.bot.username
    said = await house.say(f"/start@{name} group", chat=forum, user=member, thread_id=topic)
    assert f"@{name}" in said
    message = house.last(forum)
    assert message.thread_id == topic
    assert "Only administrators" in await house.press(message, "📚 Set up", user=member)
    await walk(house, message, "📚 Set up", "✓ 简体中文", "Mathematics", "math.AG", "◀ Back", "Next ▶")
    await walk(house, message, "✓ As soon as announced")
    place, (wish,) = await stored(house, forum.id, topic)
    assert (wish.category, place.owner_id) == ("math.AG", house.person.id)
    assert house.last(forum).thread_id == topic


async def test_every_field_of_arxiv_can_be_reached_and_no_page_is_too_large(house: House) -> None:
    await house.say("/categories")
    message = house.last()
    place, _ = await stored(house, house.private.id)
    offered: set[str] = set()
    for group in categories.groups():
        await house.press_with(message, f"set:{place.id}:of:{group.id}")
        for archive in categories.archives(group.id):
            assert await house.press_with(message, f"set:{place.id}:in:{archive.id}") == ""
            offered |= {button.data.split(":")[3] for button in message.all_buttons if ":sub:" in button.data}
    known = {archive.id for group in categories.groups() for archive in categories.archives(group.id)}
    known |= {category.id for archive in known for category in categories.categories(archive)}
    assert offered == known


async def test_a_category_that_was_switched_off_by_mistake_goes_on_where_it_was(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    house.clock.to_announcement(FRIDAY)
    await house.say("/subscribe @daily_cv cs.CV cs.LG")
    await house.say("/settings @daily_cv days mon")
    place, _ = await stored(house, channel.id)
    off, on = f"set:{place.id}:sub:cs.CV:off:mine", f"set:{place.id}:sub:cs.CV:on:mine"
    house.arxiv.announce("cs.CV", announcement(1, first=9), MONDAY)
    house.arxiv.announce("cs.LG", [], MONDAY)
    house.clock.to_announcement(MONDAY, after=timedelta(hours=3))
    await house.press_with(house.last(), off)
    await house.press_with(house.last(), on)
    await house.press_with(house.last(), on)
    await house.tick()
    # Friday's and Monday's: what waited for its day is not lost.
    assert "3 new" in house.telegram.from_bot(channel)[0].text


async def test_what_was_announced_while_a_category_was_off_does_not_come(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    house.clock.to_announcement(FRIDAY)
    await house.say("/subscribe cs.CV")
    place, _ = await stored(house, house.private.id)
    await house.press_with(house.last(), f"set:{place.id}:sub:cs.CV:off:mine")
    before = len(house.telegram.from_bot(house.private))
    await house.tick()
    assert len(house.telegram.from_bot(house.private)) == before
    tuesday = calendar.following(MONDAY)
    house.arxiv.announce("cs.CV", announcement(3, first=11), MONDAY)
    house.arxiv.announce("cs.CV", announcement(1, first=21), tuesday)
    house.clock.to_announcement(tuesday)
    await house.press_with(house.last(), f"set:{place.id}:sub:cs.CV:on:mine")
    await house.tick()
    assert "1 new" in house.telegram.from_bot(house.private)[before].text
    assert len(house.telegram.from_bot(house.private)) == before + 2


async def test_made_up_fields_change_nothing(house: House) -> None:
    await house.say("/categories")
    place, _ = await stored(house, house.private.id)
    for data in ("sub:cs.XX:on:mine", "sub:cs.CV", "of:nothing", "in:cs.CV", "in:<b>", "sub::on:in"):
        assert "no longer works" in await house.press_with(house.last(), f"set:{place.id}:{data}"), data
    assert (await stored(house, house.private.id))[1] == []


async def test_how_many_papers_a_category_brings_is_counted_where_it_is_known(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(7), FRIDAY)
    house.clock.to_announcement(FRIDAY)
    await house.say("/subscribe cs.CV")
    await house.tick()
    assert "Recognition · ≈ 7 a day" in await house.say("/categories")
