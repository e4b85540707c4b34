"""What a person hears whose update is not handled, because too many of the chat's wait already."""

from __future__ import annotations

import logging
from contextlib import suppress

from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.handlers.access_control import Access
from bot.handlers.ask import Services
from bot.handlers.update_queue import Refused
from bot.i18n import Words, words_for
from bot.log import event
from bot.render.names import one_line, shorten
from storage import subscriptions
from storage.errors import TROUBLE

_log = logging.getLogger(__name__)

_SHOWN = 60
"""Characters of the message that is being answered."""


async def tell_refused(services: Services, refused: Refused) -> None:
    """Say once in a private chat what it has to wait for, and stop the waiting of every pressed button.

    In groups and channels nothing is written: the others there have nothing to do with it.
    """
    update = refused.update
    if await Access(services).shuts_out(update):
        return
    message, query, chat = update.effective_message, update.callback_query, update.effective_chat
    if refused.first and chat is not None:
        event(_log, "updates_refused", chat=chat.id)
    with suppress(TelegramError):
        if query is not None:
            await query.answer((await _words(services, update))("one-moment-press"))
        elif refused.first and message is not None and chat is not None and chat.type == ChatType.PRIVATE:
            words = await _words(services, update)
            await message.reply_text(words("one-moment", work=_work(refused.current) or "…"))


async def _words(services: Services, update: Update) -> Words:
    """Those of the private chat; elsewhere, and while the database is in trouble, those of the person's app."""
    chat, user = update.effective_chat, update.effective_user
    if chat is not None and chat.type == ChatType.PRIVATE:
        with suppress(*TROUBLE):
            async with services.db.read() as session:
                known = await subscriptions.destination(session, chat.id)
            if known is not None:
                return words_for(known.interface)
    return words_for((user.language_code or "") if user is not None else "")


def _work(current: Update | None) -> str:
    """What is being answered, as the person wrote it."""
    if current is None or current.callback_query is not None or current.effective_message is None:
        return ""
    return shorten(one_line(current.effective_message.text or ""), _SHOWN)
