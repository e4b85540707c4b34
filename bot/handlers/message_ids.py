"""Notes which messages a group or channel has, so that even its first digest can be looked for after one."""

from __future__ import annotations

from datetime import datetime, timedelta

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes, TypeHandler

from bot.handlers.ask import AnyApplication, Services
from storage import subscriptions

_AGAIN = timedelta(minutes=10)
"""How often it is noted for a chat in which people only talk."""

_REMEMBERED = 10_000
_AFTER_ALL_OTHERS = 1


class Seen:
    """What was noted when, by chat."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._noted: dict[int, datetime] = {}

    async def note(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A command or a press always, since it may have made the destination; anything else now and then."""
        pressed = update.callback_query.message if update.callback_query is not None else None
        message = update.message or update.channel_post or (pressed if isinstance(pressed, Message) else None)
        if message is None or message.chat.type == ChatType.PRIVATE:
            return
        asks = pressed is not None or (message.text or "").startswith("/")
        now, before = self._services.now(), self._noted.get(message.chat.id)
        if before is not None and now < before + _AGAIN and not asks:
            return
        if len(self._noted) >= _REMEMBERED:
            self._noted.clear()
        self._noted[message.chat.id] = now
        async with self._services.db.begin() as session:
            await subscriptions.seen(session, message.chat.id, message.message_id)


def register_seen(application: AnyApplication, seen: Seen) -> None:
    """Once whatever a message asks for is done."""
    application.add_handler(TypeHandler(Update, seen.note), group=_AFTER_ALL_OTHERS)
