"""Where the bot comes and goes: it introduces itself, notices lost rights, and goes on by itself when they return."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from telegram import Bot, Chat, ChatMember, ChatMemberUpdated, Update, User
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import BadRequest, Forbidden
from telegram.ext import ChatMemberHandler, ContextTypes, MessageHandler, filters

from bot.handlers.ask import AnyApplication, Services, keyboard_of, named, new_destination
from bot.handlers.notify.owners import Owners
from bot.handlers.settings.channels import PICKING, picking
from bot.handlers.settings.paging import SETTINGS, SETUP, Spot
from bot.i18n import Words, words_for
from bot.log import event, redact
from bot.render.button import Button, callback
from bot.render.names import one_line
from bot.telegram_api.chat_rights import may_post
from bot.telegram_api.pace import NoSlot
from bot.telegram_api.refusals import OF_THE_TOPIC, meaning
from storage import notices, subscriptions
from storage.delivery_outcomes import Lost
from storage.records import Destination

_log = logging.getLogger(__name__)

_LOOKED_AT = 100
_DAILY = timedelta(days=1)
BLOCKED = "bot was blocked by the user"
KICKED = "bot was kicked"
SILENCED = "not enough rights to send messages"
"""Why nothing is delivered when Telegram has told so of itself, in the words of its refusals."""


def register_membership(application: AnyApplication, members: Membership) -> None:
    """Add the handlers for the bot's own place in chats, and for topics that open again."""
    application.add_handler(ChatMemberHandler(members.changed, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(filters.StatusUpdate.FORUM_TOPIC_REOPENED, members.topic_reopened))


class Membership:
    """What follows from a change of the bot's place in a chat."""

    def __init__(self, services: Services, owners: Owners) -> None:
        self._services = services
        self._owners = owners
        self._looked_at: datetime | None = None
        self._looking = False

    async def changed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Added, promoted, silenced, kicked, blocked, unblocked."""
        change = update.my_chat_member
        if change is None:
            return
        chat = change.chat
        before, now = (
            may_post(chat.type, chat_member) for chat_member in (change.old_chat_member, change.new_chat_member)
        )
        event(_log, "membership", chat=chat.id, status=change.new_chat_member.status, may_post=now)
        if before and not now:
            await self._lost(chat, _reason(chat, change.new_chat_member))
        elif now and not before:
            known = await self._back(chat)
            if not known and chat.type != ChatType.PRIVATE:
                await self._introduce(context.bot, change)
        elif not now and _useless(change):
            await self._tell(
                context.bot, change.from_user, "bot-may-not-post", name=one_line(chat.title or str(chat.id))
            )

    async def topic_reopened(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A topic takes messages again."""
        message = update.effective_message
        if message is None:
            return
        async with self._services.db.read() as session:
            place = await subscriptions.destination(session, message.chat.id, message.message_thread_id or 0)
        if place is not None:
            await self._resume([place], topics=True)

    def look_again_daily(self, application: AnyApplication) -> None:
        """Once a day: what told of a right that returned may have been lost, or never been said.

        It goes on beside everything else, at the pace of bulk, for as long as Telegram takes.
        """
        now = self._services.now()
        if self._looking or (self._looked_at is not None and self._looked_at <= now < self._looked_at + _DAILY):
            return
        self._looked_at, self._looking = now, True
        application.create_task(self._look_again())

    async def _look_again(self) -> None:
        """Some of the paused places: go on where the bot may write by now."""
        try:
            async with self._services.db.read() as session:
                paused = await subscriptions.paused(session, _LOOKED_AT)
            places: dict[int, list[Destination]] = {}
            for place in paused:
                places.setdefault(place.chat_id, []).append(place)
            for in_chat in places.values():
                if await self._services.sender.may_write(in_chat[0]):
                    await self._resume(in_chat)
        except NoSlot:
            event(_log, "look_ended")
        finally:
            self._looking = False

    async def _lost(self, chat: Chat, reason: str) -> None:
        async with self._services.db.begin() as session:
            places = [place for place in await subscriptions.in_chat(session, chat.id) if place.paused is None]
            wanted = [place for place in places if await subscriptions.of(session, place.id)]
            for place in places:
                await subscriptions.pause(session, place.id, reason)
        for place in wanted[:1]:  # place message for a chat, however many of its topics are lost
            await self._owners.lost(Lost(place, reason))

    async def _back(self, chat: Chat) -> bool:
        """Go on in a chat. Whether it was known."""
        async with self._services.db.read() as session:
            places = await subscriptions.in_chat(session, chat.id)
        await self._resume(places)
        return bool(places)

    async def _resume(self, places: list[Destination], *, topics: bool = False) -> None:
        """Go on there. In a topic that was closed or is gone only if it is known to be open: `topics`."""
        now = self._services.now()
        places = [place for place in places if place.paused and (topics or meaning(place.paused) not in OF_THE_TOPIC)]
        async with self._services.db.begin() as session:
            back = [
                place
                for place in places
                if await subscriptions.resume(session, place.id, now) and await subscriptions.of(session, place.id)
            ]
        if back:
            self._services.deliverer.wake()
            await self._owners.back(back[0])

    async def _introduce(self, bot: Bot, change: ChatMemberUpdated) -> None:
        """To the person who brought the bot in: in private where that is possible, else in the group.

        Not to one who just picked the chat in /channels, where the first questions follow of themselves.
        """
        chat, user = change.chat, change.from_user
        async with self._services.db.read() as session:
            if await notices.is_raised(session, picking(user), after=self._services.now() - PICKING):
                return
        place = new_destination(chat, self._services.settings, user=user)
        async with self._services.db.begin() as session:
            place = await subscriptions.save(session, place)
        words = await self._words(user)
        buttons = [
            [
                Button(words("button-setup"), callback_data=Spot(SETUP, place).data()),
                Button(words("button-settings"), callback_data=Spot(SETTINGS, place).data()),
            ]
        ]
        if await self._tell(bot, user, "introduction", buttons, name=named(place)) or chat.type == ChatType.CHANNEL:
            return
        begin = [[Button(words("button-setup"), callback_data=callback(SETUP, "0"))]]
        text = words.html("start-in-group", name=f"@{bot.username}")
        try:
            await bot.send_message(chat.id, text, parse_mode=ParseMode.HTML, reply_markup=keyboard_of(begin))
        except (BadRequest, Forbidden) as error:
            event(_log, "not_introduced", level=logging.WARNING, chat=chat.id, reason=redact(str(error)))

    async def _tell(
        self, bot: Bot, user: User, key: str, buttons: list[list[Button]] | None = None, **values: str
    ) -> bool:
        """Write to a person in private. False where the bot may not: who never wrote to it cannot be written to."""
        if user.is_bot:
            return False
        text = (await self._words(user)).html(key, **values)
        try:
            await bot.send_message(user.id, text, parse_mode=ParseMode.HTML, reply_markup=keyboard_of(buttons or []))
        except (BadRequest, Forbidden):
            return False
        return True

    async def _words(self, user: User) -> Words:
        async with self._services.db.read() as session:
            known = await subscriptions.destination(session, user.id)
        app = user.language_code or self._services.settings.language
        return words_for(known.interface if known is not None else app)


def _reason(chat: Chat, me: ChatMember) -> str:
    if chat.type == ChatType.PRIVATE:
        return BLOCKED
    return KICKED if me.status in {ChatMemberStatus.BANNED, ChatMemberStatus.LEFT} else SILENCED


def _useless(change: ChatMemberUpdated) -> bool:
    """Whether somebody made the bot an administrator of a channel without the right to post."""
    administrator = change.new_chat_member.status == ChatMemberStatus.ADMINISTRATOR
    return administrator and change.old_chat_member.status != ChatMemberStatus.ADMINISTRATOR
