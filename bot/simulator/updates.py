"""What the bot has yet to hear: updates in order, until their receipt is confirmed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any

# What Telegram leaves out unless a bot asks for it by name.
LEFT_OUT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Signal:
    """Wakes everyone who waits for a change; `version` counts the changes."""

    def __init__(self) -> None:
        self.version = 0
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Something changed."""
        self.version += 1
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait for the next change; False when none came in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        return True


class Updates:
    """The queue behind getUpdates and the webhook."""

    def __init__(self) -> None:
        self.changed = Signal()
        self.allowed: frozenset[str] = frozenset()
        self._pending: deque[dict[str, Any]] = deque()
        self._next = 1

    def __len__(self) -> int:
        return len(self._pending)

    def allow(self, kinds: Iterable[str]) -> None:
        """From now on only these kinds; none means Telegram's default. Updates already there stay."""
        self.allowed = frozenset(kinds)

    def put(self, kind: str, body: dict[str, Any]) -> None:
        """Queue an update, unless the bot does not want its kind."""
        if kind in self.allowed or (not self.allowed and kind not in LEFT_OUT):
            self._pending.append({"update_id": self._next, kind: body})
            self._next += 1
            self.changed.notify()

    def confirm(self, offset: int) -> None:
        """Forget updates below the offset; a negative one keeps only so many of the newest."""
        while self._pending and (
            len(self._pending) > -offset if offset < 0 else self._pending[0]["update_id"] < offset
        ):
            self._pending.popleft()
        self.changed.notify()

    def clear(self) -> None:
        """Forget all of them."""
        self._pending.clear()
        self.changed.notify()

    def first(self, limit: int) -> list[dict[str, Any]]:
        """The oldest ones, still unconfirmed."""
        return [update for update, _ in zip(self._pending, range(limit), strict=False)]
