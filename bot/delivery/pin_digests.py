"""Pins the newest digest and unpins the one before: after the delivery, without a sound, and never in its way."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from bot.delivery.sender import Sender
from bot.log import event, redact
from storage import pins
from storage.database import Database
from storage.pins import Pin

_log = logging.getLogger(__name__)

_TOGETHER = 50


class Pins:
    """Carries out what is wanted. Doing it again after a crash changes nothing."""

    def __init__(self, *, db: Database, sender: Sender) -> None:
        self._db = db
        self._sender = sender
        self._wanted = self._under_way = False

    def soon(self, beside: Callable[[Awaitable[object]], object]) -> None:
        """Pin what is to be pinned in a task made by `beside`, unless that is being done already; then once more."""
        self._wanted = True
        if not self._under_way:
            self._under_way = True
            beside(self._settle_all())

    async def _settle_all(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                await self.settle()
        except Exception:  # noqa: BLE001 - it is done with the next digest
            _log.exception("pins_failed")
        finally:
            self._under_way = False

    async def settle(self) -> None:
        """Pin all that is to be pinned. Where the bot may not, all stays as it is until the next digest."""
        while True:
            async with self._db.read() as session:
                some = await pins.wanted(session, _TOGETHER)
            if not some:
                return
            try:
                done = [(pin, await self._pin(pin)) for pin in some]
            except TelegramError as error:
                event(_log, "pins_later", level=logging.WARNING, reason=redact(str(error)))
                return
            async with self._db.begin() as session:
                await pins.done(session, done)

    async def _pin(self, pin: Pin) -> bool:
        """Whether it is pinned now. Raises NetworkError when Telegram is out of reach or wants less."""
        try:
            await self._sender.call("pinChatMessage", pin.chat_id, message_id=pin.wanted, disable_notification=True)
        except NetworkError as error:
            if not isinstance(error, BadRequest):
                raise
            event(_log, "not_pinned", level=logging.WARNING, chat=pin.chat_id, reason=redact(str(error)))
            return False
        except Forbidden as error:
            event(_log, "not_pinned", level=logging.WARNING, chat=pin.chat_id, reason=redact(str(error)))
            return False
        if pin.pinned is not None:
            with suppress(BadRequest, Forbidden):  # unpinned by somebody, or deleted, or no longer the bot's to unpin
                await self._sender.call("unpinChatMessage", pin.chat_id, message_id=pin.pinned)
        return True
