"""A digest in a chat: one message with pages, cards and layouts behind its buttons; in channels messages in a row."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.house import FRIDAY, House, announcement, open_house

from bot.corrections.regenerate import Scope
from bot.simulator.chat_state import Chat, Message
from storage import subscriptions
from storage.records import Layout


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, translators=()) as house:
        house.arxiv.announce("cs.CV", announcement(23), FRIDAY)
        yield house


async def delivered(house: House, chat: Chat, thread_id: int = 0) -> Message:
    """The first message of the digest that is delivered there."""
    before = len(house.telegram.from_bot(chat))
    house.clock.to_announcement(FRIDAY)
    await house.tick()
    first = house.telegram.from_bot(chat)[before]
    assert first.thread_id == thread_id
    return first


async def wants(house: House, chat: Chat, thread_id: int = 0, **changes: object) -> None:
    async with house.bot.core.db.begin() as session:
        place = await subscriptions.destination(session, chat.id, thread_id)
        assert place is not None
        await subscriptions.update(session, place.id, **changes)


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]


def names(message: Message) -> list[str]:
    return [button.text for button in message.all_buttons]


async def test_in_private_one_message_is_led_through_its_pages_also_after_a_restart(house: House) -> None:
    async with house.running():
        await house.say("/subscribe cs.CV")
        message = await delivered(house, house.private)
        assert numbers(message.text) == list(range(1, 11))
        assert names(message) == [*map(str, range(1, 11)), "1/3", "▶", "✨ Rich", "📎 File"]
        assert house.last().document is not None
        count = len(house.telegram.from_bot(house.private))
        first = message.text
        assert numbers(await house.press_to_edit(message, "▶")) == list(range(11, 21))
        assert message.text.startswith("cs.CV · Aug 21, 2026 · 2/3\n")
    async with house.running():
        assert numbers(await house.press_to_edit(message, "▶")) == [21, 22, 23]
        assert names(message)[3:] == ["◀", "3/3", "✨ Rich", "📎 File"]
        assert await house.press(message, "3/3") == ""
        for data in ("page:999:classic:0", "page:1:other:0", "page:1:classic:x", "page:1", "page", "look:999:file"):
            assert "no longer works" in await house.press_with(message, data)
        await house.press_to_edit(message, "◀")
        assert await house.press_to_edit(message, "◀") == first
        # Another chat's digest does not come here, whatever the data says.
        house.arxiv.announce("cs.LG", announcement(3, first=50), FRIDAY)
        stranger = house.telegram.add_user("Eve")
        await house.say("/digest cs.LG", chat=house.telegram.private_chat(stranger), user=stranger)
        theirs = house.telegram.from_bot(house.telegram.private_chat(stranger))[0].button("✨ Rich").data
        assert "no longer works" in await house.press_with(message, theirs)
        assert message.text == first
        assert len(house.telegram.from_bot(house.private)) == count


async def test_a_page_shows_the_digest_as_it_was_regenerated_and_a_page_that_is_gone_is_the_last(house: House) -> None:
    async with house.running():
        await house.say("/subscribe cs.CV")
        message = await delivered(house, house.private)
        old = f"{message.button('▶').data[:-1]}2"
        house.arxiv.announce("cs.CV", announcement(12), FRIDAY)
        await house.bot.services.regenerate.run("cs.CV", FRIDAY, Scope.REFETCH)
        await house.settle()
        assert names(message)[10:12] == ["1/2", "▶"]
        await house.press_with(message, old)
        assert numbers(message.text) == [11, 12]


async def test_in_a_topic_everybody_turns_pages_and_a_card_comes_once(house: House) -> None:
    telegram = house.telegram
    member = telegram.add_user("Bob", language_code="zh-hans")
    group = telegram.add_group("Readers", creator=house.person, members=[member], forum=True)
    topic = telegram.add_topic(group, "Vision")
    async with house.running():
        await house.say("/subscribe cs.CV", chat=group, thread_id=topic)
        message = await delivered(house, group, topic)
        count = len(telegram.from_bot(group))
        assert numbers(await house.press_to_edit(message, "▶", user=member)) == list(range(11, 21))
        await house.press(message, "12", user=member)
        await telegram.wait_for_messages(group, count + 1)
        card = telegram.from_bot(group)[-1]
        assert (card.thread_id, card.reply_to) == (topic, message)
        assert "2608.00012" in "".join(button.url for button in card.all_buttons)
        assert "already here" in await house.press(message, "12")
        assert "Only administrators" in await house.press(message, "📎 File", user=member)
        await house.press_to_edit(message, "✨ Rich")
        assert names(message) == [*map(str, range(1, 9)), "1/3", "▶", "🗂 Classic", "📎 File"]
        await house.press_to_edit(message, "▶", user=member)
        assert names(message)[:10] == [*map(str, range(9, 17)), "◀", "2/3"]
        shown = await house.press_to_edit(message, "📎 File")
        assert "All 23 papers of this digest" in shown
        assert names(message) == ["🗂 Classic", "✨ Rich"]
        assert numbers(await house.press_to_edit(message, "🗂 Classic")) == list(range(1, 11))
        # The file came with the digest, and the choice was for this message alone.
        assert len(telegram.from_bot(group)) == count + 1
        async with house.bot.core.db.read() as session:
            place = await subscriptions.destination(session, group.id, topic)
        assert place is not None
        assert place.layout is Layout.CLASSIC


async def test_in_a_channel_there_are_messages_in_a_row_and_nothing_that_a_reader_could_set_off(house: House) -> None:
    channel = house.telegram.add_channel("News", "news", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(70), FRIDAY)
    async with house.running():
        await house.say("/subscribe @news cs.CV")
        await delivered(house, channel)
        *messages, document = house.telegram.from_bot(channel)
        assert document.document is not None
        assert len(messages) > 1
        assert [number for message in messages for number in numbers(message.text)] == list(range(1, 71))
        for message in messages:
            assert names(message) == list(map(str, numbers(message.text)))
            assert all(len(row) <= 8 for row in message.buttons)
        bot = house.telegram.bot.username
        assert messages[0].all_buttons[2].url == f"https://t.me/{bot}?start=p_2608-00003"
        assert [button.data for message in messages for button in message.all_buttons if button.data] == []


async def test_an_answer_to_a_command_has_pages_too_and_the_file_only_where_it_is_missing(house: House) -> None:
    reader = house.telegram.add_user("王", language_code="zh-hans")
    chat = house.telegram.private_chat(reader)
    async with house.running():
        await house.say("/settings file off", chat=chat, user=reader)
        count = len(house.telegram.from_bot(chat))
        await house.say("/digest cs.CV", chat=chat, user=reader)
        message = house.last(chat)
        assert names(message)[10:] == ["1/3", "▶", "✨ 富文本", "📎 文件"]
        assert numbers(await house.press_to_edit(message, "▶", user=reader)) == list(range(11, 21))
        await house.press_to_edit(message, "📎 文件", user=reader)
        await house.telegram.wait_for_messages(chat, count + 2)
        assert house.last(chat).document is not None
        await house.press_to_edit(message, "🗂 经典", user=reader)
        await house.press_to_edit(message, "📎 文件", user=reader)
        assert len(house.telegram.from_bot(chat)) == count + 2
        # Nobody was to get that digest: it is kept for its pages, and not for ever.
        house.clock.now += timedelta(days=31)
        await house.tick()
        assert "按钮已经失效" in await house.press(message, "🗂 经典", user=reader)


async def test_the_file_alone_carries_the_buttons_that_show_it_as_messages(house: House) -> None:
    async with house.running():
        await house.say("/subscribe cs.CV")
        await house.say("/settings layout file")
        file = await delivered(house, house.private)
        assert file.document is not None
        assert names(file) == ["🗂 Classic", "✨ Rich"]
        count = len(house.telegram.from_bot(house.private))
        await house.press(file, "✨ Rich")
        await house.telegram.wait_for_messages(house.private, count + 1)
        assert "<table" in house.last().html
        await house.press(file, "🗂 Classic")
        await house.telegram.wait_for_messages(house.private, count + 2)
        assert numbers(await house.press_to_edit(house.last(), "▶")) == list(range(11, 21))
        assert file.document.content.decode().count("\n| [^") == 23


async def test_what_a_chat_wants_is_what_it_gets(house: House) -> None:
    async with house.running():
        await house.say("/subscribe cs.CV")
        await wants(house, house.private, papers_shown=5, attach_file=False, show_abstracts=True)
        message = await delivered(house, house.private)
        assert message is house.last()
        assert numbers(message.text) == [1, 2, 3, 4]
        assert [entity.type for entity in message.entities].count("expandable_blockquote") == 4
        shown = await house.press_to_edit(message, "▶")
        assert numbers(shown) == [5]
        assert shown.endswith("… and 18 more that are not shown here")


async def test_where_rich_messages_are_refused_the_page_stays_classic_and_says_so(house: House) -> None:
    async with house.running():
        await house.say("/digest cs.CV")
        message = house.telegram.from_bot(house.private)[0]
        house.telegram.world.speaks_rich = False
        assert "does not take rich messages" in await house.press(message, "✨ Rich")
        assert numbers(message.text) == list(range(1, 9))
        assert numbers(await house.press_to_edit(message, "▶")) == list(range(9, 17))


async def test_an_answer_is_what_chats_have_already_unless_more_is_translated_by_now(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
        house.break_translator()
        await house.say("/subscribe cs.CV")
        sent = await delivered(house, house.private)
        assert "[not translated]" in sent.text

        async def answer() -> str:
            before = len(house.telegram.from_bot(house.private))
            await house.say("/digest cs.CV")
            message, document = (await house.telegram.wait_for_messages(house.private, before + 2))[before:]
            assert document.document is not None
            return message.text

        house.mend_translator()
        house.clock.now += timedelta(minutes=6)
        translated = await answer()
        assert "[not translated]" not in translated
        assert await answer() == translated  # though what was posted is not edited yet
        await house.bot.retries.tick()
        await house.settle()
        assert sent.text == translated
        requests = house.translator.requests.total()
        assert await answer() == translated
        assert house.translator.requests.total() == requests
