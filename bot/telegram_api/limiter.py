"""Everything that handlers send through python-telegram-bot goes at the bot's one pace, before what is in bulk."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

from bot.telegram_api.outcomes import seconds_of
from bot.telegram_api.pace import Pace
from bot.telegram_api.request import never_sent

_ATTEMPTS = 3
_LONGEST = 60.0
_NO_CONNECTION = 1.0
# What writes a message counts for its chat; what changes one counts for the bot; what only asks counts for nothing.
_WRITES = ("send", "copyMessage", "forwardMessage")
_CHANGES = ("edit", "delete", "pin", "unpin")
_FREE = frozenset({"sendChatAction", "sendMessageDraft", "sendRichMessageDraft", "deleteWebhook", "deleteMyCommands"})


class Limiter(BaseRateLimiter[None]):
    """Answers to people are urgent; one that Telegram refuses for now is tried again when it says so.

    So is one for which there was no connection: it surely was not sent.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002 - the hook's signature
    ) -> Any:
        """One request, in its slot."""
        if endpoint in _FREE or not endpoint.startswith(_WRITES + _CHANGES):
            return await callback(*args, **kwargs)
        chat_id, group = _chat(data.get("chat_id"))
        for attempt in range(1, _ATTEMPTS + 1):
            await self._pace.slot(chat_id, group=group, urgent=True, message=endpoint.startswith(_WRITES))
            try:
                answer = await callback(*args, **kwargs)
            except RetryAfter as error:
                seconds = seconds_of(error)
                self._pace.limited(chat_id, seconds)
                if attempt == _ATTEMPTS or seconds > _LONGEST:
                    raise
            except NetworkError as error:
                if attempt == _ATTEMPTS or not never_sent(error):
                    raise
                await self._pace.sleep(attempt * _NO_CONNECTION)
            else:
                self._pace.outage.answered()
                return answer
        raise AssertionError("every attempt returns or raises")


def _chat(named: object) -> tuple[int, bool]:
    """A number for the chat, and whether it is a group or channel: only private chats have positive ids."""
    if isinstance(named, int):
        return named, named < 0
    return hash(named), named is not None
