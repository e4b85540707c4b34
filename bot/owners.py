"""One message to the person who set up a destination: when nothing can be delivered there, and when it goes on."""

from __future__ import annotations

import logging
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.handlers.ask import named
from bot.i18n import words_for
from bot.log import event, redact
from storage import subscriptions
from storage.database import Database
from storage.deliveries import Lost
from storage.records import Destination

_log = logging.getLogger(__name__)

_WHAT_TO_DO = {
    "topic_closed": "reopen-topic",
    "thread not found": "lost-topic",
    "topic_deleted": "lost-topic",
    "kicked": "add-again",
    "not a member": "add-again",
    "rights": "allow-posting",
    "chat_write_forbidden": "allow-posting",
    "chat_restricted": "allow-posting",
    "deactivated": "chat-is-gone",
    "chat not found": "chat-is-gone",
}
"""What stands in Telegram's reasons → the message that says what to do."""


class Owners:
    """Writes to owners in private, in the language that they speak with the bot."""

    def __init__(self, *, bot: Bot, db: Database) -> None:
        self._bot = bot
        self._db = db

    async def lost(self, lost: Lost) -> None:
        """Say that digests are paused, why, and what to do. Who cannot be reached is only logged."""
        event(_log, "paused", level=logging.WARNING, chat=lost.destination.chat_id, reason=lost.reason)
        await self._write(lost.destination, "destination-lost", reason=lost.reason, then=what_to_do(lost.reason))

    async def back(self, place: Destination) -> None:
        """Say that digests go on."""
        event(_log, "resumed", chat=place.chat_id)
        await self._write(place, "destination-back")

    async def _write(self, place: Destination, key: str, *, then: str = "", **values: Any) -> None:
        if place.owner_id is None or place.owner_id == place.chat_id:
            return
        async with self._db.read() as session:
            private = await subscriptions.destination(session, place.owner_id)
        words = words_for(private.interface if private is not None else place.interface)
        text = words.html(key, name=named(place), **values)
        try:
            await self._bot.send_message(place.owner_id, f"{text}\n{words(then)}" if then else text, parse_mode="HTML")
        except TelegramError as error:
            event(_log, "owner_not_told", level=logging.WARNING, chat=place.chat_id, reason=redact(str(error)))


def what_to_do(reason: str) -> str:
    """The key of the message that says what helps when Telegram gives that reason."""
    return next((key for known, key in _WHAT_TO_DO.items() if known in reason.lower()), "allow-posting")
