"""Telegram's limits on what a bot sends: one limiter for all of it, spaced smoothly, answers to people first.

Telegram's own figures: 30 messages a second for the bot (1,000 where broadcasts are paid for), one a second in a chat,
20 a minute in a group or channel. Beyond that they are flexible and undocumented, so that what a 429 says is obeyed and
remembered. https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass

from telegram.error import TelegramError

from bot.outage import Outage

# A message that is late by this much may be made up for; intervals are longer by as much, so that no window of a second
# ever holds one too many. Without it every delay of the event loop would be lost for good.
_SLACK = 0.005
_MARGIN = 0.001
_FORGET_AFTER = 10_000
# So many different chats that are refused within a second mean that the whole bot is.
_CHATS_OF_A_BOT = 3
_SLOWER, _FASTER, _LEAST = 0.7, 1.1, 0.1
_STEADY = 10.0
# So often whoever waits long looks whether that is still worth it.
_GLANCE = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second for the bot; seconds between two in a chat; messages in so many seconds in a group or channel.

    The times are a little longer than Telegram's: what leaves here evenly arrives there less so.
    """

    per_second: float = 30.0
    chat_interval: float = 1.02
    group_limit: int = 20
    group_window: float = 60.5


PAID = Limits(per_second=1000.0)
"""With `allow_paid_broadcast`."""

OPEN = Limits(math.inf, 0.0, 1_000_000, 0.0)
"""None, for servers that have none."""


class NoTurn(TelegramError):
    """The bot stops before it would be the turn of this; nothing was sent."""


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
        limits: Limits = Limits(),
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
        self._chat_free: dict[int, float] = {}
        self._group_sent: dict[int, deque[float]] = {}
        self._refused: deque[tuple[float, int]] = deque(maxlen=64)
        self.outage = Outage(clock)
        self._bulk = asyncio.Lock()
        self._urgent = 0
        self._urgent_in: Counter[int] = Counter()

    @property
    def interval(self) -> float:
        """Seconds from one message of the bot to the next, at present."""
        return (1 + _SLACK + _MARGIN) / (self._limits.per_second * self._share * self._factor)

    def share(self, processes: int) -> None:
        """So many processes send for this bot: each takes its part."""
        self._share = 1 / max(processes, 1)

    def hold(self, seconds: float) -> None:
        """Telegram limits the whole bot: nothing goes out before that many seconds have passed."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def close(self, seconds: float) -> None:
        """The bot stops: nothing waits for a turn that is further away than this many seconds from now."""
        self._last = self._clock() + seconds

    def limited(self, chat_id: int, seconds: float) -> bool:
        """A 429 for a message to this chat: it waits that long. Returns whether it is the whole bot that is limited.

        Telegram does not tell which it is; refusals of several chats at once do. The bot then waits, and goes on slower
        until it has gone well for a while.
        """
        now = self._clock()
        self._chat_free[chat_id] = max(self._chat_free.get(chat_id, now), now + seconds)
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
        self._forget(now)
        full = [chat for chat, sent in self._group_sent.items() if len(sent) == self._limits.group_limit]
        return {chat for chat in (*self._chat_free, *full) if self._free(chat, now) > now + horizon}

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
        waits = [begin - horizon - now, *(self._free(chat, now) - horizon - now for chat in self.resting(horizon))]
        return min((wait for wait in waits if wait > 0), default=math.inf)

    async def turn(
        self, chat_id: int, *, group: bool, urgent: bool = False, message: bool = True, patience: float = math.inf
    ) -> float:
        """Wait until something may go to this chat, take that moment and return 0.

        `urgent` (an answer to a person) goes before all that is not. What is no new `message` counts for the bot alone.
        When that moment is more than `patience` seconds away nothing is taken; returns how far away it is. Raises
        NoTurn where it would come after the end, unless there is a `patience`.
        """
        if urgent:
            self._urgent += 1
            self._urgent_in[chat_id] += 1
        try:
            return await self._turn(chat_id, _Kind(group, urgent, message), self._clock() + patience)
        finally:
            if urgent:
                self._urgent -= 1
                self._urgent_in[chat_id] -= 1
                if not self._urgent_in[chat_id]:
                    del self._urgent_in[chat_id]

    async def _turn(self, chat_id: int, kind: _Kind, until: float) -> float:
        while True:
            now = self._clock()
            wait = max(self._held(kind), self._free(chat_id, now) if kind.message else now) - now
            if not kind.urgent and chat_id in self._urgent_in:
                wait = max(wait, self._limits.chat_interval)
            if now + wait > min(until, self._last):
                if math.isinf(until):
                    raise NoTurn("the bot stops")
                return wait
            if wait > 0:
                await self.sleep(min(wait, _GLANCE))
                continue
            # Whatever is not urgent stands in a line, of which only the first looks at the clock.
            async with nullcontext() if kind.urgent else self._bulk:
                taken = await self._slot(chat_id, kind)
            if taken:
                return 0.0

    async def _slot(self, chat_id: int, kind: _Kind) -> bool:
        """Wait for the bot's next moment and take it; False when the chat or the bot may no longer then."""
        while True:
            now = self._clock()
            ahead = 0 if kind.urgent else self._urgent
            wait = self._bot_free + ahead * self.interval - _SLACK - now
            if wait <= 0:
                break
            await self.sleep(wait)
        if self._held(kind) > now or (kind.message and self._free(chat_id, now) > now):
            return False
        self._take(chat_id, kind, now)
        return True

    def _take(self, chat_id: int, kind: _Kind, now: float) -> None:
        if self._factor < 1 and now > self._changed_at + _STEADY:
            self._factor, self._changed_at = min(self._factor * _FASTER, 1.0), now
        self._bot_free = max(self._bot_free, now) + self.interval
        if not kind.urgent:
            self.outage.tried()
        if not kind.message or not self._limits.chat_interval:
            return
        self._chat_free[chat_id] = now + self._limits.chat_interval
        if kind.group:
            self._group_sent.setdefault(chat_id, deque(maxlen=self._limits.group_limit)).append(now)
        if len(self._chat_free) > _FORGET_AFTER:
            self._forget(now)

    def _held(self, kind: _Kind) -> float:
        """Answers to people are tried also while Telegram does not answer: they show when it does again."""
        return self._held_until if kind.urgent else max(self._held_until, self.outage.until)

    def _free(self, chat_id: int, now: float) -> float:
        free = self._chat_free.get(chat_id, now)
        sent = self._group_sent.get(chat_id)
        if sent and len(sent) == self._limits.group_limit:
            free = max(free, sent[0] + self._limits.group_window)
        return free

    def _forget(self, now: float) -> None:
        self._chat_free = {chat: free for chat, free in self._chat_free.items() if free > now}
        window = self._limits.group_window
        self._group_sent = {chat: sent for chat, sent in self._group_sent.items() if sent and sent[-1] + window > now}
