"""Telegram's flood limits, with its 429 answers."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.simulator.api_errors import too_many
from bot.simulator.chat_state import Chat

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Flood:
    """Messages that are let through: by the bot and by each chat in a second, by each group or channel in a minute."""

    per_second: int = 30
    per_chat_per_second: int = 1
    group_per_minute: int = 20


class FloodGate:
    """Counts accepted messages in sliding windows. `now` is any clock in seconds."""

    def __init__(self, flood: Flood, now: Callable[[], float]) -> None:
        self._flood = flood
        self._now = now
        self._sent: dict[tuple[int, float], deque[float]] = defaultdict(deque)

    def _windows(self, chat: Chat) -> list[tuple[tuple[int, float], int]]:
        windows = [((0, 1.0), self._flood.per_second), ((chat.id, 1.0), self._flood.per_chat_per_second)]
        if chat.many:
            windows.append(((chat.id, _MINUTE), self._flood.group_per_minute))
        return windows

    def check(self, chat: Chat) -> None:
        """429 with the whole seconds to wait, if one more message now would be too many."""
        now, wait = self._now(), 0.0
        for key, limit in self._windows(chat):
            sent = self._sent[key]
            while sent and sent[0] <= now - key[1]:
                sent.popleft()
            if len(sent) >= limit:
                wait = max(wait, sent[-limit] + key[1] - now)
        if wait:
            raise too_many(max(1, math.ceil(wait)))

    def count(self, chat: Chat) -> None:
        """A message was accepted."""
        for key, _ in self._windows(chat):
            self._sent[key].append(self._now())
