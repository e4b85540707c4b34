"""Polling that nothing can stop: neither an update that the library cannot read, nor a Telegram that refuses it.

The library reads all that came before it confirms any of it, and asks for the same again when one cannot be read:
nobody would be heard any more, until Telegram forgets that one after 24 hours. And it polls no more once its token is
refused, even when that was a moment's trouble at Telegram: the process would go on, deaf. Here it asks again, less and
less often, and what is wrong stands in the log once.

Where another program polls with the same token, on a machine or database of its own, Telegram answers 409 to whoever of
the two came first. Neither can end the other, so the administrators are told, and this one polls more and more rarely.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.error import NetworkError, TelegramError
from telegram.request import RequestData

from bot.log import event, redact
from bot.telegram_api.request import AiohttpRequest

_log = logging.getLogger(__name__)


_OK = 200
_WRONG_TOKEN = (401, 404)
_CONFLICT = 409

FIRST_REST, LONGEST_REST = 5.0, 300.0
"""Seconds that pass after a conflict before the next request: twice as many each time."""

TOLD_AFTER = 4
"""Conflicts: over half a minute of them. Telegram takes a process that was killed a moment ago for another one, too."""

ALONE = 900.0
"""Seconds without a conflict after which there is no other one any more."""


async def _nobody_is_told(_key: str, /, **_values: object) -> None:
    """Until somebody is named."""


class PollingRequest(AiohttpRequest):
    """What updates are fetched through. `clock` is monotonic seconds, `sleep` waits."""

    def __init__(
        self,
        *,
        pool: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        super().__init__(pool=pool)
        self._clock = clock
        self._sleep = sleep
        self._tell: Callable[..., Awaitable[object]] = _nobody_is_told
        self._telling: asyncio.Future[object] | None = None
        self._failures = 0
        self._conflicts = 0
        self._conflict_at = 0.0

    def tells(self, tell: Callable[..., Awaitable[object]]) -> None:
        """Say a message of the catalogue to the administrators by this."""
        self._tell = tell

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **options: Any
    ) -> tuple[int, bytes]:
        """One request of the library's. A refused token is the network's trouble: after that the library asks again."""
        if self._conflicts and request_data is not None and request_data.parameters.get("timeout"):
            # Only those that wait for news: the one that confirms the last of them at a stop does not wait.
            await self._sleep(self._rest())
        try:
            code, payload = await super().do_request(url, method, request_data, *args, **options)
        except TelegramError as error:
            self._failed(str(error))
            raise
        if code in _WRONG_TOKEN:
            self._failed(reason := f"Telegram refuses the token: {_described(code, payload)}")
            raise NetworkError(reason)
        if code == _CONFLICT:
            self._conflict(_described(code, payload))
        if code != _OK:
            self._failed(_described(code, payload))
        elif self._failures:
            event(_log, "polling_well", failures=self._failures)
            self._failures = 0
        return code, payload

    def _conflict(self, reason: str) -> None:
        if self._clock() - self._conflict_at >= ALONE:
            self._conflicts = 0
        self._conflicts += 1
        self._conflict_at = self._clock()
        if self._conflicts == TOLD_AFTER:
            event(_log, "polled_elsewhere", level=logging.ERROR, reason=redact(reason))
            self._telling = asyncio.ensure_future(self._tell("polled-elsewhere"))

    def _rest(self) -> float:
        """Seconds until the next request may go out."""
        rest = min(FIRST_REST * 2.0 ** min(self._conflicts - 1, 10), LONGEST_REST)
        return max(self._conflict_at + rest - self._clock(), 0.0)

    def _failed(self, reason: str) -> None:
        self._failures += 1
        if self._failures == 1:
            event(_log, "polling_in_trouble", level=logging.ERROR, reason=redact(reason))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer, with updates that can all be read."""
        answer = AiohttpRequest.parse_json_payload(payload)
        if isinstance(found := answer.get("result"), list):
            answer["result"] = [readable for update in found if (readable := _readable(update)) is not None]
        return answer


def _described(code: int, payload: bytes) -> str:
    try:
        return str(json.loads(payload)["description"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {code}"


def said_already(_error: TelegramError) -> None:
    """What to do about an error of polling: nothing; it is in the log, and the library tries again by itself."""


def _readable(update: Any) -> dict[str, Any] | None:
    """The update; with nothing but its number where it cannot be read, and None where it has none."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int):
        event(_log, "update_passed_over", level=logging.ERROR, update="-", reason="it has no number")
        return None
    try:
        Update.de_json(update)
    except Exception as error:  # noqa: BLE001 - whatever the library meets in it; what it says may quote it
        event(_log, "update_passed_over", level=logging.ERROR, update=number, reason=type(error).__name__)
        # So it is confirmed together with the others.
        return {"update_id": number}
    return dict(update)
