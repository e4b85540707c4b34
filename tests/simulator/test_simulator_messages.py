from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fakes.simulated import Clock, bot_on, call
from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import BadRequest, EndPointNotFound, InvalidToken

from bot.simulator.chat_state import Chat
from bot.simulator.telegram import SimulatedTelegram


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[SimulatedTelegram]:
    async with SimulatedTelegram(now=clock) as running:
        yield running


@pytest.fixture
async def bot(telegram: SimulatedTelegram) -> AsyncIterator[Bot]:
    async with bot_on(telegram) as talking:
        yield talking


@pytest.fixture
def chat(telegram: SimulatedTelegram) -> Chat:
    return telegram.private_chat(telegram.add_user("Ada", username="ada"))


def keyboard(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([list(buttons)])


async def test_the_bot_knows_itself(telegram: SimulatedTelegram, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (telegram.bot.id, "arxiv_digest_bot", True)
    assert me.supports_inline_queries


async def test_a_message_arrives_as_readers_see_it(telegram: SimulatedTelegram, bot: Bot, chat: Chat) -> None:
    html = '<b>A</b> <a href="https://arxiv.org/abs/1">x</a>'
    answer = await bot.send_message(
        chat.id,
        html,
        parse_mode="HTML",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
    )
    (shown,) = telegram.messages(chat)
    assert (shown.text, shown.html, shown.silent) == ("A x", html, True)
    assert answer.text_html == html
    assert answer.link_preview_options == LinkPreviewOptions(is_disabled=True)
    assert answer.from_user == await bot.get_me()
    (line,) = telegram.record
    assert (line.method, line.chat_id, line.message_id, line.text) == ("sendMessage", chat.id, answer.message_id, "A x")


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        ("<b> </b>", "HTML", "Message text is empty"),
        ("x" * 4097, None, "Message is too long"),
        ("<foo>", "HTML", 'Can\'t parse entities: unsupported start tag "foo" at byte offset 0'),
        ("*x*", "MarkdownV2", "Unsupported parse_mode"),
    ],
)
async def test_bad_text_is_refused(
    telegram: SimulatedTelegram, bot: Bot, chat: Chat, text: str, mode: str | None, reason: str
) -> None:
    with pytest.raises(BadRequest) as refusal:
        await bot.send_message(chat.id, text, parse_mode=mode)
    assert refusal.value.message.lower() == reason.lower()
    assert telegram.messages(chat) == []
    assert telegram.record == []


async def test_4096_code_points_after_parsing_are_accepted(telegram: SimulatedTelegram, bot: Bot, chat: Chat) -> None:
    await bot.send_message(chat.id, "<b>" + "😀" * 4096 + "</b>", parse_mode="HTML")
    assert telegram.messages(chat)[0].text == "😀" * 4096


@pytest.mark.parametrize(
    ("buttons", "reason"),
    [
        ([[{"text": "x", "callback_data": "é" * 33}]], "Button_data_invalid"),
        ([[{"text": "x", "callback_data": ""}]], "Button_data_invalid"),
        ([[{"text": "x"}]], "text buttons are unallowed in the inline keyboard"),
        ([[{"text": "x", "url": "not a link"}]], "wrong http url"),
        ([[{"text": str(n), "callback_data": "x"}] for n in range(101)], "reply markup is too long"),
        ([[{"text": str(n), "callback_data": "x"} for n in range(9)]], "reply markup is too long"),
        ([[{"text": "x", "copy_text": {"text": "y" * 257}}]], "button_copy_text_invalid"),
    ],
    ids=["long data", "no data", "no action", "bad link", "101 buttons", "9 in a row", "long copy text"],
)
async def test_bad_keyboards_are_refused(
    telegram: SimulatedTelegram, chat: Chat, buttons: list[list[object]], reason: str
) -> None:
    answer = await call(telegram, "sendMessage", chat_id=chat.id, text="x", reply_markup={"inline_keyboard": buttons})
    assert (answer["ok"], answer["error_code"]) == (False, 400)
    assert reason.lower() in answer["description"].lower()
    assert telegram.record == []


async def test_buttons_are_kept_and_come_back(telegram: SimulatedTelegram, bot: Bot, chat: Chat) -> None:
    markup = keyboard(
        InlineKeyboardButton("abs", url="https://arxiv.org/abs/1"),
        InlineKeyboardButton("more", callback_data="m:1"),
        InlineKeyboardButton("cite", copy_text=CopyTextButton("@article{}")),
    )
    answer = await bot.send_message(chat.id, "x", reply_markup=markup)
    assert answer.reply_markup == markup
    shown = telegram.messages(chat)[0]
    assert (shown.button("abs").url, shown.button("more").data) == ("https://arxiv.org/abs/1", "m:1")
    with pytest.raises(ValueError, match="there are: 'abs', 'more', 'cite'"):
        shown.button("less")


async def test_a_reply_names_what_it_answers(telegram: SimulatedTelegram, bot: Bot, chat: Chat) -> None:
    asked = telegram.say(chat, telegram.world.users[chat.id], "2506.01234")
    answer = await bot.send_message(chat.id, "card", reply_parameters=ReplyParameters(asked.message_id))
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.text == "2506.01234"
    telegram.delete(asked)
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(chat.id, "card", reply_parameters=ReplyParameters(asked.message_id))
    await bot.send_message(
        chat.id, "card", reply_parameters=ReplyParameters(asked.message_id, allow_sending_without_reply=True)
    )


