"""The order in which updates are handled: those of one chat one after the other, chats side by side.

A chat has few updates waiting: what comes on top is refused at once, so that nobody's messages, however many they are,
take the place of another chat's.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.constants import ChatType, MessageEntityType
from telegram.ext import BaseUpdateProcessor

WAITING = 5
"""Updates of one chat that wait while one of them is handled, at most."""

WAITING_OF_ONE = 2
"""Those of one person in a group, so that a talkative member leaves places to the others."""

AT_ONCE = 1_000
"""Chats whose updates are handled at the same time. One that waits for arXiv costs memory and nothing else."""

# The library takes one of its own places before it asks this queue: they must never be what is short.
_NO_LIMIT = 1_000_000

_ASKING = frozenset(
    {
        MessageEntityType.BOT_COMMAND,
        MessageEntityType.MENTION,
        MessageEntityType.TEXT_MENTION,
        MessageEntityType.URL,
        MessageEntityType.TEXT_LINK,
    }
)
_ID = re.compile(r"\d{4}\.\d{4}|/\d{7}", re.ASCII)

Key = tuple[str, int]


@dataclass(slots=True)
class _Line:
    """The updates of one chat, or of one person outside of chats."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    size: int = 0
    by_person: Counter[int] = field(default_factory=Counter)
    current: Update | None = None
    newest_inline: int = 0
    told: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """An update that is not handled, because too many of its chat wait."""

    update: Update
    current: Update | None
    """What is being handled there."""
    first: bool
    """Whether it is the first one since the chat was last at rest."""


async def _nobody_is_told(_refused: Refused) -> None:
    """For an application without words."""


class UpdateQueue(BaseUpdateProcessor):
    """The library's update processor.

    `refused` is called for each update that is not handled.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        super().__init__(_NO_LIMIT)
        self.refused: Callable[[Refused], Awaitable[None]] = _nobody_is_told
        self._places = asyncio.Semaphore(at_once)
        self._lines: dict[Key, _Line] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle one update after those of its chat that came before it, or refuse it."""
        if not isinstance(update, Update):
            await coroutine
            return
        if _is_talk(update):
            # Nobody is answered, so that nothing has to wait its turn, and what is asked for keeps its places.
            async with self._places:
                await coroutine
            return
        key, person = key_of(update), update.effective_user.id if update.effective_user is not None else 0
        line = self._lines.setdefault(key, _Line())
        if self._is_too_much(line, update, person):
            _close(coroutine)
            first, line.told = not line.told, True
            await self.refused(Refused(update, line.current, first))
            return
        if update.inline_query is not None:
            line.newest_inline = update.update_id
        line.size += 1
        line.by_person[person] += 1
        try:
            async with line.lock, self._places:
                if update.inline_query is not None and line.newest_inline != update.update_id:
                    _close(coroutine)  # the person typed on: nobody looks at this answer any more
                    return
                line.current = update
                await coroutine
        finally:
            line.size -= 1
            line.by_person[person] -= 1
            if not line.size:
                del self._lines[key]

    async def rest(self, key: Key) -> None:
        """Wait until the updates of a chat that are known by now have been handled."""
        if (line := self._lines.get(key)) is not None:
            async with line.lock:
                pass

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    @staticmethod
    def _is_too_much(line: _Line, update: Update, person: int) -> bool:
        """Whether an update is refused. What tells of the chat itself never is: it comes once, and by few hands."""
        if _tells_of_the_chat(update):
            return False
        if line.size > WAITING:
            return True
        chat = update.effective_chat
        shared = chat is not None and chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}
        return shared and line.by_person[person] > WAITING_OF_ONE


def key_of(update: Update) -> Key:
    """Whose line an update stands in."""
    if update.effective_chat is not None:
        return "chat", update.effective_chat.id
    if update.chosen_inline_result is not None:
        return "chosen", update.update_id  # its translation takes its time, and the person types on
    # A private chat has its person's number; what is typed elsewhere need not wait for an answer there.
    return "person", update.effective_user.id if update.effective_user is not None else 0


def _is_talk(update: Update) -> bool:
    """Whether people of a group talk among themselves: no command, name, address, id, file or reply to a bot."""
    message = update.message
    if message is None or message.chat.type not in {ChatType.GROUP, ChatType.SUPERGROUP}:
        return False
    text = message.text or message.caption or ""
    marked = any(entity.type in _ASKING for entity in (*message.entities, *message.caption_entities))
    replied = message.reply_to_message
    to_a_bot = replied is not None and replied.from_user is not None and replied.from_user.is_bot
    return bool(text) and not (marked or to_a_bot or _ID.search(text) or message.document)


def _tells_of_the_chat(update: Update) -> bool:
    """Rights of the bot, a group's new number, a chat that was picked from a list."""
    message = update.effective_message
    if update.callback_query is not None or message is None:
        return update.my_chat_member is not None
    return message.migrate_to_chat_id is not None or message.chat_shared is not None


def _close(coroutine: Awaitable[Any]) -> None:
    """Nobody will wait for it; without this Python would complain."""
    if inspect.iscoroutine(coroutine):
        coroutine.close()
