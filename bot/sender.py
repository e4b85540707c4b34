"""The only file that sends deliveries; turns Telegram's errors into a few plain outcomes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMediaDocument, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.log import event, redact
from bot.pace import Pace
from storage.records import (
    ChatKind,
    Delivery,
    Destination,
    Gone,
    Moved,
    Now,
    Outcome,
    Part,
    PartKind,
    Refused,
    RetryAt,
    Sent,
    Unsure,
)

_log = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# A row that waits longer than this for its chat's turn goes back, so that a stop never finds it half sent.
_PATIENCE = 2.0
_REFUSED_CONNECTION = timedelta(seconds=5)
_LIMITED = timedelta(seconds=30)
_WRONG_TOKEN = timedelta(minutes=5)
# What Telegram words as a bad request although the place, not the content, is the trouble.
_GONE = (
    "chat not found",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "need administrator rights",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "chat_restricted",
    "peer_id_invalid",
    "user_deactivated",
    "group chat was deactivated",
)
_UNCHANGED = "message is not modified"
_NOTHING_TO_DELETE = ("message to delete not found", "message can't be deleted")


class Sender:
    """Sends, edits and deletes parts of digests, at Telegram's pace."""

    def __init__(self, *, bot: Bot, pace: Pace, now: Now) -> None:
        self._bot = bot
        self._pace = pace
        self._now = now

    async def send(self, delivery: Delivery) -> Outcome:
        """Carry out one delivery row. Never raises for what Telegram or the network does."""
        destination = delivery.destination
        group = destination.kind is not ChatKind.PRIVATE
        if away := await self._pace.turn(destination.chat_id, group=group, patience=_PATIENCE):
            return RetryAt(self._now() + timedelta(seconds=away), "this chat's limit")
        try:
            return Sent(await self._carry_out(delivery))
        except TelegramError as error:
            outcome = self._outcome(error, delivery)
            if isinstance(outcome, RetryAt) and outcome.whole_bot:
                self._pace.hold((outcome.at - self._now()).total_seconds())
            event(
                _log,
                "not_sent",
                level=logging.WARNING,
                delivery=delivery.id,
                chat=destination.chat_id,
                outcome=type(outcome).__name__,
                reason=redact(str(error)),
            )
            return outcome

    async def post(self, destination: Destination, part: Part) -> int:
        """Send a part as an answer, outside the delivery rows; TelegramError is the caller's to handle."""
        await self._pace.turn(destination.chat_id, group=destination.kind is not ChatKind.PRIVATE)
        return await self._send(destination, part)

    async def _carry_out(self, delivery: Delivery) -> int:
        destination, part, message_id = delivery.destination, delivery.part, delivery.message_id
        if message_id is None:
            if part is None:
                raise BadRequest("nothing to send")
            return await self._send(destination, part)
        try:
            if part is None:
                await self._bot.delete_message(destination.chat_id, message_id)
            elif part.kind is PartKind.DOCUMENT:
                await self._bot.edit_message_media(_media(part), chat_id=destination.chat_id, message_id=message_id)
            else:
                await self._bot.edit_message_text(
                    part.payload["text"],
                    chat_id=destination.chat_id,
                    message_id=message_id,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=_NO_PREVIEW,
                    reply_markup=keyboard(part.payload),
                )
        except BadRequest as error:
            text = str(error).lower()
            if _UNCHANGED not in text and not (part is None and any(known in text for known in _NOTHING_TO_DELETE)):
                raise
        return message_id

    async def _send(self, destination: Destination, part: Part) -> int:
        thread = destination.thread_id or None
        if part.kind is PartKind.DOCUMENT:
            message = await self._bot.send_document(
                destination.chat_id,
                _file(part),
                caption=part.payload["caption"],
                parse_mode=ParseMode.HTML,
                message_thread_id=thread,
            )
        else:
            message = await self._bot.send_message(
                destination.chat_id,
                part.payload["text"],
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=keyboard(part.payload),
                message_thread_id=thread,
            )
        return message.message_id

    def _outcome(self, error: TelegramError, delivery: Delivery) -> Outcome:  # noqa: PLR0911 - one line per error
        """Telegram's errors in the order in which their classes must be asked: some are subclasses of others."""
        now, text = self._now(), redact(str(error))
        match error:
            case RetryAfter():
                seconds = error._retry_after.total_seconds()  # noqa: SLF001 - the public one warns about its type
                return RetryAt(now + timedelta(seconds=seconds + 1), text)
            case ChatMigrated():
                return Moved(error.new_chat_id)
            case Forbidden():
                return Gone(text)
            case InvalidToken() | EndPointNotFound():
                return RetryAt(now + _WRONG_TOKEN, text, whole_bot=True)
            case BadRequest():
                return Gone(text) if any(known in text.lower() for known in _GONE) else Refused(text)
            case TimedOut() | NetworkError():
                return self._unanswered(error, delivery)
        return Refused(text)

    def _unanswered(self, error: TelegramError, delivery: Delivery) -> Outcome:
        text, cause = redact(str(error)), type(error.__cause__).__name__
        # A pool that was full and a connection that was refused never carried the request; httpx names both.
        if cause in {"PoolTimeout", "ConnectError", "ConnectTimeout"}:
            return RetryAt(self._now() + _REFUSED_CONNECTION, text)
        if "too many requests" in text.lower():
            return RetryAt(self._now() + _LIMITED, text)
        if delivery.message_id is not None:
            return RetryAt(self._now() + _REFUSED_CONNECTION, text)  # an edit may be repeated: it changes nothing twice
        return Unsure(text)


def keyboard(payload: Mapping[str, Any]) -> InlineKeyboardMarkup | None:
    """The buttons of a message payload as Telegram takes them."""
    rows = payload.get("buttons") or ()
    return InlineKeyboardMarkup([[InlineKeyboardButton(**button) for button in row] for row in rows]) if rows else None


def _file(part: Part) -> InputFile:
    return InputFile(part.payload["content"].encode(), filename=part.payload["file_name"])


def _media(part: Part) -> InputMediaDocument:
    return InputMediaDocument(
        part.payload["content"].encode(),
        filename=part.payload["file_name"],
        caption=part.payload["caption"],
        parse_mode=ParseMode.HTML,
    )
