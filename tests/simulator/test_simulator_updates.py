from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from fakes.simulated import Clock, bot_on
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    MessageOriginChannel,
    Update,
)
from telegram.error import BadRequest, Conflict
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler

from bot.simulator.chat_state import Chat, Entity, User
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
def ada(telegram: SimulatedTelegram) -> User:
    return telegram.add_user("Ada", username="ada", language_code="zh-hans")


@pytest.fixture
def chat(telegram: SimulatedTelegram, ada: User) -> Chat:
    return telegram.private_chat(ada)


@pytest.fixture
def group(telegram: SimulatedTelegram, ada: User) -> Chat:
    return telegram.add_group("Readers", creator=ada)


async def heard(bot: Bot) -> Update:
    (update,) = await bot.get_updates()
    await bot.get_updates(offset=update.update_id + 1)
    return update


async def test_updates_stay_until_the_offset_confirms_them(
    telegram: SimulatedTelegram, bot: Bot, chat: Chat, ada: User
) -> None:
    for text in ("one", "two", "three"):
        telegram.say(chat, ada, text)
    first = await bot.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["one", "two"]
    assert await bot.get_updates(limit=2) == first
    (last,) = await bot.get_updates(offset=first[-1].update_id + 1)
    assert last.message is not None
    assert (last.message.text, last.message.from_user.language_code if last.message.from_user else "") == (
        "three",
        "zh-hans",
    )
    assert await bot.get_updates(offset=last.update_id + 1) == ()


async def test_a_long_poll_answers_as_soon_as_something_is_said(
    telegram: SimulatedTelegram, bot: Bot, chat: Chat, ada: User
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.wait_for(lambda: telegram.world.counts["getupdates"])
    telegram.say(chat, ada, "now")
    (update,) = await poll
    assert update.message is not None
    assert update.message.text == "now"


async def test_a_second_poll_ends_the_first(telegram: SimulatedTelegram, bot: Bot) -> None:
    async with bot_on(telegram) as other:
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await telegram.wait_for(lambda: telegram.world.counts["getupdates"])
        assert await other.get_updates() == ()
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await poll


async def test_membership_of_others_is_told_only_when_asked_for(
    telegram: SimulatedTelegram, bot: Bot, group: Chat
) -> None:
    telegram.promote(group, telegram.bot)
    assert (await heard(bot)).my_chat_member is not None
    telegram.join(group, telegram.add_user("Bo"))
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=["chat_member"])
    telegram.join(group, telegram.add_user("Eve"))
    telegram.say(group, telegram.add_user("Bo"), "not asked for")
    told = (await heard(bot)).chat_member
    assert told is not None
    assert (told.old_chat_member.status, told.new_chat_member.status) == ("left", "member")
    await bot.get_updates(allowed_updates=[])
    telegram.say(group, telegram.add_user("Bo"), "heard again")
    assert (await heard(bot)).message is not None


async def test_what_is_said_comes_with_its_entities(telegram: SimulatedTelegram, bot: Bot, group: Chat) -> None:
    text = "/paper@arxiv_digest_bot 😀 arxiv.org/abs/2506.01234 @ada this"
    telegram.say(group, telegram.add_user("Bo"), text, entities=[Entity("text_link", 57, 4, url="https://arxiv.org/")])
    message = (await heard(bot)).message
    assert message is not None
    assert {(entity.type, part) for entity, part in message.parse_entities().items()} == {
        ("bot_command", "/paper@arxiv_digest_bot"),
        ("url", "arxiv.org/abs/2506.01234"),
        ("mention", "@ada"),
        ("text_link", "this"),
    }


async def test_captions_edits_posts_and_anonymous_administrators_are_told_apart(
    telegram: SimulatedTelegram, bot: Bot, group: Chat, ada: User
) -> None:
    telegram.send_caption(group, ada, "see arxiv.org/abs/1")
    photo = (await heard(bot)).message
    assert photo is not None
    assert (photo.caption, len(photo.photo), photo.caption_entities[0].type) == ("see arxiv.org/abs/1", 1, "url")

    telegram.send_caption(group, ada, "", document="paper.pdf")
    document = (await heard(bot)).message
    assert document is not None
    assert document.document is not None
    assert (document.document.file_name, document.caption) == ("paper.pdf", None)

    telegram.edit(telegram.say(group, ada, "first"), "second")
    updates = await bot.get_updates()
    assert [update.edited_message.text for update in updates if update.edited_message] == ["second"]
    await bot.get_updates(offset=updates[-1].update_id + 1)

    telegram.post(telegram.add_channel("Digests", creator=ada), "post")
    post = (await heard(bot)).channel_post
    assert post is not None
    assert (post.text, post.from_user, post.sender_chat.title if post.sender_chat else "") == ("post", None, "Digests")

    telegram.say(group, ada, "x", anonymous=True)
    anonymous = (await heard(bot)).message
    assert anonymous is not None
    assert anonymous.from_user is not None
    assert anonymous.sender_chat is not None
    assert (anonymous.from_user.username, anonymous.sender_chat.id) == ("GroupAnonymousBot", group.id)


async def test_a_channels_post_is_forwarded_into_its_discussion(
    telegram: SimulatedTelegram, bot: Bot, group: Chat, ada: User
) -> None:
    channel = telegram.add_channel("Digests", creator=ada)
    telegram.link(channel, group)
    sent = await bot.send_message(channel.id, "digest")
    copy = (await heard(bot)).message
    assert copy is not None
    assert copy.is_automatic_forward
    assert isinstance(copy.forward_origin, MessageOriginChannel)
    assert (copy.forward_origin.message_id, copy.text) == (sent.message_id, "digest")


