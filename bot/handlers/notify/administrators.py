"""One message to the bot's administrators (ADMIN_IDS) when something needs a person."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.delivery.unknown import Open
from bot.handlers.ask import named
from bot.i18n import words_for
from bot.log import event, redact
from bot.render.button import callback
from bot.telegram_api.outcomes import unanswered
from storage import known_bot, notices, subscriptions
from storage.database import Database
from storage.errors import TROUBLE

_log = logging.getLogger(__name__)

_PLACES = 5
_REFUSED = "deliveries-refused"


class Administrators:
    """Writes to each administrator in private, in the language that they speak with the bot."""

    def __init__(self, *, bot: Bot, ids: Collection[int], db: Database, language: str) -> None:
        self._bot = bot
        self._ids = ids
        self._db = db
        self._language = language

    async def decide(self, rows: Sequence[Open]) -> bool:
        """Put messages that may have arrived before them, with buttons for both answers. False: to be done again."""
        places = sorted({named(row.delivery.destination) for row in rows})
        chosen = str(rows[0].delivery.id) if len(rows) == 1 else "all"
        return await self.tell(
            "unsure-deliveries",
            buttons=(("button-resend", callback("resend", chosen)), ("button-arrived", callback("arrived", chosen))),
            count=len(rows),
            places=", ".join(places[:_PLACES]) + (" …" if len(places) > _PLACES else ""),
            reason=rows[0].reason,
        )

    async def refused(self, reason: str, now: datetime) -> None:
        """Say, once a day, that Telegram refuses messages although nothing seems to be wrong with them."""
        name = f"{_REFUSED} {now.date()}"
        async with self._db.begin() as session:
            await notices.clear_before(session, f"{_REFUSED} ", name)
            news = await notices.raise_once(session, name, now)
        if news:
            await self.tell("deliveries-refused", reason=reason)

    async def tell(self, key: str, /, *, buttons: Sequence[tuple[str, str]] = (), **values: Any) -> bool:
        """Say a message of the catalogue; one who cannot be reached does not keep the others from being told.

        `buttons` are keys of the catalogue and what comes back when they are pressed. False where nobody was reached
        because Telegram did not answer.
        """
        errors = [await self._tell(user_id, key, buttons, values) for user_id in sorted(self._ids)]
        return None in errors or not any(error is not None and unanswered(error) for error in errors)

    async def another_bot(self, now: datetime) -> None:
        """Say that the token belongs to another bot. Who cannot be written to yet hears it at their first /start."""
        for user_id in sorted(self._ids):
            async with self._db.begin() as session:
                await notices.raise_once(session, known_bot.untold(user_id), now)
            if await self._tell(user_id, "another-bot") is None:
                async with self._db.begin() as session:
                    await notices.clear(session, known_bot.untold(user_id))

    async def _tell(
        self, user_id: int, key: str, buttons: Sequence[tuple[str, str]] = (), values: Mapping[str, Any] | None = None
    ) -> TelegramError | None:
        """Write to one of them; why it could not be done, if so."""
        words = words_for(await self._interface(user_id))
        row = [InlineKeyboardButton(words(name), callback_data=data) for name, data in buttons]
        markup = InlineKeyboardMarkup([row]) if row else None
        text = words.html(key, **(values or {}))
        try:
            await self._bot.send_message(user_id, text, parse_mode="HTML", reply_markup=markup)
        except TelegramError as error:
            event(_log, "administrator_not_told", level=logging.WARNING, key=key, reason=redact(str(error)))
            return error
        return None

    async def _interface(self, user_id: int) -> str:
        try:
            async with self._db.read() as session:
                known = await subscriptions.destination(session, user_id)
        except TROUBLE:  # which may be what is to be said
            return self._language
        return known.interface if known is not None else self._language
