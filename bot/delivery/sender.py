"""The only file that sends deliveries: a part of a digest becomes a request, and what Telegram says an outcome.

The part of a request that is the same for every chat is made once; a file is uploaded once and then named by its id.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
from telegram import ChatMember
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.delivery.encode import deleted_message, edited_message, encoded, new_file, new_message, replaced_file, text_of
from bot.delivery.permits import Permit
from bot.delivery.simpler import classic, simpler
from bot.log import event, redact
from bot.telegram_api.chat_rights import by_the_group, may_post
from bot.telegram_api.lean_http import NotBegunError
from bot.telegram_api.outcomes import outcome_of, seconds_of, unanswered
from bot.telegram_api.pace import NoSlot, Pace
from bot.telegram_api.refusals import GONE, Refusal, refusal_of, says_unchanged
from bot.telegram_api.request import AiohttpRequest
from storage.records import (
    ChatKind,
    Delivery,
    Destination,
    Layout,
    LeftOut,
    Now,
    Outcome,
    Part,
    PartKind,
    Refused,
    RetryAt,
    Sent,
)

_log = logging.getLogger(__name__)

# A row that waits longer than this for its chat's slot goes back, so that a stop never finds it half sent.
_PATIENCE = 2.0
# Committing that a row is sent takes a few milliseconds, and not always as many: each request leaves so long after its
# slot, so that they leave as evenly as the slots were given.
_LEAD = 0.02
# When it took longer than this, many had their slot meanwhile and would leave at once: they take another one.
_LATE = 0.1
_NOT_BEGUN = "it was not begun"
REFUSED_AGAIN = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=1),
    timedelta(days=1),
)
"""After how long a message is tried again that was refused although nothing is wrong with it or its place."""

_NOTHING_TO_DELETE = ("message to delete not found", "message can't be deleted")
_WRONG_FILE = ("wrong file", "file_reference", "wrong remote file")
_REMEMBERED = 256
_ATTEMPTS = 4


async def _begun(_delivery: Delivery) -> Permit | None:
    """For rows that nobody else can take."""
    return lambda: True


class Sender:
    """Sends, edits and deletes parts of digests, at Telegram's pace."""

    def __init__(self, *, request: AiohttpRequest, address: str, pace: Pace, now: Now, paid: bool = False) -> None:
        """`address` is the bot's: …/bot<token>. `paid`: broadcasts beyond 30 messages a second are paid for."""
        self._request = request
        self._address = address
        self._bot_id = int(address.rpartition("/bot")[2].partition(":")[0])
        self._pace = pace
        self._now = now
        self._paid = paid
        self._texts: dict[tuple[str, PartKind, str], bytes] = {}
        self._files: dict[str, str] = {}

    async def send(
        self, delivery: Delivery, *, begin: Callable[[Delivery], Awaitable[Permit | None]] = _begun
    ) -> Outcome:
        """Carry out one delivery row. Never raises for what Telegram, the network or the row itself does.

        `begin` is asked when its slot has come, and the permit that it returns right before the request.
        """
        place, part = delivery.destination, delivery.part
        if part is not None and part.kind is PartKind.RICH and place.layout is not Layout.RICH:
            part = classic(part)
        no_rich = False
        permit: Permit | None = None
        while True:
            permitted = await self._permitted(delivery, begin, permit)
            if isinstance(permitted, RetryAt):
                return permitted
            permit = permitted
            try:
                message_id = await self._carry_out(place, part, delivery.message_id, permit=permit)
                self._heard(place.chat_id, None)
                await self._send_rest(delivery, part)
                return Sent(message_id, no_rich=no_rich)
            except NotBegunError:
                return RetryAt(self._now(), _NOT_BEGUN)
            except TelegramError as error:
                self._heard(place.chat_id, error)
                fallback = simpler(part, error)
                if fallback is None or part is None:
                    return await self._refused(error, delivery, part) or self._failed(error, delivery)
                self._note(error, delivery, "simpler")
                no_rich, part = no_rich or part.kind is PartKind.RICH, fallback
            except Exception as error:  # noqa: BLE001 - made wrongly: no request was begun, and the next row is another one
                _log.exception("cannot_send delivery=%s", delivery.id)
                return Refused(f"cannot be sent: {type(error).__name__}")

    async def _permitted(
        self, delivery: Delivery, begin: Callable[[Delivery], Awaitable[Permit | None]], permit: Permit | None
    ) -> Permit | RetryAt:
        """Wait for the row's slot, and have it begun unless it is; or when it is to be tried again."""
        place, time = delivery.destination, asyncio.get_running_loop().time
        while True:
            away = await self._pace.slot(place.chat_id, group=_many(place), patience=_PATIENCE)
            if away:
                return RetryAt(self._now() + timedelta(seconds=away), "its slot comes later")
            granted, asked = self._pace.moment(), time()
            if permit is None or not permit():
                permit = await begin(delivery)
                if permit is None:
                    return RetryAt(self._now(), _NOT_BEGUN)
                if self._pace.interval and time() - asked > _LATE:
                    continue
            if self._pace.interval:
                await self._pace.sleep(max(0.0, granted + _LEAD - self._pace.moment()))
            return permit

    async def _send_rest(self, delivery: Delivery, part: Part | None) -> None:
        """The second half of a new message that was too long as a whole. It has no row: a correction leaves it."""
        rest = part.payload.get("rest") if part is not None and delivery.message_id is None else None
        if not rest or part is None:
            return
        place = delivery.destination
        second = replace(part, kind=PartKind.MESSAGE, payload={"text": rest, "variant": "rest"})
        try:
            await self._pace.slot(place.chat_id, group=_many(place))
            await self._carry_out(place, second, None)
        except TelegramError as error:
            self._note(error, delivery, "half")

    async def post(self, destination: Destination, part: Part) -> int:
        """Send a part as an answer, outside the delivery rows; TelegramError is the caller's to handle."""
        if part.kind is PartKind.RICH and destination.layout is not Layout.RICH:
            part = classic(part)
        while True:
            await self._pace.slot(destination.chat_id, group=_many(destination), urgent=True)
            try:
                return await self._carry_out(destination, part, None, paid=False)
            except TelegramError as error:
                if (fallback := simpler(part, error)) is None:
                    raise
                part = fallback

    async def change(self, place: Destination, message_id: int, part: Part, *, urgent: bool = True) -> Part:
        """Edit a message of the bot's to a part. Returns what stands there then.

        `urgent`: somebody waits for it, as after a press. Where the part's layout is refused what stands there is a
        simpler one. TelegramError is the caller's to handle.
        """
        attempt = 0
        while True:
            await self._pace.slot(place.chat_id, group=_many(place), urgent=urgent, message=False)
            attempt += 1
            try:
                await self._carry_out(place, part, message_id)
            except RetryAfter as error:
                self._pace.limited(place.chat_id, seconds_of(error))
                if attempt >= _ATTEMPTS:
                    raise
            except TelegramError as error:
                if (fallback := simpler(part, error)) is None:
                    raise
                part = fallback
            else:
                return part

    async def call(self, method: str, chat_id: int, **params: Any) -> Any:
        """Anything else about a delivered message, at the bulk's pace; TelegramError is the caller's to handle.

        What was sent by way of inline mode is named by its `inline_message_id` alone.
        """
        await self._pace.slot(chat_id, group=chat_id < 0, message=method.startswith(("send", "forward")))
        try:
            body = encoded(params if "inline_message_id" in params else {"chat_id": chat_id, **params})
            return await self._request.call(f"{self._address}/{method}", body, whole=True)
        except RetryAfter as error:
            self._pace.limited(chat_id, seconds_of(error))
            raise

    async def _carry_out(
        self,
        place: Destination,
        part: Part | None,
        message_id: int | None,
        *,
        paid: bool = True,
        permit: Permit | None = None,
    ) -> int:
        if message_id is None:
            if part is None:
                raise BadRequest("nothing to send")
            return await self._send(place, part, paid=paid and self._paid, permit=permit)
        try:
            if part is None:
                await self._call(*deleted_message(place.chat_id, message_id), permit)
            elif part.kind is PartKind.DOCUMENT:
                await self._replace_file(place.chat_id, message_id, part, permit)
            else:
                await self._call(*edited_message(place.chat_id, message_id, self._text(part)), permit)
        except BadRequest as error:
            text = str(error).lower()
            if not says_unchanged(error) and not (part is None and any(known in text for known in _NOTHING_TO_DELETE)):
                raise
        return message_id

    async def _send(self, place: Destination, part: Part, *, paid: bool, permit: Permit | None) -> int:
        if part.kind is PartKind.DOCUMENT:
            return await self._send_file(place, part, paid=paid, permit=permit)
        method, body = new_message(place, part, self._text(part), paid=paid)
        return _message_id(await self._call(method, body, permit))

    async def _send_file(self, place: Destination, part: Part, *, paid: bool, permit: Permit | None) -> int:
        fields = new_file(place, part, paid=paid)
        if known := self._files.get(part.content_hash):
            try:
                return _message_id(await self._call("sendDocument", encoded({**fields, "document": known}), permit))
            except BadRequest as error:
                if not any(wrong in str(error).lower() for wrong in _WRONG_FILE):
                    raise
                del self._files[part.content_hash]
        message = await self._call("sendDocument", _form(fields, "document", part), permit)
        self._remember_file(part, message)
        return _message_id(message)

    async def _replace_file(self, chat_id: int, message_id: int, part: Part, permit: Permit | None) -> None:
        fields = replaced_file(chat_id, message_id, part)
        self._remember_file(part, await self._call("editMessageMedia", _form(fields, "file", part), permit))

    def _remember_file(self, part: Part, message: Any) -> None:
        file_id = message.get("document", {}).get("file_id") if isinstance(message, dict) else None
        if file_id:
            if len(self._files) >= _REMEMBERED:
                self._files.clear()
            self._files[part.content_hash] = file_id

    async def _call(self, method: str, body: bytes | aiohttp.FormData, permit: Permit | None) -> Any:
        return await self._request.call(f"{self._address}/{method}", body, still=permit)

    def _text(self, part: Part) -> bytes:
        """What `text_of` makes of a part, made once."""
        key = part.content_hash, part.kind, str(part.payload.get("variant", ""))
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= _REMEMBERED:
                self._texts.clear()
            text = self._texts[key] = text_of(part)
        return text

    async def _refused(self, error: TelegramError, delivery: Delivery, part: Part | None) -> Outcome | None:
        """What becomes of a new message that is refused for no reason of its own; None where the error tells.

        A file where no files are allowed is left out. What is said of rights is looked into, and what nobody knows the
        meaning of may pass: such a message waits, and is tried more and more rarely.
        """
        place, refusal, reason = delivery.destination, refusal_of(error), redact(str(error))
        if delivery.message_id is not None:
            return None
        if refusal is Refusal.MEDIA and part is not None and part.kind is PartKind.DOCUMENT:
            self._note(error, delivery, LeftOut.__name__)
            return LeftOut(reason)
        passing = refusal is Refusal.OTHER or (
            (refusal in {Refusal.RIGHTS, Refusal.MEDIA} or (refusal in GONE and not isinstance(error, Forbidden)))
            and _many(place)
            and await self._seems_allowed(place)
        )
        if not passing:
            return None
        if delivery.refusals >= len(REFUSED_AGAIN):
            return Refused(reason, keep=True) if refusal is Refusal.OTHER else None
        self._note(error, delivery, "refused")
        return RetryAt(self._now() + REFUSED_AGAIN[delivery.refusals], reason, refused=True)

    async def _seems_allowed(self, place: Destination) -> bool:
        """Whether nothing says that the bot may not write there, also because it stops before it could ask."""
        try:
            return await self.may_write(place) is not False
        except NoSlot:
            return True

    async def may_write(self, place: Destination) -> bool | None:
        """Whether the bot has the right to write in a group or channel, by what Telegram says of its place there.

        None where that is not told. Raises NoTurn where the bot stops before it is asked.
        """
        try:
            me = ChatMember.de_json(await self.call("getChatMember", place.chat_id, user_id=self._bot_id))
            members_write = True
            if by_the_group(place.kind, me):
                permissions = (await self.call("getChat", place.chat_id)).get("permissions") or {}
                members_write = bool(permissions.get("can_send_messages", True))
        except NoSlot:
            raise
        except TelegramError as error:
            return False if refusal_of(error) in GONE else None
        return may_post(place.kind, me, members_write=members_write)

    def _failed(self, error: TelegramError, delivery: Delivery) -> Outcome:
        place = delivery.destination
        outcome = outcome_of(error, self._now(), repeatable=delivery.message_id is not None)
        match outcome:
            case RetryAt(at, whole_bot=True):
                self._pace.hold((at - self._now()).total_seconds())
            case RetryAt() if isinstance(error, RetryAfter):
                whole_bot = self._pace.limited(place.chat_id, seconds_of(error))
                outcome = replace(outcome, whole_bot=whole_bot)
        self._note(error, delivery, type(outcome).__name__)
        return outcome

    def _heard(self, chat_id: int, error: TelegramError | None) -> None:
        """Keep in mind whether Telegram answers at all."""
        if error is not None and unanswered(error):
            if self._pace.outage.failed(chat_id):
                event(_log, "telegram_out_of_reach", level=logging.ERROR, reason=redact(str(error)))
        elif self._pace.outage.answered():
            event(_log, "telegram_answers")

    def _note(self, error: TelegramError, delivery: Delivery, outcome: str) -> None:
        event(
            _log,
            "not_sent",
            level=logging.WARNING,
            delivery=delivery.id,
            chat=delivery.destination.chat_id,
            outcome=outcome,
            reason=redact(str(error)),
        )


def _many(place: Destination) -> bool:
    return place.kind is not ChatKind.PRIVATE


def _message_id(message: Any) -> int:
    if isinstance(message, dict) and isinstance(message.get("message_id"), int):
        return int(message["message_id"])
    # Accepted, as far as can be told, but without its number: nobody knows.
    raise NetworkError("the answer names no message")


def _form(fields: Mapping[str, Any], name: str, part: Part) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for key, value in fields.items():
        if value is not None:
            form.add_field(key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    content: str = part.payload["content"]
    form.add_field(name, content.encode(), filename=part.payload["file_name"], content_type="text/markdown")
    return form
