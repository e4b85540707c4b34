"""Polling that nothing can stop: neither an update that the library cannot read, nor a Telegram that refuses it.

The library reads all that came before it confirms any of it, and asks for the same again when one cannot be read:
nobody would be heard any more, until Telegram forgets that one after 24 hours. And it polls no more once its token is
refused, even when that was a moment's trouble at Telegram: the process would go on, deaf. Here it asks again, less and
less often, and what is wrong stands in the log once.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from telegram import Update
from telegram.error import NetworkError, TelegramError

from bot.log import event, redact
from bot.wire import AiohttpRequest

_log = logging.getLogger(__name__)


_OK = 200
_WRONG_TOKEN = (401, 404)


class PollingRequest(AiohttpRequest):
    """What updates are fetched through."""

    _failures = 0

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """One request of the library's. A refused token is the network's trouble: after that the library asks again."""
        try:
            code, payload = await super().do_request(*args, **options)
        except TelegramError as error:
            self._failed(str(error))
            raise
        if code in _WRONG_TOKEN:
            self._failed(reason := f"Telegram refuses the token: {_described(code, payload)}")
            raise NetworkError(reason)
        if code != _OK:
            self._failed(_described(code, payload))
        elif self._failures:
            event(_log, "polling_well", failures=self._failures)
            self._failures = 0
        return code, payload

    def _failed(self, reason: str) -> None:
        self._failures += 1
        if self._failures == 1:
            event(_log, "polling_in_trouble", level=logging.ERROR, reason=redact(reason))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer, with updates that can all be read."""
        answer = AiohttpRequest.parse_json_payload(payload)
        if isinstance(found := answer.get("result"), list):
            answer["result"] = [one for update in found if (one := _readable(update)) is not None]
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
