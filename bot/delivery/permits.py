"""Rows whose slot has come: each becomes "sending" in the next transaction, and only then may its request go out.

That commit is also where it shows whether the row is still this process's: one that stood still for a while, or whose
row another took over, gets no permit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass

from storage.records import Delivery

Permit = Callable[[], bool]
"""Whether the request may still be written. Asked right before: after a while another may have taken the row over."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row whose slot has come, and who waits to hear whether it may go out."""

    delivery: Delivery
    answer: asyncio.Future[Permit | None]


class Permits:
    """`clock` is monotonic seconds, which pass also while the process is stopped; a permit is good for `seconds`."""

    def __init__(self, *, clock: Callable[[], float], seconds: float, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._wake = wake
        self._asked: list[Asked] = []
        self._closed = False
        self.granted: set[int] = set()
        """The rows that had their slot and have no outcome yet."""

    async def ask(self, delivery: Delivery) -> Permit | None:
        """Wait until the row is "sending"; None where it may not go out."""
        self.granted.add(delivery.id)
        if self._closed:
            return None
        answer: asyncio.Future[Permit | None] = asyncio.get_running_loop().create_future()
        self._asked.append(Asked(delivery, answer))
        self._wake()
        return await answer

    def take(self) -> list[Asked]:
        """Who waits, to be answered by `give` or put back."""
        asked, self._asked = self._asked, []
        return asked

    def put_back(self, asked: list[Asked]) -> None:
        """Nothing was committed: they wait on."""
        self._asked[:0] = asked
        if self._closed:
            self.close()

    def moment(self) -> float:
        """Now, as seconds: to be had before the transaction begins, from which on its permits count."""
        return self._clock()

    def give(self, asked: Collection[Asked], begun: Collection[int], moment: float) -> None:
        """Those of the rows that are "sending" now may go out, the others not."""
        until = moment + self._seconds

        def still() -> bool:
            return self._clock() < until

        for request in asked:
            if not request.answer.done():
                request.answer.set_result(still if request.delivery.id in begun else None)

    def close(self) -> None:
        """The program stops: nothing goes out any more."""
        self._closed = True
        self.give(self.take(), (), 0.0)
