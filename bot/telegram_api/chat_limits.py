"""When a chat may be sent the next message: by Telegram's limits for chats and groups, and by what its 429s said."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_FORGET_AFTER = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second for the bot; seconds between two in a chat; messages in so many seconds in a group or channel.

    The times are a little longer than Telegram's: what leaves here evenly arrives there less so.
    """

    per_second: float = 30.0
    chat_interval: float = 1.02
    group_limit: int = 20
    group_window: float = 60.5


class ChatLimits:
    """What each chat was sent lately. Moments are seconds of one monotonic clock."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._free: dict[int, float] = {}
        self._group_sent: dict[int, deque[float]] = {}

    def free(self, chat_id: int, now: float) -> float:
        """From when on a message may go there; a moment of the past where it may at once."""
        free = self._free.get(chat_id, now)
        sent = self._group_sent.get(chat_id)
        if sent and len(sent) == self._limits.group_limit:
            free = max(free, sent[0] + self._limits.group_window)
        return free

    def refuse(self, chat_id: int, now: float, until: float) -> None:
        """Telegram wants nothing for this chat until then."""
        self._free[chat_id] = max(self._free.get(chat_id, now), until)

    def sent(self, chat_id: int, now: float, *, group: bool) -> None:
        """A message went there."""
        if not self._limits.chat_interval:
            return
        self._free[chat_id] = now + self._limits.chat_interval
        if group:
            self._group_sent.setdefault(chat_id, deque(maxlen=self._limits.group_limit)).append(now)
        if len(self._free) > _FORGET_AFTER:
            self._forget(now)

    def resting(self, now: float, horizon: float) -> set[int]:
        """The chats that nothing may go to for longer than `horizon` seconds."""
        self._forget(now)
        full = [chat for chat, sent in self._group_sent.items() if len(sent) == self._limits.group_limit]
        return {chat for chat in (*self._free, *full) if self.free(chat, now) > now + horizon}

    def _forget(self, now: float) -> None:
        self._free = {chat: free for chat, free in self._free.items() if free > now}
        window = self._limits.group_window
        self._group_sent = {chat: sent for chat, sent in self._group_sent.items() if sent and sent[-1] + window > now}
