"""The one editor of posted messages: what stands in a message is replaced, by one policy.

A message is edited only while it still shows what is to be replaced: whoever pressed a button of it meanwhile wants to
see something else there. One that is gone, or stands in a chat that is closed to the bot, is let go of: nobody misses
the edit. Whatever else Telegram says may go well another time, and is the caller's to try again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.delivery.encode import fields_of
from bot.delivery.sender import Sender
from bot.log import event, redact
from bot.telegram_api.refusals import says_unchanged
from storage.records import Destination, Part

_log = logging.getLogger(__name__)


class Edited(Enum):
    """What came of an edit."""

    DONE = auto()
    UNCHANGED = auto()
    """The message says so already."""
    SUPERSEDED = auto()
    """Something else stands there by now; nothing was edited."""
    GONE = auto()
    """There is no such message any more, or the bot may not edit it."""


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """Where a message stands: in a chat, or wherever somebody sent it by way of inline mode."""

    place: Destination
    message_id: int = 0
    inline_message_id: str = ""


class PostedMessages:
    """Edits messages at the pace of Telegram. Doing it again changes nothing."""

    def __init__(self, *, sender: Sender) -> None:
        self._sender = sender

    async def edit(
        self, message: PostedMessage, part: Part, stands: Callable[[], Awaitable[bool]], *, urgent: bool = False
    ) -> Edited:
        """Replace what a message shows by a part, if it `stands` there still. `urgent`: somebody waits for it.

        Raises TelegramError where that may go well another time.
        """
        if not await stands():
            return Edited.SUPERSEDED
        try:
            if message.inline_message_id:
                await self._sender.call(
                    "editMessageText",
                    message.place.chat_id,
                    inline_message_id=message.inline_message_id,
                    **fields_of(part),
                )
            else:
                await self._sender.change(message.place, message.message_id, part, urgent=urgent)
        except (BadRequest, Forbidden, ChatMigrated) as error:
            if says_unchanged(error):
                return Edited.UNCHANGED
            event(_log, "message_left", chat=message.place.chat_id, reason=redact(str(error)))
            return Edited.GONE
        return Edited.DONE
