"""Turns at arXiv: one request at a time, a pause between them, and the urgent ones first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from bot.arxiv_source.errors import ArxivUnavailable
from storage.records import Now

Sleep = Callable[[float], Awaitable[None]]
_Result = TypeVar("_Result")

# Of the interval: how late after its moment a job may begin, for the next moment may belong to another process.
_LATEST = 0.05
# So many moments may be missed in a row, on a machine that is too busy; arXiv is asked nevertheless then.
_MOST_MISSED = 10


class Shared(Protocol):
    """Gives out moments to begin at, one interval apart, to all who ask at the same pace."""

    async def take(self, now: datetime, interval: timedelta) -> datetime | None:
        """A moment, `now` or later, that nobody else is given; None where nobody can be asked: begin at once.

        Raises ArxivUnavailable while arXiv wants a pause.
        """

    async def heed(self, now: datetime) -> None:
        """Raise ArxivUnavailable where arXiv wants a pause: others may have learnt so after a moment was taken."""

    async def ended(self, free_at: datetime, held_until: datetime | None) -> None:
        """A job ended: moments not yet taken begin at `free_at`, and none at all before `held_until`."""


class Alone:
    """One process that asks alone: its own pause is all there is to keep."""

    async def take(self, now: datetime, interval: timedelta) -> datetime | None:
        """There is nobody to ask."""

    async def heed(self, now: datetime) -> None:
        """There is nobody to hear of a pause from."""

    async def ended(self, free_at: datetime, held_until: datetime | None) -> None:
        """There is nobody to tell."""


@dataclass(order=True, slots=True)
class _Waiting:
    rank: tuple[bool, int]
    job: Callable[[], Awaitable[Any]] = field(compare=False)
    done: asyncio.Future[Any] = field(compare=False)


class Turns:
    """Runs jobs one after another, with `interval` seconds from the end of one to the start of the next.

    From the end, because then the gap holds as arXiv sees it however long an answer took. The pause is over before
    the next job is chosen, so that an urgent one that comes in during it still goes first.

    With others who ask arXiv too, `shared` gives the moment to begin at once the pause is over. So all starts are an
    interval apart (less a twentieth, as processes do not wake on the dot), and where nobody waited already, the next
    one is an interval after the end. Moments are given in advance: a job that takes longer than the interval may still
    be running when another process begins.
    """

    def __init__(self, *, interval: float, now: Now, sleep: Sleep, shared: Shared | None = None) -> None:
        self._interval = timedelta(seconds=interval)
        self._now = now
        self._sleep = sleep
        self._shared = shared if shared is not None and interval > 0 else Alone()
        self._waiting: list[_Waiting] = []
        self._order = itertools.count()
        self._last: datetime | None = None
        self._held_until: datetime | None = None
        self._runner: asyncio.Task[None] | None = None
        self._telling = False
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

    def hold(self, until: datetime) -> None:
        """From within a job: arXiv wants to be left alone. The others are told when the job ends."""
        self._held_until = until

    async def close(self) -> None:
        """Break off the job that runs; it and those that wait end in ArxivUnavailable."""
        self._closed = True
        if self._runner is not None:
            # What a job learnt about pauses is still told to the others.
            if not self._telling:
                self._runner.cancel()
            await asyncio.wait([self._runner])
            self._runner = None
        while self._waiting:
            _fail(self._waiting.pop().done, _closed())

    async def _run(self) -> None:
        while self._somebody_waits() and not self._closed:
            refused = await self._until_turn()
            if not self._somebody_waits():
                break
            one = heapq.heappop(self._waiting)
            if refused is not None:
                _fail(one.done, refused)
                continue
            await self._run_one(one)
            await self._tell_others()
        self._runner = None

    async def _tell_others(self) -> None:
        held_until, self._held_until = self._held_until, None
        self._telling = True
        await self._shared.ended(self._now() + self._interval, held_until)
        self._telling = False

    def _somebody_waits(self) -> bool:
        """Forgets those who gave up, so that no moment is taken for them."""
        while self._waiting and self._waiting[0].done.done():
            heapq.heappop(self._waiting)
        return bool(self._waiting)

    async def _until_turn(self) -> ArxivUnavailable | None:
        """Return when a job may begin, or why none may."""
        await self._pause()
        try:
            for _ in range(_MOST_MISSED):
                moment = await self._shared.take(self._now(), self._interval)
                if moment is None:
                    break
                left = moment - self._now()
                if left > timedelta(0):
                    await self._sleep(left.total_seconds())
                    await self._shared.heed(self._now())
                if self._now() - moment <= self._interval * _LATEST:
                    break
        except ArxivUnavailable as refused:
            return refused
        return None

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
