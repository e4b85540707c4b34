"""Who waits for a moment to send at, and who is next: for a chat, and for the bot as a whole.

An answer that waits for its chat's own limit holds nobody else: it joins the bot's queue once its chat is free.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections import deque
from dataclasses import dataclass, field

_LATER = 5.0
"""An answer to a chat that was answered just before is ranked as if it had come so many seconds later."""

_BULK_BESIDE_FIRST = 1 / 3
_BULK_BESIDE_FURTHER = 0.55
"""Bulk's part of the bot's moments while others wait for them: chats' first answers, or only further ones.

The second is a little more than half, so that bulk has 15 of 30 a second however many people ask without an end.
"""

_ENOUGH = 1 - 1e-9


@dataclass(order=True, slots=True)
class Place:
    """A place in the queue for the bot's next moment."""

    rank: tuple[float, int]
    urgent: bool = field(compare=False)
    further: bool = field(compare=False)
    first: asyncio.Event = field(compare=False, default_factory=asyncio.Event)


class SlotQueue:
    """Answers and bulk that may go to their chats and wait for the bot's next moment.

    Answers go first, those to people who were not answered just before at the head; but bulk always has its part.
    """

    def __init__(self) -> None:
        self._answers: list[Place] = []
        self._bulk: list[Place] = []
        self._numbers = itertools.count()
        self._due = 0.0
        """The part of a moment that bulk has not had yet."""

    def join(self, now: float, *, urgent: bool, further: bool) -> Place:
        """A place. `further`: an answer that had to wait for an earlier one to the same chat."""
        place = Place((now + _LATER * further, next(self._numbers)), urgent, further)
        heapq.heappush(self._queue(place), place)
        return place

    async def until_head(self, place: Place) -> None:
        """Wait until this is the first of its kind: only the first ones look at the clock."""
        queue = self._queue(place)
        while queue[0] is not place:
            place.first.clear()
            await place.first.wait()

    def is_next(self, place: Place) -> bool:
        """Whether the bot's next moment is for this one, which is the first of its kind."""
        if not (self._answers and self._bulk):
            return True
        return place.urgent != (self._due + self._part() >= _ENOUGH)

    def taken(self, place: Place) -> None:
        """The bot's moment was given to this one."""
        if self._answers and self._bulk:
            self._due += self._part() - (not place.urgent)

    def leave(self, place: Place) -> None:
        """Give up the place, with or without a moment."""
        queue = self._queue(place)
        if queue[0] is place:
            heapq.heappop(queue)
        else:
            queue.remove(place)
            heapq.heapify(queue)
        if queue:
            queue[0].first.set()

    def _queue(self, place: Place) -> list[Place]:
        return self._answers if place.urgent else self._bulk

    def _part(self) -> float:
        return _BULK_BESIDE_FURTHER if self._answers[0].further else _BULK_BESIDE_FIRST


class ChatQueue:
    """Messages that wait for one chat: each kind in its order, and an answer and one in bulk by turns."""

    def __init__(self) -> None:
        self._waiting: dict[bool, deque[object]] = {True: deque(), False: deque()}
        self._answered_last = False
        self._bulk_until = -math.inf

    def join(self, *, urgent: bool) -> object:
        """A place, to be left in any case."""
        place = object()
        self._waiting[urgent].append(place)
        return place

    def ahead(self, place: object, now: float, *, urgent: bool, by_turns: bool = True) -> int:
        """How many messages go before this one; only those of its own kind unless both go `by_turns`."""
        before = self._waiting[urgent].index(place)
        if not by_turns:
            return before
        others = len(self._waiting[not urgent])
        if urgent and now < self._bulk_until:
            others = max(others, 1)
        return before + min(others, before + (urgent == self._answered_last))

    def expect_bulk(self, until: float) -> None:
        """One in bulk was told to come back: answers that are not its turn let it pass until that moment."""
        self._bulk_until = until

    def taken(self, *, urgent: bool) -> None:
        """A message of this kind went to the chat."""
        self._answered_last = urgent
        if not urgent:
            self._bulk_until = -math.inf

    def leave(self, place: object, *, urgent: bool) -> None:
        """Give up the place, with or without a moment."""
        self._waiting[urgent].remove(place)

    def idle(self, now: float) -> bool:
        """Whether nobody waits, nor is expected."""
        return not any(self._waiting.values()) and now >= self._bulk_until
