"""One process of a bot hears what people say; on one database the others wait, and one of them takes over.

Telegram hands updates to one `getUpdates` at a time and breaks off every other with 409: two that poll hear half each.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from telegram.error import TelegramError
from telegram.ext import Updater

from bot.log import event, redact
from bot.telegram_api.polling import said_already
from storage.lead import Lead

_log = logging.getLogger(__name__)

_AGAIN = 10.0


class Hearing:
    """Polls while this process has the lead. `allowed`: the kinds of updates asked for."""

    def __init__(self, updater: Updater, lead: Lead, allowed: list[str]) -> None:
        self._updater = updater
        self._lead = lead
        self._allowed = allowed
        self._decided = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Return once it polls, or once it is known that another process does; then it waits for its turn."""
        self._task = asyncio.create_task(self._hear())
        waiting = asyncio.create_task(self._decided.wait())
        await asyncio.wait({self._task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    async def end(self) -> None:
        """Poll no more; what Telegram has handed out is confirmed."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._stop()

    async def _hear(self) -> None:
        while True:
            await self._lead.take(self._stand_by)
            try:
                await self._updater.start_polling(
                    allowed_updates=self._allowed, bootstrap_retries=-1, error_callback=said_already
                )
            except TelegramError as error:
                event(_log, "polling_not_begun", level=logging.ERROR, reason=redact(str(error)), again_in=_AGAIN)
                await asyncio.sleep(_AGAIN)
                continue
            if self._decided.is_set():
                event(_log, "took_over")
            self._decided.set()
            await self._lead.lost()
            event(_log, "lead_lost", level=logging.WARNING)
            await self._stop()

    async def _stop(self) -> None:
        if self._updater.running:
            await self._updater.stop()

    def _stand_by(self) -> None:
        stand_by("answering people")
        self._decided.set()


def stand_by(what: str) -> None:
    """Say in a line that another process of this bot is at work."""
    event(
        _log,
        "standby",
        level=logging.WARNING,
        reason=f"another process of this bot is at work on this database; {what} begins here when that one ends",
    )
