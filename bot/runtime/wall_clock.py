"""The machine's clock as the bot believes it, and by how much it was set back.

A machine may start with a clock that is hours ahead (local time taken for UTC, a clock without a battery) and correct
it a moment later. A leap forward is believed once it has lasted for PROOF: until then time goes on as it did. A leap
backward is believed at once, since waiting costs little; whoever stored times meanwhile has to look after them
(bot/runtime/clock_correction.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=1)
"""A smaller leap is none: nothing that is stored is off by more than a minute by it."""

PROOF = 60.0
"""Seconds for which the clock has to stay ahead."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def steady_seconds() -> float:
    """Seconds that only go forward, also while the machine sleeps, where the system counts those."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class WallClock:
    """Called for the time (UTC). Without `steady` a leap forward cannot be told from time that passed."""

    def __init__(self, wall: Callable[[], datetime] = utc_now, *, steady: Callable[[], float] | None = None) -> None:
        self._wall = wall
        self._steady = steady
        self._believed = wall()
        self._at = steady() if steady is not None else 0.0
        self._ahead_since: float | None = None
        self.set_back = timedelta()
        """By how much the clock was set back in all; whoever has looked after that takes it off."""

    def __call__(self) -> datetime:
        """The time."""
        shown = self._wall()
        at = self._steady() if self._steady is not None else 0.0
        expected = self._believed + timedelta(seconds=at - self._at)
        if self._steady is not None and shown > expected + TOLERANCE:
            if self._ahead_since is None:
                self._ahead_since = at
            if at - self._ahead_since < PROOF:
                return expected
        elif shown < expected - TOLERANCE:
            self.set_back += expected - shown
        self._ahead_since = None
        self._believed, self._at = shown, at
        return shown
