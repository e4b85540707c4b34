"""Slots at arXiv: one request at a time, a pause between them, and the urgent ones first.

At least every third slot of a process goes to whoever waited longest in it, so that lookups never starve a feed.
"""

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

_SHORTEST_SLEEP = 0.01
_URGENT_IN_A_ROW = 2


class Shared(Protocol):
    """Gives slots to all who ask at the same pace: to one at a time, an interval apart."""

    async def take(self, now: datetime, interval: timedelta, *, lease: timedelta, urgent: bool) -> datetime | None:
        """When to ask again; None once the slot is given, or where nobody can be asked: begin at once.

        After `lease` a slot that nobody ended is over. Raises ArxivUnavailable while arXiv wants a pause.
        """

    async def ended(self, free_at: datetime, held_until: datetime | None) -> None:
        """The slot is over: the next one begins at `free_at`, and none at all before `held_until`."""


class Alone:
    """For a single process: it keeps its own pause and has nobody to share arXiv with."""

    async def take(self, now: datetime, interval: timedelta, *, lease: timedelta, urgent: bool) -> datetime | None:
        """The slot is always free."""

    async def ended(self, free_at: datetime, held_until: datetime | None) -> None:
        """There is nobody to tell."""


@dataclass(order=True, slots=True)
class _Waiting:
    urgent: bool = field(compare=False)
    rank: tuple[bool, int]
    job: Callable[[], Awaitable[Any]] = field(compare=False)
    done: asyncio.Future[Any] = field(compare=False)


class RequestQueue:
    """Runs jobs one after another, with `interval` seconds from the end of one to the start of the next.

    From the end, because then the gap holds as arXiv sees it however long an answer took. The pause is over before
    the next job is chosen, so that an urgent one that comes in during it still goes first.

    With others who ask arXiv too, `shared` gives the slot once the pause is over, to one job of all processes at a
    time. `lease` is how many seconds a job takes at the very most: who has a slot for longer is taken for gone.
    """

    def __init__(
        self, *, interval: float, now: Now, sleep: Sleep, shared: Shared | None = None, lease: float = 90.0
    ) -> None:
        self._interval = timedelta(seconds=interval)
        self._lease = timedelta(seconds=lease)
        self._now = now
        self._sleep = sleep
        self._shared = shared if shared is not None and interval > 0 else Alone()
        self._waiting: list[_Waiting] = []
        self._order = itertools.count()
        self._urgent_in_a_row = 0
        self._last: datetime | None = None
        self._held_until: datetime | None = None
        self._runner: asyncio.Task[None] | None = None
        self._telling = False
        self._closed = False

    async def take(self, job: Callable[[], Awaitable[_Result]], *, urgent: bool = False) -> _Result:
        """Run the job when its slot comes; its result or error, or ArxivUnavailable when there are no more slots.

        A caller that is cancelled before its slot gives it up.
        """
        if self._closed:
            raise _closed()
        done: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, _Waiting(urgent, (not urgent, next(self._order)), job, done))
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
            if not self._telling:
                self._runner.cancel()
            await asyncio.wait([self._runner])
            self._runner = None
            # A slot that was broken off is over, too, and what was learnt in it is still told to the others.
            await self._tell_others(self._interval)
        while self._waiting:
            _fail(self._waiting.pop().done, _closed())

    async def _run(self) -> None:
        while self._somebody_waits() and not self._closed:
            refused = await self._until_turn()
            if not self._somebody_waits():
                # The slot came too late for anybody.
                await self._tell_others(timedelta(0))
                break
            waiting_job = self._take_first()
            if refused is not None:
                _fail(waiting_job.done, refused)
                continue
            await self._run_one(waiting_job)
            await self._tell_others(self._interval)
        self._runner = None

    async def _tell_others(self, pause: timedelta) -> None:
        held_until, self._held_until = self._held_until, None
        self._telling = True
        await self._shared.ended(self._now() + pause, held_until)
        self._telling = False

    def _somebody_waits(self) -> bool:
        """Forgets those who gave up, so that no moment is taken for them."""
        self._waiting = [job for job in self._waiting if not job.done.done()]
        heapq.heapify(self._waiting)
        return bool(self._waiting)

    def _first(self) -> _Waiting:
        if self._urgent_in_a_row < _URGENT_IN_A_ROW:
            return self._waiting[0]
        return min(self._waiting, key=lambda waiting_job: waiting_job.rank[1])

    def _take_first(self) -> _Waiting:
        waiting_job = self._first()
        self._urgent_in_a_row = (
            0 if waiting_job is not self._waiting[0] or not waiting_job.urgent else self._urgent_in_a_row + 1
        )
        self._waiting.remove(waiting_job)
        heapq.heapify(self._waiting)
        return waiting_job

    async def _until_turn(self) -> ArxivUnavailable | None:
        """Return when a job may begin, or why none may."""
        await self._pause()
        try:
            while self._somebody_waits():
                # To other processes whoever waited longest is as urgent as a lookup.
                urgent = self._first().urgent or self._first() is not self._waiting[0]
                again = await self._shared.take(self._now(), self._interval, lease=self._lease, urgent=urgent)
                if again is None:
                    break
                await self._sleep(max((again - self._now()).total_seconds(), _SHORTEST_SLEEP))
        except ArxivUnavailable as refused:
            return refused
        return None

    async def _run_one(self, waiting_job: _Waiting) -> None:
        try:
            result = await waiting_job.job()
        except asyncio.CancelledError:
            _fail(waiting_job.done, _closed())
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever waits for the job
            _fail(waiting_job.done, error)
        else:
            if not waiting_job.done.done():
                waiting_job.done.set_result(result)
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
