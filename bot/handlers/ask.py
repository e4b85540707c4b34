"""What a handler is given: one message from one chat, with the services, the words and the destination it is about."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from telegram import Bot, Chat, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message, User
from telegram.constants import ChatType, ParseMode

from bot.config import Settings
from bot.daily import Daily
from bot.deliver import Deliverer
from bot.gather import Gather
from bot.i18n import Words, words_for
from bot.lookup import Lookup
from bot.regenerate import Regenerate
from bot.render.card import Button
from bot.sender import Sender
from storage.database import Database
from storage.records import ChatKind, Destination, Now

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Refusal(Exception):
    """What was asked cannot be done; worded from the catalogue, which also shows the right form."""

    def __init__(self, key: str, /, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers work with; made by the composition root."""

    settings: Settings
    db: Database
    lookup: Lookup
    gather: Gather
    daily: Daily
    regenerate: Regenerate
    deliverer: Deliverer
    sender: Sender
    now: Now


@dataclass(frozen=True, slots=True)
class Ask:
    """One message and where it came from."""

    services: Services
    bot: Bot
    message: Message
    chat: Chat
    user: User | None
    here: Destination
    """The chat or topic of the message, as stored, or with the defaults when it is not (its `id` is 0 then)."""
    words: Words
    args: Sequence[str] = field(default_factory=tuple)

    @property
    def private(self) -> bool:
        """Whether this is a conversation with one person."""
        return self.chat.type == ChatType.PRIVATE

    @property
    def is_bot_administrator(self) -> bool:
        """Whether the person is one of ADMIN_IDS."""
        return self.user is not None and self.user.id in self.services.settings.admin_ids

    async def reply(self, text: str, buttons: Sequence[Sequence[Button]] = ()) -> Message:
        """Answer with Telegram HTML: in its topic, and in groups as a reply to the question."""
        return await self.message.reply_text(
            text,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=keyboard_of(buttons),
            do_quote=self.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP},
            allow_sending_without_reply=True,
        )

    async def say(self, key: str, /, **values: Any) -> Message:
        """Answer with a message of the catalogue."""
        return await self.reply(self.words.html(key, **values))

    def with_args(self, *args: str) -> Ask:
        """The same ask with other arguments."""
        return replace(self, args=args)


def keyboard_of(buttons: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """Rows of buttons as Telegram takes them."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(one.text, url=one.url, callback_data=one.callback_data) for one in row]
            for row in buttons
        ]
    )


def new_destination(chat: Chat, settings: Settings, *, thread_id: int = 0, user: User | None = None) -> Destination:
    """A destination with the settings' defaults; the interface follows the person's app."""
    interface = words_for((user.language_code if user else None) or settings.language).language
    return Destination(
        chat_id=chat.id,
        kind=ChatKind(chat.type),
        language=settings.language,
        interface=interface,
        timezone=settings.timezone,
        thread_id=thread_id,
        title=chat.title or chat.full_name or "",
        username=chat.username,
        owner_id=user.id if user else None,
        # Whoever makes the bot an administrator of a channel wants its links answered; a group has to ask for it.
        answer_links=chat.type == ChatType.CHANNEL,
    )


def named(destination: Destination) -> str:
    """How a destination is called in an answer: `@name` or its title (text, not HTML)."""
    return f"@{destination.username}" if destination.username else destination.title or str(destination.chat_id)


def code(text: str) -> str:
    """Text in Telegram's monospace, to be copied by a tap."""
    return f"<code>{html.escape(text, quote=False)}</code>"
