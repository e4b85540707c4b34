"""One message to the person who set up a destination: when nothing can be delivered there, and when it goes on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.handlers.ask import keyboard_of, named
from bot.i18n import words_for
from bot.log import event, redact
from bot.render.button import Button, callback
from bot.telegram_api.refusals import Refusal, meaning
from storage import leaders, subscriptions
from storage.database import Database
from storage.delivery_outcomes import Lost
from storage.records import ChatKind, Destination

_log = logging.getLogger(__name__)

TOPIC = "topic"
"""`topic:DESTINATION:way`: how to go on when a topic is gone, see `bot/handlers/settings/topics.py`."""

TOPIC_GONE = "lost-topic"
_WAYS = ("main", "new")

_WHAT_TO_DO = {
    Refusal.TOPIC_CLOSED: "reopen-topic",
    Refusal.NO_TOPIC: TOPIC_GONE,
    Refusal.REMOVED: "add-again",
    Refusal.NO_CHAT: "chat-is-gone",
}
"""What a refusal is about → the message that says what to do, where it is not to allow posting."""


class Owners:
    """Writes to owners in private, in the language that they speak with the bot."""

    def __init__(self, *, bot: Bot, db: Database) -> None:
        self._bot = bot
        self._db = db

    async def lost(self, lost: Lost) -> None:
        """Say that digests are paused, why, and what to do. Who cannot be reached is only logged."""
        place = lost.destination
        if not lost.paused:
            event(_log, "files_left_out", level=logging.WARNING, chat=place.chat_id, reason=lost.reason)
            await self._write(place, place.owner_id, "files-left-out", reason=lost.reason)
            return
        event(_log, "paused", level=logging.WARNING, chat=place.chat_id, reason=lost.reason)
        then = what_to_do(lost.reason)
        if then != TOPIC_GONE:
            await self._write(place, place.owner_id, "destination-lost", reason=lost.reason, then=then)
            return
        # That one never comes back by itself; where nobody can be asked in private, the group itself still hears.
        for whom in (place.owner_id, place.chat_id):
            if await self._write(place, whom, "destination-lost", reason=lost.reason, then="topic-choose", ways=_WAYS):
                return

    async def back(self, place: Destination) -> None:
        """Say that digests go on."""
        event(_log, "resumed", chat=place.chat_id)
        await self._write(place, place.owner_id, "destination-back")

    async def _write(
        self,
        place: Destination,
        whom: int | None,
        key: str,
        *,
        then: str = "",
        ways: Sequence[str] = (),
        **values: Any,
    ) -> bool:
        """Tell a person or a group, with a button for each way to go on. Whether they were told."""
        if whom is None or place.kind is ChatKind.PRIVATE:
            return False
        if whom != place.chat_id and not await self._leads(whom, place.chat_id):
            event(_log, "owner_leads_no_more", chat=place.chat_id)
            return False
        async with self._db.read() as session:
            there = await subscriptions.destination(session, whom)
        words = words_for(there.interface if there is not None else place.interface)
        text = words.html(key, name=named(place), **values)
        buttons = [
            [Button(words(f"button-topic-{way}"), callback_data=callback(TOPIC, str(place.id), way))] for way in ways
        ]
        try:
            await self._bot.send_message(
                whom, f"{text}\n{words(then)}" if then else text, parse_mode="HTML", reply_markup=keyboard_of(buttons)
            )
        except TelegramError as error:
            event(_log, "owner_not_told", level=logging.WARNING, chat=place.chat_id, reason=redact(str(error)))
            return False
        return True

    async def _leads(self, user_id: int, chat_id: int) -> bool:
        """Whether somebody leads a chat now, or was last seen to where Telegram does not tell a bot that is outside.

        Whoever set a place up may have left it since, and is to hear nothing more of it.
        """
        try:
            status = (await self._bot.get_chat_member(chat_id, user_id)).status
        except (BadRequest, Forbidden):
            async with self._db.read() as session:
                return await leaders.knows(session, user_id, chat_id)
        except TelegramError as error:
            event(_log, "leader_not_asked", level=logging.WARNING, chat=chat_id, reason=redact(str(error)))
            return False
        if status in {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}:
            return True
        async with self._db.begin() as session:
            await leaders.forget(session, user_id, chat_id)
        return False


def what_to_do(reason: str) -> str:
    """The key of the message that says what helps when Telegram gives that reason."""
    return _WHAT_TO_DO.get(meaning(reason), "allow-posting")