async def test_the_bot_does_not_hear_itself(telegram: SimulatedTelegram, bot: Bot, chat: Chat) -> None:
    await bot.send_message(chat.id, "x")
    assert len(telegram.messages(chat)) == 1
    assert await bot.get_updates() == ()


async def test_privacy_mode_keeps_talk_among_people_from_the_bot(ada: User) -> None:
    del ada
    async with SimulatedTelegram(privacy=True) as private, bot_on(private) as shy:
        bo = private.add_user("Bo")
        group = private.add_group("Readers", creator=bo)
        private.say(group, bo, "among us: arxiv.org/abs/1")
        private.say(group, bo, "/help")
        private.say(group, bo, "@arxiv_digest_bot look")
        private.say(
            group, bo, "thanks", reply_to=private.world.write(private.world.draft(group, from_user=private.bot))
        )
        heard_texts = [update.message.text for update in await shy.get_updates() if update.message]
        assert heard_texts == ["/help", "@arxiv_digest_bot look", "thanks"]


async def test_coming_going_and_blocking_are_told(telegram: SimulatedTelegram, bot: Bot, ada: User) -> None:
    group = telegram.add_group("Readers", creator=ada, bot=False)
    telegram.add_bot(group, ada)
    telegram.kick_bot(group)
    telegram.block(ada)
    telegram.unblock(ada)
    updates = await bot.get_updates()
    changes = [
        (update.my_chat_member.old_chat_member.status, update.my_chat_member.new_chat_member.status)
        for update in updates
        if update.my_chat_member
    ]
    assert changes == [("left", "member"), ("member", "kicked"), ("member", "kicked"), ("kicked", "member")]
    assert any(update.message and update.message.new_chat_members for update in updates)


async def test_a_pressed_button_is_answered_while_it_spins(
    telegram: SimulatedTelegram, bot: Bot, chat: Chat, ada: User, clock: Clock
) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("more", callback_data="m:1")]])
    await bot.send_message(chat.id, "x", reply_markup=keyboard)
    query_id = telegram.press(telegram.messages(chat)[0], ada, "more")
    query = (await heard(bot)).callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (query_id, "m:1", ada.id)
    assert telegram.answer(query_id) is None
    await query.answer("here")
    assert telegram.answer(query_id) == "here"

    late = telegram.press(telegram.messages(chat)[0], ada, "m:1")
    clock.now += 1000
    for old in (late, "12345"):
        with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
            await bot.answer_callback_query(old)


async def test_an_inline_query_gets_its_results(telegram: SimulatedTelegram, bot: Bot, ada: User) -> None:
    query_id = telegram.inline(ada, "2506.01234")
    query = (await heard(bot)).inline_query
    assert query is not None
    assert query.query == "2506.01234"

    def article(markup: str) -> InlineQueryResultArticle:
        return InlineQueryResultArticle("1", "Title", InputTextMessageContent(markup, parse_mode="HTML"))

    with pytest.raises(BadRequest, match="Can't parse entities"):
        await query.answer([article("<b>card")])
    with pytest.raises(BadRequest, match="Result_id_duplicate"):
        await query.answer([article("card"), article("card")])
    await query.answer([article("<b>card</b>")])
    results = telegram.world.inline[query_id].results
    assert results is not None
    assert [result["title"] for result in results] == ["Title"]


async def test_a_webhook_is_pushed_to_with_its_secret(
    telegram: SimulatedTelegram, bot: Bot, chat: Chat, ada: User
) -> None:
    pushed: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def receive(request: web.Request) -> web.Response:
        body = await request.json()
        await pushed.put((request.headers["X-Telegram-Bot-Api-Secret-Token"], body["message"]["text"]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        telegram.say(chat, ada, "before")
        await bot.set_webhook(url, secret_token="open-sesame")
        telegram.say(chat, ada, "after")
        assert [await pushed.get() for _ in range(2)] == [("open-sesame", "before"), ("open-sesame", "after")]
        await telegram.quiet()
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count) == (url, 0)
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert await bot.get_updates() == ()
    finally:
        await runner.cleanup()


async def test_a_whole_application_talks_to_it(telegram: SimulatedTelegram, chat: Chat, ada: User) -> None:
    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.effective_message:
            await update.effective_message.reply_text(f"you said {update.effective_message.text}")

    builder = ApplicationBuilder().token(telegram.token).base_url(f"{telegram.url}/bot")
    application = builder.build()
    application.add_handler(MessageHandler(None, echo))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        telegram.say(chat, ada, "hello")
        (answer,) = await telegram.wait_for_messages(chat, 1)
        assert answer.text == "you said hello"
        await telegram.quiet()
        await application.updater.stop()
        await application.stop()


async def test_waiting_in_vain_shows_the_chat(telegram: SimulatedTelegram, chat: Chat, ada: User) -> None:
    telegram.say(chat, ada, "anyone there?")
    with pytest.raises(TimeoutError, match=r"(?s)nothing of the kind.*anyone there\?"):
        await telegram.wait_for_messages(chat, 1, timeout=0.01)
    with pytest.raises(TimeoutError, match="1 updates were not fetched"):
        await telegram.quiet(timeout=0.01)
