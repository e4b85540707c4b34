"""From Telegram's updates to handlers: finds the destination and its words, and words every refusal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from telegram import Message, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import (
    CallbackQueryHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.handlers import limits
from bot.handlers.ask import AnyApplication, Ask, Handler, Press, Refusal, Services, new_destination
from bot.handlers.buttons import BUTTONS
from bot.handlers.commands import COMMANDS
from bot.handlers.optional import optional
from bot.handlers.papers.inline import answer_inline
from bot.handlers.papers.inline_choice import complete_chosen
from bot.handlers.papers.link import answer_link, is_own_card
from bot.handlers.queue_notice import tell_refused
from bot.handlers.settings.channels import take_shared
from bot.handlers.update_queue import UpdateQueue
from bot.i18n import words_for
from bot.log import event, redact
from bot.render.button import read_callback
from storage import moves, subscriptions
from storage.errors import TROUBLE, reason_of

_log = logging.getLogger(__name__)

# A linked channel's posts arrive in its group once more, as automatic forwards: those are nobody's question.
_POSTS = (filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST) & ~filters.IS_AUTOMATIC_FORWARD
# Whoever sends a picture or a sticker in private hears what to send instead; a file may be named by a paper's id.
_SAID = filters.TEXT | filters.CAPTION | filters.Document.ALL | filters.ChatType.PRIVATE
ALLOWED_UPDATES = (
    Update.MESSAGE,
    Update.CHANNEL_POST,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT,
    Update.MY_CHAT_MEMBER,
)
_NAMES = frozenset(command.name for command in COMMANDS if not command.administrators_only)
_SOON = 0.4
"""Seconds after which a button no longer shows that it waits; a refusal that comes sooner is shown above the chat."""


def register(application: AnyApplication, services: Services) -> None:
    """Add a handler for every command of the table, for links, and for groups that become supergroups."""
    for command in COMMANDS:
        callback = _callback(services, command.handler, administrators_only=command.administrators_only)
        application.add_handler(CommandHandler(command.name, callback, filters=_POSTS))
    application.add_handler(
        MessageHandler(_POSTS & filters.COMMAND & filters.ChatType.PRIVATE, _callback(services, _unknown_command))
    )
    application.add_handler(
        MessageHandler(
            _POSTS & _SAID & ~filters.COMMAND & ~filters.StatusUpdate.ALL,
            _callback(services, _said),
        )
    )
    application.add_handler(CallbackQueryHandler(_press_callback(services)))
    application.add_handler(InlineQueryHandler(_inline_callback(services)))
    application.add_handler(ChosenInlineResultHandler(_chosen_callback(services)))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, _migration(services)))
    application.add_handler(MessageHandler(filters.StatusUpdate.CHAT_SHARED, _callback(services, take_shared)))
    application.add_error_handler(_error)
    if isinstance(application.update_processor, UpdateQueue):
        application.update_processor.refused = partial(tell_refused, services)


def _callback(services: Services, handler: Handler, *, administrators_only: bool = False) -> Any:
    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, chat = update.effective_message, update.effective_chat
        if message is None or chat is None:
            return
        try:
            ask = await _ask(services, message, update.effective_user, context)
        except TROUBLE as error:
            spoken = chat.type == ChatType.PRIVATE or (message.text or "").startswith("/")
            await _apologize(update, error, message.reply_text if spoken else None)
            return
        await _carry_out(replace(ask, args=tuple(context.args or ())), handler, administrators_only=administrators_only)

    return handle


def _press_callback(services: Services) -> Any:
    known = {button.name: button for button in BUTTONS}

    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        name, args = read_callback(query.data or "")
        button = known.get(name)
        if button is None or not isinstance(query.message, Message):
            # Made by an earlier version, made up, or under a message that Telegram no longer shows to bots.
            await Press(query).answer(words_for(query.from_user.language_code or "")("button-outdated"), alert=True)
            return
        press = Press(query)
        try:
            ask = await _ask(services, query.message, query.from_user, context)
        except TROUBLE as error:
            await _apologize(update, error, partial(press.answer, alert=True))
            return
        soon = asyncio.create_task(_answer_soon(press))
        try:
            await _carry_out(
                replace(ask, args=args, press=press), button.handler, administrators_only=button.administrators_only
            )
        finally:
            soon.cancel()
            await press.answer()

    return handle


def _inline_callback(services: Services) -> Any:
    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.inline_query is None:
            return
        try:
            await answer_inline(services, context.bot, update.inline_query)
        except TelegramError as error:
            # The person typed on or waited too long, so that nobody looks at this answer any more; or Telegram is busy.
            event(_log, "inline_not_answered", reason=redact(str(error)))
        except Exception:  # noqa: BLE001 - whatever it was, the person waits no longer and the bot goes on
            _log.exception("inline_failed")
            await optional(update.inline_query.answer([], cache_time=0))

    return handle


def _chosen_callback(services: Services) -> Any:
    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.chosen_inline_result is None:
            return
        try:
            await complete_chosen(services, context.bot, update.chosen_inline_result)
        except TelegramError as error:
            # The clock's tick shows it later.
            event(_log, "chosen_later", level=logging.WARNING, reason=redact(str(error)))

    return handle


async def _apologize(update: Update, error: Exception, tell: Callable[[str], Awaitable[object]] | None) -> None:
    """Where not even the chat's settings can be read: in the language of the person's app."""
    event(_log, "database_in_trouble", level=logging.ERROR, update=update.update_id, reason=redact(reason_of(error)))
    user = update.effective_user
    if tell is not None:
        with suppress(TelegramError):
            await tell(words_for((user.language_code or "") if user is not None else "")("went-wrong"))


async def _answer_soon(press: Press) -> None:
    await asyncio.sleep(_SOON)
    await press.answer()


async def _carry_out(ask: Ask, handler: Handler, *, administrators_only: bool) -> None:
    """Do what is asked; whatever comes of it, the person hears of it and the bot goes on."""
    try:
        if administrators_only and not ask.is_bot_administrator:
            raise Refusal("bot-administrators-only")  # noqa: TRY301 - worded like any other refusal
        # In a group others talk, too: what is said there counts by the cards that it asks for.
        if ask.private or handler is not _said:
            limits.command(ask)
        await handler(ask)
    except limits.Unanswered:
        return
    except Refusal as refusal:
        await _tell(ask, refusal.key, **refusal.values)
    except (Forbidden, BadRequest) as error:
        # The chat is closed to the bot, or the message was deleted meanwhile: nobody is left to be told.
        event(_log, "not_answered", level=logging.WARNING, chat=ask.chat.id, reason=redact(str(error)))
    except TelegramError as error:
        event(_log, "not_answered", level=logging.WARNING, chat=ask.chat.id, reason=redact(str(error)))
        await _tell(ask, "went-wrong")
    except Exception:  # noqa: BLE001 - whatever it was, the person is told and the bot goes on
        _log.exception("handler_failed chat=%s handler=%s", ask.chat.id, getattr(handler, "__name__", "?"))
        await _tell(ask, "went-wrong")


async def _ask(services: Services, message: Message, user: User | None, context: ContextTypes.DEFAULT_TYPE) -> Ask:
    chat = message.chat
    # In a group without topics a thread is only a chain of replies; in a forum's General topic it must stay unset.
    thread_id = (message.message_thread_id or 0) if message.is_topic_message else 0
    async with services.db.read() as session:
        known = await subscriptions.destination(session, chat.id, thread_id)
    opened = message.reply_to_message.forum_topic_created if message.reply_to_message is not None else None
    topic = opened.name if thread_id and opened is not None else ""
    here = known or new_destination(chat, services.settings, thread_id=thread_id, topic=topic, user=user)
    return Ask(
        services=services,
        bot=context.bot,
        message=message,
        chat=chat,
        user=user,
        here=here,
        words=words_for(here.interface),
    )


async def _tell(ask: Ask, key: str, **values: Any) -> None:
    try:
        await ask.refuse(ask.words.html(key, **values))
    except TelegramError as error:
        event(_log, "not_answered", level=logging.WARNING, chat=ask.chat.id, reason=redact(str(error)))


async def _said(ask: Ask) -> None:
    if is_own_card(ask.message, ask.bot.id):
        return
    name, _, rest = (ask.message.text or "").strip().partition(" ")
    if ask.private and name.lower() in _NAMES:
        raise Refusal("slash-is-missing", example=f"/{name.lower()} {rest[:60]}".strip())
    await answer_link(ask)


async def _unknown_command(ask: Ask) -> None:
    raise Refusal("unknown-command", name=(ask.message.text or "").split(maxsplit=1)[0][:40])


def _migration(services: Services) -> Any:
    async def migrate(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None or message.migrate_to_chat_id is None:
            return
        async with services.db.begin() as session:
            moved = await moves.move_chat(session, message.chat.id, message.migrate_to_chat_id)
        event(_log, "chat_moved", old=message.chat.id, new=message.migrate_to_chat_id, destinations=moved)

    return migrate


async def _error(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    event(_log, "update_failed", level=logging.ERROR, reason=redact(str(context.error)))
