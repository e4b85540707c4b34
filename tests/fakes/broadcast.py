"""A broadcast through the limiter alone, with people who ask meanwhile: who was sent something when."""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.telegram_api.pace import Limits, Pace

_AHEAD = 0.25
_PEOPLE = 1_000_000_000


@dataclass
class Broadcast:
    """Moments in seconds: what was sent to whom, and how long people waited for their answers."""

    sent: list[tuple[float, int]] = field(default_factory=list)
    answered_after: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Messages a second from the first to the last."""
        return (len(self.sent) - 1) / (self.sent[-1][0] - self.sent[0][0])


async def broadcast(
    *,
    destinations: int,
    parts: int,
    asked_every: float,
    seed: int,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Broadcast:
    """Every third destination is a group. Rows are taken as the deliverer takes them: no more than may leave soon."""
    clock = asyncio.get_running_loop().time
    pace = Pace(clock=clock, limits=limits)
    chats = [-chat if chat % 3 == 0 else chat for chat in range(1, destinations + 1)]
    # Parts of a destination one after the other, destinations side by side, as the rows are claimed.
    left = dict.fromkeys(chats, parts)
    done = Broadcast()
    under_way: set[asyncio.Task[None]] = set()
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose, guards nothing

    async def send(chat: int) -> None:
        await pace.slot(chat, group=chat < 0)
        done.sent.append((clock(), chat))

    async def answer() -> None:
        asked = clock()
        person = _PEOPLE + len(done.answered_after)
        await pace.slot(person, group=False, urgent=True)
        done.sent.append((clock(), person))
        done.answered_after.append(clock() - asked)

    async def people() -> None:
        while left:
            await asyncio.sleep(dice.expovariate(1 / asked_every))
            await answer()

    asking = asyncio.create_task(people())
    waiting = list(reversed(chats))
    resting: list[tuple[float, int]] = []
    while left:
        while resting and resting[0][0] <= clock():
            waiting.append(resting.pop(0)[1])
        while waiting and len(under_way) < max(1, pace.room(_AHEAD, 256)):
            chat = waiting.pop()
            task = asyncio.create_task(send(chat))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            left[chat] -= 1
            if left[chat]:
                resting.append((clock() + limits.chat_interval, chat))
            else:
                del left[chat]
        await (asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED) if under_way else asyncio.sleep(0.05))
    if under_way:
        await asyncio.wait(under_way)
    asking.cancel()
    done.sent.sort()
    return done


def busiest(moments: Sequence[float], window: float) -> int:
    """The most moments that any half-open window of so many seconds holds."""
    return max(bisect_left(moments, at + window) - place for place, at in enumerate(moments))
