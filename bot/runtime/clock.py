"""The clock: an APScheduler tick every minute. It never decides; ticks that come late still count.

APScheduler goes by the machine's clock: set back by eight hours it would do nothing for eight hours, and set forward by
years it would go through every minute of them. So a tick's successor is counted from now, however late it was itself,
and one that the event loop, whose time only goes forward, finds overdue is brought on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.log import event, redact
from storage.errors import TROUBLE, reason_of

_log = logging.getLogger(__name__)


LONGEST = 3600.0
"""What was translated and planned by then is kept, so that the next tick has less to do."""


OVERDUE = 1.5
"""Intervals without a tick after which it is brought on."""


class _Every(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """So much later than whenever it is asked."""

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """When the next tick is due, whenever the last one was."""
        return now + self._interval


class Clock:
    """Calls `tick` at once and then every `seconds`; one at a time, missed ones folded into one.

    One that takes longer than `longest` seconds is broken off: while it hung, none would ever follow.
    """

    def __init__(self, tick: Callable[[], Awaitable[object]], *, seconds: float, longest: float = LONGEST) -> None:
        self._tick = tick
        self._longest = longest
        self._overdue = OVERDUE * seconds
        self._late: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[object] | None = None
        self.ticked = asyncio.Event()
        """Set once the first tick has come to its end."""
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._job = self._scheduler.add_job(
            self.tick,
            _Every(seconds),
            next_run_time=datetime.now(UTC),
            misfire_grace_time=None,  # a tick is never too late
            coalesce=True,
            max_instances=1,
        )

    def start(self) -> None:
        """Begin ticking on the running loop."""
        self._scheduler.start()
        self._watch()

    async def stop(self) -> None:
        """No further tick begins; one under way is cancelled (whatever it had not committed is done by the next)."""
        if self._late is not None:
            self._late.cancel()
        self._scheduler.pause()
        # One that has just begun comes to where it can end quietly: cancelled before that, it would print where it was.
        await asyncio.sleep(0)
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})
        self._scheduler.shutdown(wait=False)

    def _watch(self) -> None:
        if self._late is not None:
            self._late.cancel()
        self._late = asyncio.get_running_loop().call_later(self._overdue, self._bring_on)

    def _bring_on(self) -> None:
        self._watch()
        if self._running is None:
            event(_log, "tick_brought_on", level=logging.WARNING)
            self._job.modify(next_run_time=datetime.now(UTC))

    async def tick(self) -> None:
        """One tick, whatever it meets; also outside its time."""
        self._running = asyncio.current_task()
        self._watch()
        limit = asyncio.timeout(self._longest)
        try:
            async with limit:
                await self._tick()
        except asyncio.CancelledError:
            # Ends here, at a stop: the scheduler would take it for a failure and print where it was.
            event(_log, "tick_broken_off")
        except TROUBLE as error:
            if limit.expired():
                event(_log, "tick_too_long", level=logging.ERROR, seconds=self._longest)
                return
            event(_log, "tick_failed", level=logging.ERROR, reason=redact(reason_of(error)))
        except Exception:  # noqa: BLE001 - the clock outlives whatever one tick meets; the next one tries again
            _log.exception("tick_failed")
        finally:
            self._running = None
            self.ticked.set()
