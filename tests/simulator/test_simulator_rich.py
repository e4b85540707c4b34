from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.simulated import call

from bot.simulator.chat_state import Chat
from bot.simulator.telegram import SimulatedTelegram
from bot.simulator.transcript import transcript

HTML = "<h2>News</h2><details><summary>A paper</summary><p>Its abstract</p></details>"
BLOCKS = [
    {"type": "heading", "text": "News", "size": 2},
    {"type": "details", "summary": "A paper", "blocks": [{"type": "paragraph", "text": "Its abstract"}]},
]
KEYS = {"inline_keyboard": [[{"text": "more", "callback_data": "m"}]]}


@pytest.fixture
async def telegram() -> AsyncIterator[SimulatedTelegram]:
    async with SimulatedTelegram() as running:
        yield running


@pytest.fixture
def chat(telegram: SimulatedTelegram) -> Chat:
    return telegram.private_chat(telegram.add_user("Ada"))


async def test_a_rich_message_is_sent_recorded_and_read(telegram: SimulatedTelegram, chat: Chat) -> None:
    answer = await call(
        telegram,
        "sendRichMessage",
        chat_id=chat.id,
        rich_message={"html": HTML},
        reply_markup=KEYS,
        disable_notification=True,
    )
    assert answer["result"]["rich_message"] == {"blocks": BLOCKS}
    assert "text" not in answer["result"]
    (message,) = telegram.messages(chat)
    assert (message.html, message.silent, message.button("more").data) == (HTML, True, "m")
    (line,) = telegram.record
    assert (line.method, line.text) == ("sendRichMessage", "News\n▸ A paper\n  Its abstract")
    assert "  ▸ A paper\n    Its abstract\n  [ more ]" in transcript(telegram, chat)


async def test_messages_are_edited_into_rich_ones_and_back(telegram: SimulatedTelegram, chat: Chat) -> None:
    number = (await call(telegram, "sendMessage", chat_id=chat.id, text="plain"))["result"]["message_id"]
    there = {"chat_id": chat.id, "message_id": number}
    edited = await call(telegram, "editMessageText", **there, rich_message={"html": HTML})
    assert edited["result"]["rich_message"] == {"blocks": BLOCKS}
    same = await call(telegram, "editMessageText", **there, rich_message={"html": HTML})
    assert "message is not modified" in same["description"]
    back = await call(telegram, "editMessageText", **there, text="plain")
    assert back["result"]["text"] == "plain"
    assert "rich_message" not in back["result"]


async def test_a_copy_of_a_rich_message_is_rich(telegram: SimulatedTelegram, chat: Chat) -> None:
    await call(telegram, "sendRichMessage", chat_id=chat.id, rich_message={"html": HTML})
    await call(telegram, "copyMessage", chat_id=chat.id, from_chat_id=chat.id, message_id=1)
    first, copy = telegram.messages(chat)
    assert copy.rich == first.rich != ()


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"html": ""},
        {"markdown": "# x"},
        {"html": HTML, "markdown": "x"},
        {"html": ["x"]},
        {"html": "<p>a@b.org</p>"},
    ],
)
async def test_other_forms_and_wrong_ones_are_refused(
    telegram: SimulatedTelegram, chat: Chat, message: dict[str, object]
) -> None:
    answer = await call(telegram, "sendRichMessage", chat_id=chat.id, rich_message=message)
    assert answer["error_code"] == 400
    assert "RICH_MESSAGE_" in answer["description"]
    assert telegram.messages(chat) == []


async def test_a_telegram_from_before_rich_messages_does_not_know_them(telegram: SimulatedTelegram, chat: Chat) -> None:
    telegram.world.speaks_rich = False
    sent = await call(telegram, "sendRichMessage", chat_id=chat.id, rich_message={"html": HTML})
    assert (sent["error_code"], sent["description"]) == (404, "Not Found")
    number = (await call(telegram, "sendMessage", chat_id=chat.id, text="plain"))["result"]["message_id"]
    edited = await call(telegram, "editMessageText", chat_id=chat.id, message_id=number, rich_message={"html": HTML})
    assert edited["description"] == "Bad Request: message text is empty"
