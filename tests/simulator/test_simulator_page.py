from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from fakes.simulated import bot_on
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    ChatAdministratorRights,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest

from bot.simulator.chat_state import Chat, User
from bot.simulator.telegram import SimulatedTelegram


@pytest.fixture
async def telegram() -> AsyncIterator[SimulatedTelegram]:
    async with SimulatedTelegram() as running:
        yield running


@pytest.fixture
async def bot(telegram: SimulatedTelegram) -> AsyncIterator[Bot]:
    async with bot_on(telegram) as talking:
        yield talking


@pytest.fixture
async def browser(telegram: SimulatedTelegram) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(telegram.page_url) as http:
        yield http


@pytest.fixture
def ada(telegram: SimulatedTelegram) -> User:
    return telegram.add_user("Ada")


@pytest.fixture
def chat(telegram: SimulatedTelegram, ada: User) -> Chat:
    return telegram.private_chat(ada)


async def view(browser: aiohttp.ClientSession, **query: Any) -> dict[str, Any]:
    async with browser.get("page/view", params=query) as answer:
        body: dict[str, Any] = await answer.json()
        return body


async def test_the_page_is_one_file_that_loads_nothing_else(browser: aiohttp.ClientSession) -> None:
    async with browser.get("/") as answer:
        markup = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert "default-src 'none'" in policy
    assert markup.count(f'nonce="{nonce}"') == 2
    assert "innerHTML" not in markup
    assert 'src="' not in markup


async def test_the_page_shows_chats_messages_and_commands(
    telegram: SimulatedTelegram, bot: Bot, browser: aiohttp.ClientSession, ada: User, chat: Chat
) -> None:
    group = telegram.add_group("Readers", creator=ada)
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("settings", "Settings")], scope=BotCommandScopeAllGroupChats())
    await bot.send_message(chat.id, "<b>card</b> <script>", parse_mode=None)
    body = await view(browser, chat=chat.id)
    assert {row["title"] for row in body["chats"]} == {"Ada", "Readers"}
    assert [(one["sender"], one["text"]) for one in body["messages"]] == [("arXiv digest", "<b>card</b> <script>")]
    assert [one["command"] for one in body["commands"]] == ["help"]
    assert [one["command"] for one in (await view(browser, chat=group.id))["commands"]] == ["settings"]


async def test_the_page_waits_for_what_is_new(
    telegram: SimulatedTelegram, browser: aiohttp.ClientSession, ada: User, chat: Chat
) -> None:
    seen = await view(browser, chat=chat.id)
    waiting = asyncio.create_task(view(browser, chat=chat.id, after=seen["version"]))
    # Another request that is answered proves that the first had its turn.
    await view(browser, chat=chat.id)
    assert not waiting.done()
    telegram.say(chat, ada, "news")
    assert [one["text"] for one in (await waiting)["messages"]] == ["news"]


async def test_people_and_channels_speak_from_the_page(
    telegram: SimulatedTelegram, bot: Bot, browser: aiohttp.ClientSession, ada: User
) -> None:
    forum = telegram.add_group("Lab", creator=ada, forum=True)
    thread_id = telegram.add_topic(forum, "Papers")
    channel = telegram.add_channel("Digests", creator=ada)
    said = [
        {"chat": str(forum.id), "thread": thread_id, "speaker": ada.id, "text": "in the topic"},
        {"chat": str(channel.id), "speaker": 0, "text": "from the channel"},
    ]
    for body in said:
        async with browser.post("page/say", json=body) as answer:
            assert answer.status == 200
    message, post = await bot.get_updates()
    assert message.message is not None
    assert (message.message.text, message.message.message_thread_id) == ("in the topic", thread_id)
    assert post.channel_post is not None
    assert post.channel_post.text == "from the channel"
    shown = await view(browser, chat=forum.id, thread=thread_id)
    assert [one["text"] or one["service"] for one in shown["messages"]] == [
        "Ada opened the topic Papers",
        "in the topic",
    ]


async def test_a_button_pressed_on_the_page_shows_the_answer(
    telegram: SimulatedTelegram, bot: Bot, browser: aiohttp.ClientSession, chat: Chat
) -> None:
    sent = await bot.send_message(
        chat.id, "x", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("more", callback_data="m")]])
    )

    async def press(data: str) -> tuple[int, Any]:
        body = {"chat": str(chat.id), "message_id": sent.message_id, "data": data}
        async with browser.post("page/press", json=body) as answer:
            return answer.status, await (answer.json() if answer.ok else answer.text())

    pressing = asyncio.create_task(press("m"))
    (update,) = await bot.get_updates(timeout=5)
    assert update.callback_query is not None
    await update.callback_query.answer("here", show_alert=True)
    assert await pressing == (200, {"answer": "here", "alert": True, "url": ""})
    assert await press("gone") == (404, "That button is gone.\n")
    assert telegram.answer(update.callback_query.id) == "here"


