"""An event loop whose time passes by itself: what sleeps for an hour is done at once, everything else in its order."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


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