async def test_an_edit_changes_what_is_shown(telegram: SimulatedTelegram, bot: Bot, chat: Chat, clock: Clock) -> None:
    sent = await bot.send_message(chat.id, "…", reply_markup=keyboard(InlineKeyboardButton("stop", callback_data="s")))
    clock.now += 60
    edited = await bot.edit_message_text("<i>done</i>", chat.id, sent.message_id, parse_mode="HTML")
    (shown,) = telegram.messages(chat)
    assert (shown.text, shown.buttons, shown.edited) == ("done", (), 1)
    assert isinstance(edited, type(sent))
    assert edited.edit_date is not None
    assert (edited.edit_date - edited.date).total_seconds() == 60
    assert [line.method for line in telegram.record] == ["sendMessage", "editMessageText"]


async def test_an_edit_of_nothing_is_refused_word_by_word(bot: Bot, chat: Chat) -> None:
    sent = await bot.send_message(chat.id, "<b>x</b>", parse_mode="HTML")
    with pytest.raises(BadRequest) as refusal:
        await bot.edit_message_text("<strong>x</strong>", chat.id, sent.message_id, parse_mode="HTML")
    assert refusal.value.message == (
        "Message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )
    await bot.edit_message_text("x", chat.id, sent.message_id)


async def test_the_bot_edits_only_its_own_messages(telegram: SimulatedTelegram, bot: Bot, chat: Chat) -> None:
    said = telegram.say(chat, telegram.world.users[chat.id], "hello")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", chat.id, said.message_id)
    sent = await bot.send_message(chat.id, "x")
    await bot.delete_message(chat.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("y", chat.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(chat.id, sent.message_id)


async def test_after_two_days_a_message_cannot_be_deleted(bot: Bot, chat: Chat, clock: Clock) -> None:
    sent = await bot.send_message(chat.id, "x")
    clock.now += 48 * 3600 + 1
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(chat.id, sent.message_id)


async def test_several_messages_go_at_once(telegram: SimulatedTelegram, bot: Bot, chat: Chat) -> None:
    numbers = [(await bot.send_message(chat.id, str(number))).message_id for number in range(3)]
    await bot.delete_messages(chat.id, [*numbers[:2], 999])
    assert [message.text for message in telegram.messages(chat)] == ["2"]


async def test_a_document_is_uploaded_downloaded_and_replaced(
    telegram: SimulatedTelegram, bot: Bot, chat: Chat
) -> None:
    sent = await bot.send_document(chat.id, b"# Digest", filename="摘要.md", caption="<b>c</b>", parse_mode="HTML")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption_html) == ("摘要.md", "<b>c</b>")
    file = await sent.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"# Digest"

    await bot.edit_message_caption(chat.id, sent.message_id, caption="new")
    media = InputMediaDocument(b"# Again", filename="again.md", caption="again")
    await bot.edit_message_media(media, chat.id, sent.message_id)
    (shown,) = telegram.messages(chat)
    assert shown.document is not None
    assert (shown.document.name, shown.document.content, shown.caption) == ("again.md", b"# Again", "again")
    assert [line.document for line in telegram.record] == ["摘要.md", "摘要.md", "again.md"]

    again = await bot.send_document(chat.id, sent.document.file_id)
    assert again.document == sent.document


async def test_a_caption_has_its_own_limit(bot: Bot, chat: Chat) -> None:
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(chat.id, b"x", filename="x", caption="x" * 1025)
    await bot.send_document(chat.id, b"x", filename="x", caption="<b>" + "x" * 1024 + "</b>", parse_mode="HTML")


async def test_messages_are_copied_and_forwarded(telegram: SimulatedTelegram, bot: Bot, chat: Chat) -> None:
    channel = telegram.add_channel("Digests", "digests", creator=telegram.add_user("Bo"))
    post = await bot.send_message("@digests", "<b>x</b>", parse_mode="HTML")
    copied = await bot.copy_message(chat.id, channel.id, post.message_id)
    forwarded = await bot.forward_message(chat.id, channel.id, post.message_id)
    first, second = telegram.messages(chat)
    assert (first.message_id, first.text, first.entities) == (copied.message_id, "x", second.entities)
    assert first.origin is None
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.type == "channel"


async def test_pins_and_reactions_are_shown(telegram: SimulatedTelegram, bot: Bot, chat: Chat) -> None:
    sent = await bot.send_message(chat.id, "x")
    await bot.pin_chat_message(chat.id, sent.message_id)
    pinned = (await bot.get_chat(chat.id)).pinned_message
    assert pinned is not None
    assert pinned.message_id == sent.message_id
    await bot.unpin_chat_message(chat.id)
    assert (await bot.get_chat(chat.id)).pinned_message is None
    await bot.set_message_reaction(chat.id, sent.message_id, "👀")
    assert telegram.from_bot(chat)[0].reactions == ("👀",)


@pytest.mark.parametrize(
    "params",
    [
        {"text": "x", "reply_parameters": {"message_id": "first"}},
        {"text": "x", "reply_markup": "{"},
        {"text": "x", "reply_markup": {"inline_keyboard": ["x"]}},
        {"text": "x", "entities": [1]},
        {"text": "x", "message_thread_id": "General"},
        {"text": "\ud800"},
        {},
    ],
)
async def test_nonsense_is_refused_with_400(telegram: SimulatedTelegram, chat: Chat, params: dict[str, Any]) -> None:
    answer = await call(telegram, "sendMessage", chat_id=chat.id, **params)
    assert (answer["ok"], answer["error_code"]) == (False, 400)


async def test_methods_are_found_in_any_case_and_strangers_are_turned_away(
    telegram: SimulatedTelegram, bot: Bot, chat: Chat
) -> None:
    await call(telegram, "SENDMESSAGE", chat_id=chat.id, text="x")
    assert [message.text for message in telegram.messages(chat)] == ["x"]
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendHologram", api_kwargs={"chat_id": chat.id})
    stranger = Bot("1:" + "x" * 35, base_url=f"{telegram.url}/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
