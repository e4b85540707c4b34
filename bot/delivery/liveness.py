"""Which processes of one database live: those whose counter moves, by this process's own monotonic clock.

No two clocks are compared, and no clock that people or NTP put right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(slots=True)
class _Seen:
    beat: int
    silent: float = 0.0


class Liveness:
    """Told of every look at the counters. `clock` is monotonic seconds; `lease` is how long one may stand still."""

    def __init__(self, clock: Callable[[], float], lease: float) -> None:
        self._clock = clock
        self._lease = lease
        self._seen: dict[int, _Seen] = {}
        self._looked_at: float | None = None

    def dead(self, beats: Mapping[int, int]) -> list[int]:
        """The processes (by fence number, with their counters of now) that have been silent for as long as the lease.

        Of the time since the last look half a lease counts at most: who stood still himself has missed what moved.
        """
        now = self._clock()
        since = min(now - self._looked_at, self._lease / 2) if self._looked_at is not None else 0.0
        self._looked_at = now
        before, self._seen = self._seen, {}
        for fence, beat in beats.items():
            known = before.get(fence)
            silent = known.silent + since if known is not None and known.beat == beat else 0.0
            self._seen[fence] = _Seen(beat, silent)
        return [fence for fence, seen in self._seen.items() if seen.silent >= self._lease]
