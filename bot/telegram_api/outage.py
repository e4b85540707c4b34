"""Telegram out of reach: bulk stands still and tries with one message at a time, so that few meet the trouble.

Each message that meets it may have arrived, so that a reader gets it again and for a channel somebody has to look. At
full pace an hour of silence would leave a hundred thousand such messages behind.
"""

from __future__ import annotations

import math
from collections.abc import Callable

CHATS = 3
"""So many different chats in a row without an answer: it is Telegram, or the way there, and not one of them."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds from one try to the next: twice as long each time."""


class Outage:
    """Told of every request's end. `clock` is monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._chats: set[int] = set()
        self._pause = 0.0
        self.until = -math.inf
        """When the next message in bulk may be tried."""

    @property
    def begun(self) -> bool:
        """Whether Telegram is taken to be out of reach."""
        return self._pause > 0

    def failed(self, chat_id: int) -> bool:
        """Nobody answered a request for this chat. Returns whether an outage begins with it."""
        began = self.begun
        self._chats.add(chat_id)
        now = self._clock()
        if len(self._chats) >= CHATS and now >= self.until:
            self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            self.until = now + self._pause
        return self.begun and not began

    def answered(self) -> bool:
        """Telegram answered something. Returns whether an outage ends with it."""
        if not self._chats:
            return False
        ended = self.begun
        self._chats.clear()
        self._pause, self.until = 0.0, -math.inf
        return ended

    def tried(self) -> None:
        """A message in bulk goes out: the next one waits until it is known what came of this one, or for a pause."""
        if self.begun:
            self.until = self._clock() + self._pause
