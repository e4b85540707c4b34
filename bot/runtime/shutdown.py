"""How the bot comes to its end within seconds, whatever hangs: Telegram, a lock on the database, a limit that lasts."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from bot.log import event
from bot.telegram_api.pace import Pace
from bot.telegram_api.request import AiohttpRequest
from storage.database import Database

_log = logging.getLogger(__name__)

FINISH = 4.0
"""Seconds for requests in flight; most answers take a tenth of one."""

_WRITTEN = 0.5
"""Seconds to write what came of them, before a database that is in trouble is given up; SQLite may keep one for 5."""

_LONGEST = 9.5
"""Seconds after which the process ends in any case."""


class Shutdown:
    """What is under way when the bot stops has a few seconds; then it is broken off, and the next start goes on."""

    def __init__(self, *, pace: Pace, requests: Sequence[AiohttpRequest], db: Database, finish: float = FINISH) -> None:
        self._finish = finish
        self._pace = pace
        self._requests = requests
        self._db = db
        self._timers: list[asyncio.TimerHandle] = []

    def begin(self) -> None:
        """The seconds run from now on."""
        loop = asyncio.get_running_loop()
        self._pace.close(self._finish)
        self._timers = [
            *(loop.call_later(self._finish, request.break_off) for request in self._requests),
            loop.call_later(self._finish + _WRITTEN, self._db.give_up),
        ]

    def over(self) -> None:
        """All has ended."""
        for timer in self._timers:
            timer.cancel()


async def until_signalled(work: AbstractAsyncContextManager[object]) -> None:
    """Be at work until SIGTERM or SIGINT, also while it still begins. A second one, or ten seconds, end the process.

    Nothing is lost by that: whatever counts is in the database before and after each step.
    """
    loop, stop, own = asyncio.get_running_loop(), asyncio.Event(), asyncio.current_task()
    begun = False
    timers: list[asyncio.TimerHandle] = []

    def end() -> None:
        if stop.is_set():
            _end_now()
        stop.set()
        timers.append(loop.call_later(_LONGEST, _end_now))
        if not begun and own is not None:
            own.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    try:
        async with work:
            begun = True
            await stop.wait()
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    finally:
        for timer in timers:
            timer.cancel()


def _end_now() -> None:
    event(_log, "stopped_short", level=logging.WARNING)
    os._exit(1)
