"""A broadcast while strangers ask without an end, through the limiter alone and in simulated time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import pairwise

from bot.telegram_api.pace import Limits, Pace

UNANSWERED = 6
"""Questions of a talker that wait for their answer, at every moment."""

_AHEAD = 0.25
_MOST_CLAIMED = 128
_PATIENCE = 2.0
_VISITORS, _READERS = 2_000_000, 3_000_000


@dataclass
class Talk:
    """What left in so many seconds."""

    seconds: float
    digests: list[tuple[float, int]] = field(default_factory=list)
    """When, and to which chat."""
    answers: list[tuple[float, int, float]] = field(default_factory=list)
    """When, to which chat, and how many seconds after the question."""

    @property
    def digests_per_second(self) -> float:
        """The rate over the whole time."""
        return len(self.digests) / self.seconds

    @property
    def moments(self) -> list[float]:
        """When anything left."""
        return sorted([*(at for at, _ in self.digests), *(at for at, _, _ in self.answers)])

    def moments_of(self, chat: int) -> list[float]:
        """When this chat was answered."""
        return [at for at, answered, _ in self.answers if answered == chat]

    def longest_gap(self, chat: int) -> float:
        """Seconds between two answers in this chat, or from the begin to the first, at most."""
        return max((later - earlier for earlier, later in pairwise([0.0, *self.moments_of(chat)])), default=math.inf)


class _Scene:
    """The limiter, and what is recorded of what it lets go."""

    def __init__(self, seconds: float) -> None:
        self.clock = asyncio.get_running_loop().time
        self.pace = Pace(clock=self.clock, limits=Limits())
        self.talk = Talk(seconds)

    async def digest(self, chat: int) -> float:
        """A row, as the sender has it; how far away its turn is, or 0 once it went."""
        away = await self.pace.slot(chat, group=chat < 0, patience=_PATIENCE)
        if not away:
            self.talk.digests.append((self.clock(), chat))
        return away

    async def answer(self, chat: int) -> None:
        asked = self.clock()
        await self.pace.slot(chat, group=chat < 0, urgent=True)
        self.talk.answers.append((self.clock(), chat, self.clock() - asked))

    async def talker(self, chat: int) -> None:
        while True:
            await self.answer(chat)

    async def visitors(self, every: float) -> None:
        chat = _VISITORS
        while every < math.inf:
            await asyncio.sleep(every)
            chat += 1
            await self.answer(chat)

    async def broadcast(self) -> None:
        """Rows are taken as the deliverer takes them, each to another chat."""
        under_way: set[asyncio.Task[float]] = set()
        chat = _READERS
        while True:
            for _ in range(self.pace.room(_AHEAD, _MOST_CLAIMED - len(under_way))):
                chat += 1
                task = asyncio.create_task(self.digest(chat))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            waiting = [asyncio.ensure_future(asyncio.sleep(_AHEAD)), *under_way]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)

    async def digests_to(self, chat: int) -> None:
        """One row after the other, each taken once its chat does not rest, and again when its turn is said to come."""
        while True:
            if chat in self.pace.resting(_AHEAD):
                await asyncio.sleep(self.pace.rest(_AHEAD))
            else:
                await asyncio.sleep(await self.digest(chat))

    async def play(self, *work: Coroutine[object, object, object]) -> Talk:
        tasks = [asyncio.create_task(one) for one in work]
        await asyncio.sleep(self.talk.seconds)
        for task in tasks:
            task.cancel()
        return self.talk


async def broadcast_among(talkers: int, *, seconds: float = 60.0, visitors_every: float = math.inf) -> Talk:
    """Digests without an end to private chats of their own, at the real limits, while so many people keep asking.

    The talkers are the chats 1, 2, …; every so many seconds a visitor with a higher number asks once.
    """
    scene = _Scene(seconds)
    chats = [1 + number for number in range(talkers) for _ in range(UNANSWERED)]
    return await scene.play(scene.broadcast(), scene.visitors(visitors_every), *map(scene.talker, chats))


async def digest_in_a_chat_of_talkers(*, group: bool, seconds: float = 300.0) -> Talk:
    """Digests to one chat in which questions always wait."""
    scene, chat = _Scene(seconds), -7 if group else 7
    return await scene.play(scene.digests_to(chat), *(scene.talker(chat) for _ in range(UNANSWERED)))


async def order_of_slots(*, digests: int, answers: int) -> str:
    """All of them wait for the bot's moment from the begin, each for a chat of its own: `d` and `a` as they leave."""
    pace = Pace(clock=asyncio.get_running_loop().time, limits=Limits())
    left: list[str] = []

    async def leave(chat: int, what: str) -> None:
        await pace.slot(chat, group=False, urgent=what == "a")
        left.append(what)

    async with asyncio.TaskGroup() as together:
        for number, what in enumerate("d" * digests + "a" * answers, 1):
            together.create_task(leave(number, what))
    return "".join(left)
