"""One message to the person who set up a destination, when nothing can be delivered there any more."""

from __future__ import annotations

import logging

from telegram import Bot
from telegram.error import TelegramError

from bot.handlers.ask import named
from bot.i18n import words_for
from bot.log import event, redact
from storage.deliveries import Lost

_log = logging.getLogger(__name__)


class Owners:
    """Writes to owners in private, in the language that the bot speaks in their chat."""

    def __init__(self, *, bot: Bot) -> None:
        self._bot = bot

    async def tell(self, lost: Lost) -> None:
        """Say that digests are paused, why, and how to go on. Who cannot be reached is only logged."""
        place = lost.destination
        event(_log, "paused", level=logging.WARNING, chat=place.chat_id, reason=lost.reason)
        if place.owner_id is None or place.owner_id == place.chat_id:
            return
        words = words_for(place.interface)
        try:
            await self._bot.send_message(
                place.owner_id, words.html("destination-lost", name=named(place), reason=lost.reason), parse_mode="HTML"
            )
        except TelegramError as error:
            event(_log, "owner_not_told", level=logging.WARNING, chat=place.chat_id, reason=redact(str(error)))
