"""When a backend is left alone: after failures in a row, or as long as it asked for. Pure: times are arguments."""

from __future__ import annotations

from datetime import datetime, timedelta

FAILURES = 5
FIRST_REST = timedelta(seconds=60)
LONGEST_REST = timedelta(minutes=30)


class Breaker:
    """Lets one backend rest: for a minute after 5 failures in a row, and twice as long after each further failure."""

    def __init__(self) -> None:
        self._failures = 0
        self._rest = FIRST_REST
        self._until: datetime | None = None

    def resting(self, now: datetime) -> bool:
        """Whether it is not to be asked now."""
        return self._until is not None and now < self._until

    def succeeded(self) -> None:
        """It answered well: all is forgotten."""
        self._failures = 0
        self._rest = FIRST_REST
        self._until = None

    def failed(self, now: datetime) -> None:
        """It failed. Requests that were under way when it was sent to rest do not count again."""
        if self.resting(now):
            return
        self._failures += 1
        if self._failures >= FAILURES:
            self._until = now + self._rest
            self._rest = min(2 * self._rest, LONGEST_REST)

    def limited(self, now: datetime, until: datetime | None) -> None:
        """It asked to be left alone until then, or without saying how long."""
        if until is None:
            self._failures = max(self._failures, FAILURES - 1)
            self.failed(now)
        elif self._until is None or until > self._until:
            self._until = until
