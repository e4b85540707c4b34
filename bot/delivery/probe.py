"""Looks whether a message arrived that nobody answered for: a bot cannot read a chat, but it can forward from it.

The messages after the last one that is known are forwarded, silently and one after the other, to the operations chat,
compared there with what was sent, and the forward deleted again. That a chat ends where an id has no message is asked
for several ids in one request, which tells how many there are and not what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.delivery.sender import Sender
from bot.log import redact
from bot.render.message import plain, shown
from bot.telegram_api.outcomes import outcome_of
from storage import unknown_deliveries
from storage.database import Database
from storage.records import ChatKind, Delivery, Now, Part, PartKind, RetryAt

MOST = 40
"""How many messages are looked at before it is given up: more than a chat gets in the seconds between."""

GAP = 8
"""So many ids in a row without a message mean that the chat ends. Service and deleted messages leave gaps, too."""

YOUNG = 12
"""How many messages from the first on are looked at in a chat of which no message is known: a new one has few."""

_FROM_ONE = (ChatKind.CHANNEL, ChatKind.SUPERGROUP)
_AGAIN = timedelta(minutes=1)
_NONE_THERE = "there are no messages to forward"
# Nothing is known of the others then: a channel's deleted message fails the request, although others were forwarded
# (https://github.com/tdlib/telegram-bot-api/issues/714).
_NOT_THERE = ("message to forward not found", "message_id_invalid", "message can't be forwarded: service")
_NOTHING_KNOWN = "no earlier message there is known to look after"
_BLANKS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Found:
    """It arrived, as this message."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Absent:
    """It did not arrive."""


@dataclass(frozen=True, slots=True)
class CannotProbe:
    """A person has to look, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class LookLater:
    """Not now: Telegram is out of reach or wants less."""

    at: datetime


Probed = Found | Absent | CannotProbe | LookLater


class Probe:
    """Looks for messages. Without an operations chat it cannot."""

    def __init__(self, *, db: Database, sender: Sender, operations_chat: int | None, now: Now) -> None:
        self._db = db
        self._sender = sender
        self._operations_chat = operations_chat
        self._now = now

    async def look(self, delivery: Delivery) -> Probed:
        """Whether this row's message is in its chat. Never raises for what Telegram does."""
        if self._operations_chat is None:
            return CannotProbe("there is no operations chat to look with")
        if delivery.part is None:
            return CannotProbe("the digest no longer has this part")
        chat_id = delivery.destination.chat_id
        async with self._db.read() as session:
            last = await unknown_deliveries.last_message(session, delivery.destination.id)
            taken = await unknown_deliveries.message_ids(session, chat_id, after=last or 0)
        if last is None and delivery.destination.kind not in _FROM_ONE:
            return CannotProbe(_NOTHING_KNOWN)
        to = YOUNG if last is None else last + MOST
        try:
            looked = await self._search(
                self._operations_chat, delivery.part, chat_id, range((last or 0) + 1, to + 1), taken
            )
        except TelegramError as error:
            return self._refused(error)
        # Where the chat ends is known only from a message on: an old one may have lost its first ones.
        return looked if last is not None or isinstance(looked, Found) else CannotProbe(_NOTHING_KNOWN)

    async def _search(self, operations: int, part: Part, chat_id: int, among: range, taken: set[int]) -> Probed:
        missing = 0
        for message_id in among:
            if message_id in taken:
                missing = 0
                continue
            forward = await self._forward(operations, chat_id, message_id)
            missing = missing + 1 if forward is None else 0
            if forward is not None and _same(forward, part):
                return Found(message_id)
            if missing == GAP or (missing == 1 and await self._ends(operations, chat_id, message_id, taken)):
                return Absent()
        return CannotProbe(f"more than {MOST} messages came after the last one that is known")

    async def _ends(self, operations: int, chat_id: int, missing: int, taken: set[int]) -> bool:
        """Whether it is known, by one request, that no message follows this id, which has none, within the gap."""
        following = range(missing + 1, missing + GAP)
        if not taken.isdisjoint(following):
            return False
        try:
            forwards: Sequence[Mapping[str, Any]] = await self._sender.call(
                "forwardMessages",
                operations,
                from_chat_id=chat_id,
                message_ids=list(following),
                disable_notification=True,
            )
        except BadRequest as error:
            return _NONE_THERE in str(error).lower()
        if forwards:
            ids = [forward["message_id"] for forward in forwards]
            with suppress(BadRequest):
                await self._sender.call("deleteMessages", operations, message_ids=ids)
        return not forwards

    async def _forward(self, operations: int, chat_id: int, message_id: int) -> Mapping[str, Any] | None:
        try:
            forward: Mapping[str, Any] = await self._sender.call(
                "forwardMessage",
                operations,
                from_chat_id=chat_id,
                message_id=message_id,
                disable_notification=True,
            )
        except BadRequest as error:
            if any(known in str(error).lower() for known in _NOT_THERE):
                return None
            raise
        with suppress(BadRequest):  # what matters is what it showed
            await self._sender.call("deleteMessage", operations, message_id=forward["message_id"])
        return forward

    def _refused(self, error: TelegramError) -> Probed:
        outcome = outcome_of(error, self._now(), repeatable=True)
        if isinstance(outcome, RetryAt):
            return LookLater(max(outcome.at, self._now() + _AGAIN))
        if isinstance(error, Forbidden | ChatMigrated | BadRequest):
            return CannotProbe(redact(str(error)))
        return LookLater(self._now() + _AGAIN)


def _same(message: Mapping[str, Any], part: Part) -> bool:
    """Whether a message shows this part, in whichever layout it went out."""
    if part.kind is PartKind.DOCUMENT:
        document = message.get("document")
        return isinstance(document, Mapping) and document.get("file_name") == part.payload["file_name"]
    text: str = part.payload["text"]
    wanted = {_essence(shown(text)), _essence(plain(text))}
    if part.kind is PartKind.RICH:
        wanted.add(_essence(shown(part.payload["rich"]["html"])))
    return _essence(str(message.get("text", ""))) in wanted or _essence(_rich_text(message)) in wanted


def _essence(text: str) -> str:
    """Letters and digits alone: Telegram trims and joins what stands between them."""
    return _BLANKS.sub("", text)


def _rich_text(message: Mapping[str, Any]) -> str:
    return "".join(_texts(message.get("rich_message")))


def _texts(value: Any) -> Iterator[str]:
    """The texts of a rich message, in reading order, wherever they stand in its blocks."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in {"text", "html"} or not isinstance(inner, str):
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
