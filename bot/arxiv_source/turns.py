"""Turns at arXiv: one request at a time, a pause between them, and the urgent ones first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.arxiv_source.errors import ArxivUnavailable
from storage.records import Now

Sleep = Callable[[float], Awaitable[None]]
_Result = TypeVar("_Result")


@dataclass(order=True, slots=True)
class _Waiting:
    rank: tuple[bool, int]
    job: Callable[[], Awaitable[Any]] = field(compare=False)
    done: asyncio.Future[Any] = field(compare=False)


class Turns:
    """Runs jobs one after another, with `interval` seconds from the end of one to the start of the next.

    From the end, because then the gap holds as arXiv sees it however long an answer took. The pause is over before
    the next job is chosen, so that an urgent one that comes in during it still goes first.
    """

    def __init__(self, *, interval: float, now: Now, sleep: Sleep) -> None:
        self._interval = timedelta(seconds=interval)
        self._now = now
        self._sleep = sleep
        self._waiting: list[_Waiting] = []
        self._order = itertools.count()
        self._last: datetime | None = None
        self._runner: asyncio.Task[None] | None = None
        self._closed = False

    async def take(self, job: Callable[[], Awaitable[_Result]], *, urgent: bool = False) -> _Result:
        """Run the job when its turn comes; its result or error, or ArxivUnavailable when there are no more turns.

        A caller that is cancelled before its turn gives it up.
        """
        if self._closed:
            raise _closed()
        done: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, _Waiting((not urgent, next(self._order)), job, done))
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        return await done

    async def close(self) -> None:
        """Break off the job that runs; it and those that wait end in ArxivUnavailable."""
        self._closed = True
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.wait([self._runner])
            self._runner = None
        while self._waiting:
            _fail(self._waiting.pop().done, _closed())

    async def _run(self) -> None:
        while self._waiting:
            await self._pause()
            one = heapq.heappop(self._waiting)
            if not one.done.done():
                await self._run_one(one)
        self._runner = None

    async def _run_one(self, one: _Waiting) -> None:
        try:
            result = await one.job()
        except asyncio.CancelledError:
            _fail(one.done, _closed())
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever waits for the job
            _fail(one.done, error)
        else:
            if not one.done.done():
                one.done.set_result(result)
        finally:
            self._last = self._now()

    async def _pause(self) -> None:
        if self._last is None:
            return
        # A clock that was set back must not make the pause longer.
        left = min(self._interval - (self._now() - self._last), self._interval)
        if left > timedelta(0):
            await self._sleep(left.total_seconds())


def _fail(done: asyncio.Future[Any], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)


def _closed() -> ArxivUnavailable:
    return ArxivUnavailable("the bot is stopping")
