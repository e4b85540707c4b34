"""Telegram's limits on what a bot sends: spaced smoothly, so that a broadcast never bursts into a refusal.

Telegram's own figures: 30 messages a second for the bot, one a second in a chat, 20 a minute in a group or channel.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable

BOT_INTERVAL = 1 / 30
CHAT_INTERVAL = 1.0
GROUP_LIMIT = 20
GROUP_WINDOW = 60.0
_FORGET_AFTER = 10_000


class Pace:
    """Hands out moments to send at. `clock` is monotonic seconds, `sleep` waits."""

    def __init__(
        self, *, clock: Callable[[], float], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._bot_free = 0.0
        self._chat_free: dict[int, float] = {}
        self._group_sent: dict[int, deque[float]] = {}
        self._held_until = 0.0

    def hold(self, seconds: float) -> None:
        """Telegram limits the whole bot: nothing goes out before that many seconds have passed."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    async def turn(self, chat_id: int, *, group: bool, patience: float = math.inf) -> float:
        """Wait until a message may go to this chat, take that moment and return 0.

        When that moment is more than `patience` seconds away nothing is taken; returns how far away it is.
        """
        now = self._clock()
        at = max(now, self._bot_free, self._held_until, self._chat_free.get(chat_id, 0.0))
        sent = self._group_sent.setdefault(chat_id, deque(maxlen=GROUP_LIMIT)) if group else None
        if sent is not None and len(sent) == GROUP_LIMIT:
            at = max(at, sent[0] + GROUP_WINDOW)
        if at - now > patience:
            return at - now
        if sent is not None:
            sent.append(at)
        # A chat's own limit must not keep other chats waiting: the bot's mark moves by one place only.
        self._bot_free = max(now, self._bot_free, self._held_until) + BOT_INTERVAL
        self._chat_free[chat_id] = at + CHAT_INTERVAL
        if len(self._chat_free) > _FORGET_AFTER:
            self._forget(now)
        if at > now:
            await self._sleep(at - now)
        return 0.0

    def _forget(self, now: float) -> None:
        self._chat_free = {chat: free for chat, free in self._chat_free.items() if free > now}
        self._group_sent = {
            chat: sent for chat, sent in self._group_sent.items() if sent and sent[-1] + GROUP_WINDOW > now
        }
