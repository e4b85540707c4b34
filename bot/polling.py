"""Polling that no single update can stop: one that the library cannot read is passed over, with a line in the log.

The library reads all that came before it confirms any of it, and asks for the same again when one cannot be read:
nobody would be heard any more, until Telegram forgets that one after 24 hours.
"""

from __future__ import annotations

import logging
from typing import Any

from telegram import Update

from bot.log import event
from bot.wire import AiohttpRequest

_log = logging.getLogger(__name__)


class PollingRequest(AiohttpRequest):
    """What updates are fetched through."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer, with updates that can all be read."""
        answer = AiohttpRequest.parse_json_payload(payload)
        if isinstance(found := answer.get("result"), list):
            answer["result"] = [one for update in found if (one := _readable(update)) is not None]
        return answer


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
