"""Time without waiting: a clock that sleeping puts forward, and a loop in which it passes in its order by itself."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class Seconds:
    """Telegram's pace without the waiting: sleeping puts the clock forward."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class _Skipping(selectors.DefaultSelector):
    """Where a loop would wait, time goes forward instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready: list[Any] = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now


def in_simulated_time(work: Coroutine[Any, Any, T]) -> T:
    """Run something that waits for nothing but time. `asyncio.get_running_loop().time` is its clock."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(work)
