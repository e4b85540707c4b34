"""Who is answered at all: nobody who is banned, and in a private installation only who is listed."""

from __future__ import annotations

import logging
from contextlib import suppress

from telegram import Bot, ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, ContextTypes, TypeHandler

from bot.config import Settings
from bot.handlers.ask import AnyApplication, Ask, Refusal, Services, code
from bot.i18n import words_for
from bot.log import event
from storage import access
from storage.errors import TROUBLE

_log = logging.getLogger(__name__)

_BEFORE_ALL_OTHERS = -1
_REMEMBERED = 10_000
_LISTED = 40
_LONGEST_NUMBER = 18
_AWAY = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})


def allowed_ids(settings: Settings) -> frozenset[int]:
    """Whom a private installation answers; nobody in particular where it answers everybody."""
    return frozenset((*settings.allowed_chats, *settings.admin_ids)) if settings.allowed_chats else frozenset()


class Access:
    """Stands before all other handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._allowed = allowed_ids(services.settings)
        self._told: set[int] = set()

    async def look(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Let an update pass, or end it here. What tells of a chat itself passes, so that the bot knows where it is."""
        unlisted = self._is_unlisted(update)
        if not await self.shuts_out(update):
            return
        if update.my_chat_member is not None:
            await self._leave(context.bot, update.my_chat_member, unlisted=unlisted)
            return
        message = update.effective_message
        if message is not None and message.migrate_to_chat_id is not None:
            return
        with suppress(TelegramError):
            await self._hush(update, unlisted=unlisted)
        raise ApplicationHandlerStop

    async def shuts_out(self, update: Update) -> bool:
        """Whether whoever an update comes from is banned, or not on the list of a private installation."""
        ids = _ids(update)
        if not ids.isdisjoint(self._services.settings.admin_ids):
            return False
        return self._is_unlisted(update) or await self._is_banned(ids)

    def _is_unlisted(self, update: Update) -> bool:
        return bool(self._allowed) and _ids(update).isdisjoint(self._allowed)

    async def _is_banned(self, ids: frozenset[int]) -> bool:
        try:
            async with self._services.db.read() as session:
                return await access.is_banned(session, ids)
        except TROUBLE:
            return False  # the handlers say what is wrong

    async def _leave(self, bot: Bot, change: ChatMemberUpdated, *, unlisted: bool) -> None:
        """Who is not answered does not bring the bot into a chat, where it would read what others write."""
        chat = change.chat
        if chat.type == ChatType.PRIVATE or change.new_chat_member.status in _AWAY:
            return
        event(_log, "left", chat=chat.id, unlisted=unlisted)
        with suppress(TelegramError):
            await bot.leave_chat(chat.id)
        raise ApplicationHandlerStop

    async def _hush(self, update: Update, *, unlisted: bool) -> None:
        user, chat, message = update.effective_user, update.effective_chat, update.effective_message
        if update.callback_query is not None:
            await update.callback_query.answer()
        elif update.inline_query is not None:
            await update.inline_query.answer([], is_personal=True)
        elif unlisted and user is not None and message is not None and chat is not None:
            if chat.type != ChatType.PRIVATE or user.id in self._told:
                return
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told.add(user.id)
            words = words_for(user.language_code or self._services.settings.language)
            await message.reply_text(words("private-installation"))


def register_access(application: AnyApplication, services: Services) -> None:
    """Before whatever an update asks for is looked at."""
    application.add_handler(TypeHandler(Update, Access(services).look), group=_BEFORE_ALL_OTHERS)


async def ban(ask: Ask) -> None:
    """`/ban ID`: a person or chat is not answered and gets nothing any more; `/ban` lists them."""
    if not ask.args:
        await _list(ask)
        return
    number = _number(ask, "ban-form")
    if number in ask.services.settings.admin_ids:
        raise Refusal("ban-administrator")
    async with ask.services.db.begin() as session:
        await access.ban(session, number, ask.services.now())
    await ask.say("banned", id=str(number))


async def unban(ask: Ask) -> None:
    """`/unban ID`: they are answered again, and their digests go on."""
    number = _number(ask, "unban-form")
    async with ask.services.db.begin() as session:
        known = await access.unban(session, number, ask.services.now())
    if not known:
        raise Refusal("not-banned", id=str(number))
    ask.services.deliverer.wake()
    await ask.say("unbanned", id=str(number))


async def _list(ask: Ask) -> None:
    async with ask.services.db.read() as session:
        listed = await access.banned(session, _LISTED)
    if not listed:
        await ask.say("bans-none")
        return
    await ask.reply(f"{ask.words('bans')}\n" + "\n".join(code(str(number)) for number in listed))


def _number(ask: Ask, form: str) -> int:
    digits = ask.args[0].removeprefix("-") if len(ask.args) == 1 else ""
    if not digits.isascii() or not digits.isdecimal() or len(digits) > _LONGEST_NUMBER or not int(digits):
        raise Refusal(form)
    return int(ask.args[0])


def _ids(update: Update) -> frozenset[int]:
    """The chat, the person, and the channel that somebody writes as."""
    message = update.effective_message if update.callback_query is None else None
    sender = message.sender_chat if message is not None else None
    known = (update.effective_chat, update.effective_user, sender)
    return frozenset(chat.id for chat in known if chat is not None)
