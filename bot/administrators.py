"""One message to the bot's administrators (ADMIN_IDS) when something needs a person."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.i18n import words_for
from bot.log import event, redact
from storage import subscriptions
from storage.database import Database

_log = logging.getLogger(__name__)


class Administrators:
    """Writes to each administrator in private, in the language that they speak with the bot."""

    def __init__(self, *, bot: Bot, ids: Collection[int], db: Database, language: str) -> None:
        self._bot = bot
        self._ids = ids
        self._db = db
        self._language = language

    async def tell(self, key: str, /, **values: Any) -> None:
        """Say a message of the catalogue; one who cannot be reached does not keep the others from being told."""
        for user_id in sorted(self._ids):
            async with self._db.read() as session:
                known = await subscriptions.destination(session, user_id)
            words = words_for(known.interface if known is not None else self._language)
            try:
                await self._bot.send_message(user_id, words.html(key, **values), parse_mode="HTML")
            except TelegramError as error:
                event(_log, "administrator_not_told", level=logging.WARNING, key=key, reason=redact(str(error)))
