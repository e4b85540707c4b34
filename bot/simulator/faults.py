"""Faults on demand: what a network and an overloaded Telegram do to a bot."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.simulator.params import Params

# A fault without a method never meets the calls that every bot makes all the time.
_SPARED = frozenset({"getupdates", "getme", "setwebhook", "deletewebhook", "getwebhookinfo"})


class FaultKind(StrEnum):
    """What happens. "Accepted" means that the message is in the chat although the bot hears otherwise."""

    RATE_LIMIT = "rate limit"  # 429 with retry_after
    UNAUTHORIZED = "unauthorized"  # 401, as for a wrong token
    FORBIDDEN = "forbidden"  # 403 with `text`
    BAD_REQUEST = "bad request"  # 400 with `text`
    SERVER_ERROR = "server error"  # 502 with a page of HTML; not accepted
    MIGRATE = "migrate"  # the group becomes a supergroup with a new id; 400 with it
    SLOW = "slow"  # answered after `seconds`; accepted then
    HANG = "hang"  # never answered; not accepted
    HANG_AFTER = "hang after"  # accepted, never answered
    CUT_BEFORE = "cut before"  # connection closed; not accepted
    CUT_AFTER = "cut after"  # accepted, then the connection is closed without an answer


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and whom it meets.

    `method` and `chat_id` narrow it (None: every method but polling and getMe; every chat). It strikes `times` times
    (None: always), each matching request with `probability`. `retry_after` and `seconds` are in seconds; `text` follows
    "Forbidden: " or "Bad Request: ".
    """

    kind: FaultKind
    method: str | None = None
    chat_id: int | None = None
    times: int | None = 1
    probability: float = 1.0
    retry_after: int = 1
    seconds: float = 0.0
    text: str = "bot was blocked by the user"

    def meets(self, method: str, params: Params) -> bool:
        """Whether a request is one of those meant."""
        name = method.lower()
        if name in _SPARED if self.method is None else name != self.method.lower():
            return False
        return self.chat_id is None or params.text("chat_id") == str(self.chat_id)


Plan = Callable[[str, Params, int], Fault | None]


class Faults:
    """The faults waiting to strike.

    `plan(method, params, sequence)` is asked first, for every request but polling and getMe; `sequence` counts those
    from 1, so that a plan can be a pure function. `seed` makes probabilities repeatable.
    """

    def __init__(self, seed: int = 0) -> None:
        self.plan: Plan | None = None
        self.struck: list[tuple[int, str, FaultKind]] = []
        self._waiting: list[list[Fault]] = []
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, guards nothing
        self._sequence = 0

    def add(self, fault: Fault) -> None:
        """Let a fault wait; those added first strike first."""
        if fault.times != 0:
            self._waiting.append([fault] * (fault.times or 1))

    def clear(self) -> None:
        """Forget every fault and the plan."""
        self._waiting.clear()
        self.plan = None

    def pick(self, method: str, params: Params) -> Fault | None:
        """The fault that this request meets, if any; it is used up by that."""
        if method.lower() not in _SPARED:
            self._sequence += 1
            planned = self.plan(method, params, self._sequence) if self.plan else None
            if planned:
                return self._strike(method, planned)
        for charges in self._waiting:
            fault = charges[0]
            if fault.meets(method, params) and (fault.probability >= 1 or self._random.random() < fault.probability):
                if fault.times is not None:
                    charges.pop()
                    self._waiting = [left for left in self._waiting if left]
                return self._strike(method, fault)
        return None

    def _strike(self, method: str, fault: Fault) -> Fault:
        self.struck.append((self._sequence, method, fault.kind))
        return fault
