"""Telegram's limits on what a bot sends: one limiter for all of it, spaced smoothly, answers to people first.

Answers go first into the free slots of the bot, of which bulk always keeps a part (`send_queues.py`). What waits for
the limit of its own chat holds up only what goes to that chat; there an answer and a message in bulk alternate.

Telegram's own figures: 30 messages a second for the bot (1,000 where broadcasts are paid for), one a second in a chat,
20 a minute in a group or channel. Beyond that they are flexible and undocumented, so that what a 429 says is obeyed and
remembered. https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram.error import TelegramError

from bot.telegram_api.chat_limits import ChatLimits, Limits
from bot.telegram_api.outage import Outage
from bot.telegram_api.send_queues import ChatQueue, SlotQueue

__all__ = ["OPEN", "PAID", "Limits", "NoSlot", "Pace"]

# A message that is late by this much may be made up for; intervals are longer by as much, so that no window of a second
# ever holds one too many. Without it every delay of the event loop would be lost for good.
_SLACK = 0.005
_MARGIN = 0.001
# So many different chats that are refused within a second mean that the whole bot is.
_CHATS_OF_A_BOT = 3
_SLOWER, _FASTER, _LEAST = 0.7, 1.1, 0.1
_STEADY = 10.0
# So often whoever waits long looks whether that is still worth it.
_GLANCE = 1.0
# So long after its moment a message in bulk that was told to come back keeps its slot in its chat.
_GRACE = 1.5

PAID = Limits(per_second=1000.0)
"""With `allow_paid_broadcast`."""

OPEN = Limits(math.inf, 0.0, 1_000_000, 0.0)
"""None, for servers that have none."""


class NoSlot(TelegramError):
    """The bot stops before it would be the slot of this; nothing was sent."""


@dataclass(frozen=True, slots=True)
class _Kind:
    group: bool
    urgent: bool
    message: bool


class Pace:
    """Hands out moments to send at. `clock` is monotonic seconds, `sleep` waits."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> None:
        self.sleep = sleep
        self._clock = clock
        self._limits = limits
        self._share = 1.0
        self._factor = 1.0
        self._changed_at = -math.inf
        self._bot_free = -math.inf
        self._held_until = -math.inf
        self._last = math.inf
        self._refused: deque[tuple[float, int]] = deque(maxlen=64)
        self.outage = Outage(clock)
        self._slots = SlotQueue()
        self._chats = ChatLimits(limits)
        self._queues: dict[int, ChatQueue] = {}

    @property
    def interval(self) -> float:
        """Seconds from one message of the bot to the next, at present."""
        return (1 + _SLACK + _MARGIN) / (self._limits.per_second * self._share * self._factor)

    def moment(self) -> float:
        """Now, as the seconds that turns are given by."""
        return self._clock()

    def share(self, processes: int) -> None:
        """So many processes send for this bot: each takes its part."""
        self._share = 1 / max(processes, 1)

    def hold(self, seconds: float) -> None:
        """Telegram limits the whole bot: nothing goes out before that many seconds have passed."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def close(self, seconds: float) -> None:
        """The bot stops: nothing waits for a slot that is further away than this many seconds from now."""
        self._last = self._clock() + seconds

    def limited(self, chat_id: int, seconds: float) -> bool:
        """A 429 for a message to this chat: it waits that long. Returns whether it is the whole bot that is limited.

        Telegram does not tell which it is; refusals of several chats at once do. The bot then waits, and goes on slower
        until it has gone well for a while.
        """
        now = self._clock()
        self._chats.refuse(chat_id, now, now + seconds)
        self._refused.append((now, chat_id))
        chats = {chat for at, chat in self._refused if at > now - 1.0}
        if len(chats) < _CHATS_OF_A_BOT:
            return False
        if now >= self._held_until:
            self._factor = max(self._factor * _SLOWER, _LEAST)
        self.hold(seconds)
        self._changed_at = self._held_until
        return True

    def resting(self, horizon: float) -> set[int]:
        """The chats that nothing may go to for longer than `horizon` seconds."""
        now = self._clock()
        self._queues = {chat: queue for chat, queue in self._queues.items() if not queue.idle(now)}
        return self._chats.resting(now, horizon)

    def room(self, horizon: float, most: int) -> int:
        """How many messages may leave within so many seconds, `most` at most."""
        now = self._clock()
        begin = max(self._bot_free, self._held_until, self.outage.until, now)
        most = min(most, 1) if self.outage.begun else most
        if self.interval == 0:
            return most if begin <= now + horizon else 0
        return min(most, max(0, math.ceil((now + horizon - begin) / self.interval)))

    def rest(self, horizon: float) -> float:
        """Seconds until something may be sent that may not at present; infinite where all may."""
        now = self._clock()
        begin = max(self._bot_free, self._held_until, self.outage.until)
        waits = [
            begin - horizon - now,
            *(self._chats.free(chat, now) - horizon - now for chat in self.resting(horizon)),
        ]
        return min((wait for wait in waits if wait > 0), default=math.inf)

    async def slot(
        self, chat_id: int, *, group: bool, urgent: bool = False, message: bool = True, patience: float = math.inf
    ) -> float:
        """Wait until something may go to this chat, take that moment and return 0.

        `urgent` (an answer to a person) goes before all that is not, but leaves it a part of the bot's moments and
        every other message of a chat. What is no new `message` counts for the bot alone.
        When that moment is more than `patience` seconds away nothing is taken; returns how far away it is. Raises
        NoTurn where it would come after the end, unless there is a `patience`.
        """
        kind = _Kind(group, urgent, message)
        until = self._clock() + patience
        if not message:
            return await self._turn(chat_id, kind, until)
        queue = self._queues.setdefault(chat_id, ChatQueue())
        place = queue.join(urgent=urgent)

        def ahead(now: float) -> int:
            # Whoever asks does not wait behind what is not sent at present anyway.
            return queue.ahead(place, now, urgent=urgent, by_turns=not urgent or self.outage.until <= now)

        try:
            return await self._turn(chat_id, kind, until, ahead)
        finally:
            queue.leave(place, urgent=urgent)
            if queue.idle(self._clock()):
                del self._queues[chat_id]

    async def _turn(
        self, chat_id: int, kind: _Kind, until: float, ahead: Callable[[float], int] | None = None
    ) -> float:
        further = False
        while True:
            now = self._clock()
            held, free = self._held(kind), now
            if ahead is not None:
                free = max(self._chats.free(chat_id, now), now) + ahead(now) * self._limits.chat_interval
            wait = max(held, free) - now
            if now + wait > min(until, self._last):
                if math.isinf(until):
                    raise NoSlot("the bot stops")
                if ahead is not None and free > held and not kind.urgent:
                    self._queues[chat_id].expect_bulk(now + wait + _GRACE)
                # Never 0, which says that the moment was taken.
                return max(wait, _SLACK)
            if wait > 0:
                further = further or free > now
                await self.sleep(min(wait, _GLANCE))
            elif await self._slot(chat_id, kind, further=further):
                return 0.0

    async def _slot(self, chat_id: int, kind: _Kind, *, further: bool) -> bool:
        """Wait for the bot's next moment and take it; False when the chat or the bot may no longer then."""
        place = self._slots.join(self._clock(), urgent=kind.urgent, further=further)
        try:
            while True:
                await self._slots.until_head(place)
                now = self._clock()
                if now > self._last:
                    return False
                wait = self._bot_free - _SLACK - now
                if wait <= 0 and self._slots.is_next(place):
                    break
                # At the moment of another the other is awake, too.
                await self.sleep(wait if wait > 0 else self.interval / 4)
            if self._held(kind) > now or (kind.message and self._chats.free(chat_id, now) > now):
                return False
            self._slots.taken(place)
            self._take(chat_id, kind, now)
            return True
        finally:
            self._slots.leave(place)

    def _take(self, chat_id: int, kind: _Kind, now: float) -> None:
        if self._factor < 1 and now > self._changed_at + _STEADY:
            self._factor, self._changed_at = min(self._factor * _FASTER, 1.0), now
        self._bot_free = max(self._bot_free, now) + self.interval
        if not kind.urgent:
            self.outage.tried()
        if not kind.message:
            return
        self._queues[chat_id].taken(urgent=kind.urgent)
        self._chats.sent(chat_id, now, group=kind.group)

    def _held(self, kind: _Kind) -> float:
        """Answers to people are tried also while Telegram does not answer: they show when it does again."""
        return self._held_until if kind.urgent else max(self._held_until, self.outage.until)