async def test_a_press_may_open_the_private_chat_with_the_bot_and_start_it_there(
    telegram: SimulatedTelegram, bot: Bot, browser: aiohttp.ClientSession, ada: User
) -> None:
    group = telegram.add_group("Readers", creator=ada)
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("more", callback_data="m")]])
    sent = await bot.send_message(group.id, "x", reply_markup=keys)
    pressed = {"chat": str(group.id), "message_id": sent.message_id, "data": "m"}
    pressing = asyncio.create_task(browser.post("page/press", json=pressed))
    (update,) = await bot.get_updates(timeout=5)
    assert update.callback_query is not None
    with pytest.raises(BadRequest, match="Url_invalid"):
        await update.callback_query.answer(url="https://elsewhere.example.org")
    await update.callback_query.answer(url=f"https://t.me/{telegram.bot.username}?start=card_en_1")
    assert (await (await pressing).json())["url"].endswith("?start=card_en_1")
    started = await browser.post("page/start", json={"chat": str(group.id), "payload": "card_en_1"})
    assert await started.json() == {"chat": str(ada.id)}
    assert telegram.messages(telegram.private_chat(ada))[-1].text == "/start card_en_1"


async def test_a_keyboard_shows_its_buttons_and_the_chats_that_can_be_picked_for_one(
    telegram: SimulatedTelegram, bot: Bot, browser: aiohttp.ClientSession, ada: User, chat: Chat
) -> None:
    mine = telegram.add_channel("Daily", None, creator=ada, bot_posts=None)
    theirs = telegram.add_channel("Weekly", None, creator=telegram.add_user("Bob"), bot_posts=None)
    telegram.join(theirs, ada)
    rights = ChatAdministratorRights.no_rights().to_dict() | {"can_post_messages": True, "can_promote_members": True}
    request = KeyboardButtonRequestChat(
        1, chat_is_channel=True, user_administrator_rights=ChatAdministratorRights(**rights)
    )
    board = ReplyKeyboardMarkup([[KeyboardButton("A channel", request_chat=request), "Words"]])
    await bot.send_message(chat.id, "Which one?", reply_markup=board)
    daily = {"id": str(mine.id), "type": "channel", "title": "Daily"}
    assert (await view(browser, chat=chat.id))["keyboard"] == [
        {"text": "A channel", "asks": True, "chats": [daily]},
        {"text": "Words", "asks": False, "chats": []},
    ]
    body = {"chat": str(chat.id), "button": "A channel", "shared": str(mine.id)}
    for wrong in ({"shared": str(theirs.id)}, {"button": "Words"}, {"shared": "7"}):
        async with browser.post("page/share", json=body | wrong) as answer:
            assert answer.status in {400, 404}
    async with browser.post("page/share", json=body) as answer:
        assert answer.ok
    shared = (await bot.get_updates(allowed_updates=["message"]))[-1].message
    assert shared is not None
    assert shared.chat_shared is not None
    assert shared.chat_shared.chat_id == mine.id


async def test_documents_are_downloaded_and_never_shown_as_a_page(
    bot: Bot, browser: aiohttp.ClientSession, chat: Chat
) -> None:
    sent = await bot.send_document(chat.id, b"<script>", filename="摘要.html")
    assert sent.document is not None
    async with browser.get(f"page/file/{sent.document.file_id}") as answer:
        assert await answer.read() == b"<script>"
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "rebound.example.org"}, 403),
        ({"Origin": "https://elsewhere.example.org"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
async def test_other_sites_cannot_speak_here(
    telegram: SimulatedTelegram, browser: aiohttp.ClientSession, chat: Chat, headers: dict[str, str], status: int
) -> None:
    body = f'{{"chat": "{chat.id}", "speaker": {chat.id}, "text": "x"}}'
    async with browser.post("page/say", data=body, headers={"Content-Type": "application/json", **headers}) as answer:
        assert answer.status == status
    assert telegram.messages(chat) == []


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        '{"chat": "7", "text": "x"}',
        '{"chat": "100000001", "text": " "}',
        '{"chat": [], "text": "x", "reply_to": []}',
    ],
)
async def test_nonsense_gets_a_plain_answer(browser: aiohttp.ClientSession, chat: Chat, body: str) -> None:
    assert chat.id == 100000001
    async with browser.post("page/say", data=body, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status in {400, 404}
        assert "Traceback" not in await answer.text()
