"""What a handler is given: one message from one chat, with the services, the words and the destination it is about."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    User,
)
from telegram.constants import CallbackQueryLimit, ChatType, ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application

from bot.announcements.fetch import AnnouncementFetcher
from bot.config import Settings
from bot.corrections.page_translation import PageTranslation
from bot.corrections.posted import PostedMessages
from bot.corrections.posted_cards import PostedCards
from bot.corrections.regenerate import Regenerate
from bot.delivery.deliver import Deliverer
from bot.delivery.sender import Sender
from bot.digests.daily import Daily
from bot.digests.destination_settings import DestinationSettings
from bot.digests.digest_pages import DigestPages
from bot.digests.rendering import DigestRenderer
from bot.handlers.recent import Recent
from bot.handlers.usage_limits import UsageLimits
from bot.i18n import Words, words_for
from bot.lookup import Lookup
from bot.render.button import Button
from bot.render.message import plain
from bot.render.names import one_line, shorten
from bot.telegram_api.refusals import says_unchanged
from storage.database import Database
from storage.records import ChatKind, Destination, Now

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_LONGEST_TITLE = 60


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
    fetcher: AnnouncementFetcher
    renderer: DigestRenderer
    daily: Daily
    destination_settings: DestinationSettings
    pages: DigestPages
    regenerate: Regenerate
    deliverer: Deliverer
    sender: Sender
    now: Now
    recent: Recent
    posted: PostedMessages
    cards: PostedCards
    page_translation: PageTranslation
    limits: UsageLimits


class Press:
    """A pressed button, which shows that it waits until it is answered; it can be answered once."""

    def __init__(self, query: CallbackQuery) -> None:
        self._query = query
        self._answered = False

    async def answer(self, html: str = "", *, alert: bool = False) -> bool:
        """Stop the waiting and show a text, if any, above the chat. False, and nothing is shown, the second time."""
        text = shorten(plain(html), CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
        return await self._answer(text=text, show_alert=alert)

    async def open(self, link: str) -> bool:
        """Stop the waiting and open a deep link to the bot in the app of whoever pressed; False the second time.

        Telegram lets a press open nothing else (https://core.telegram.org/bots/api#answercallbackquery).
        """
        return await self._answer(url=link)

    async def _answer(self, **how: Any) -> bool:
        if self._answered:
            return False
        self._answered = True
        try:
            await self._query.answer(**how)
        except TelegramError:
            # Pressed before a downtime, so that Telegram no longer takes an answer; or it is busy. What the press does
            # is done in any case.
            return False
        return True


@dataclass(frozen=True, slots=True)
class Ask:
    """One message and where it came from, or one press of a button under a message of the bot."""

    services: Services
    bot: Bot
    message: Message
    chat: Chat
    user: User | None
    here: Destination
    """The chat or topic of the message, as stored, or with the defaults when it is not (its `id` is 0 then)."""
    words: Words
    args: Sequence[str] = field(default_factory=tuple)
    press: Press | None = None
    """The button that was pressed under `message`; `user` is who pressed it."""

    @property
    def private(self) -> bool:
        """Whether this is a conversation with one person."""
        return self.chat.type == ChatType.PRIVATE

    @property
    def is_bot_administrator(self) -> bool:
        """Whether the person is one of ADMIN_IDS."""
        return self.user is not None and self.user.id in self.services.settings.admin_ids

    @property
    def _quotes(self) -> bool:
        return self.press is None and self.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}

    async def reply(self, text: str, buttons: Sequence[Sequence[Button]] = ()) -> Message:
        """Answer with Telegram HTML: in its topic, and in groups as a reply to the question."""
        return await self.message.reply_text(
            text,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=keyboard_of(buttons),
            do_quote=self._quotes,
            allow_sending_without_reply=True,
        )

    async def show(self, text: str, buttons: Sequence[Sequence[Button]] = ()) -> Message:
        """Answer a button by changing its message in place, and anything else with a new one; that message."""
        if self.press is None:
            return await self.reply(text, buttons)
        try:
            await self.message.edit_text(
                text,
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=keyboard_of(buttons),
            )
        except BadRequest as error:
            if not says_unchanged(error):  # pressed twice, and it stands there already
                raise
        return self.message

    async def send_file(self, name: str, content: str, caption: str = "") -> None:
        """Answer with a document; `caption` is HTML."""
        await self.message.reply_document(
            InputFile(content.encode(), filename=name),
            caption=caption,
            parse_mode=ParseMode.HTML,
            do_quote=self._quotes,
            allow_sending_without_reply=True,
        )

    async def refuse(self, html: str) -> None:
        """Say why something is not done: above the chat for a button that still waits, else with a message."""
        if self.press is None or not await self.press.answer(html, alert=True):
            await self.reply(html)

    async def notice(self, html: str) -> None:
        """Tell whoever pressed a button, above the chat; where that is too late, by a message if nobody reads along."""
        if self.press is not None and not await self.press.answer(html) and self.private:
            await self.reply(html)

    async def say(self, key: str, /, **values: Any) -> Message:
        """Answer with a message of the catalogue."""
        return await self.reply(self.words.html(key, **values))

    def with_args(self, *args: str) -> Ask:
        """This ask with other arguments."""
        return replace(self, args=args)


AnyApplication = Application[Any, Any, Any, Any, Any, Any]

Handler = Callable[[Ask], Awaitable[None]]
"""Does what a command or a button asks for; raises Refusal for what it will not do."""


def keyboard_of(buttons: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """Rows of buttons as Telegram takes them."""
    buttons = [row for row in buttons if row]
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.text, url=button.url, callback_data=button.callback_data) for button in row]
            for row in buttons
        ]
    )


def new_destination(
    chat: Chat, settings: Settings, *, thread_id: int = 0, topic: str = "", user: User | None = None
) -> Destination:
    """A destination with the settings' defaults; the interface follows the person's app. `topic`: the topic's name."""
    title = chat.title or chat.full_name or ""
    interface = words_for((user.language_code if user else None) or settings.language).language
    return Destination(
        chat_id=chat.id,
        kind=ChatKind(chat.type),
        language=settings.language,
        interface=interface,
        timezone=settings.timezone,
        thread_id=thread_id,
        title=f"{title} › {topic}" if topic else title,
        username=chat.username,
        # An anonymous administrator writes as a bot of Telegram's, which nobody can be reached through.
        owner_id=user.id if user and not user.is_bot else None,
        # Whoever makes the bot an administrator of a channel wants its links answered; a group has to ask for it.
        answer_links=chat.type == ChatType.CHANNEL,
    )


def named(destination: Destination) -> str:
    """How a destination is called in an answer: `@name` or its title (text, not HTML)."""
    title = shorten(one_line(destination.title), _LONGEST_TITLE)
    return f"@{destination.username}" if destination.username else title or str(destination.chat_id)


def private_link(ask: Ask, payload: str) -> str:
    """The address that opens the private chat with the bot and sends `/start payload` there."""
    return f"https://t.me/{ask.bot.username}?start={payload}"


def code(text: str) -> str:
    """Text in Telegram's monospace, to be copied by a tap."""
    return f"<code>{html.escape(text, quote=False)}</code>"
