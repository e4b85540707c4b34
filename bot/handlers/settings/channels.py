"""/channels: a person's channels, groups and topics, managed from the private chat; another is picked from a list."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from telegram import (
    ChatAdministratorRights,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    User,
)
from telegram.constants import ParseMode

from bot.handlers.ask import Ask, Refusal, named, private_link
from bot.handlers.rights import leads, led, shared_chat
from bot.handlers.settings.paging import CHANNELS, SETTINGS, SETUP, Spot, rows
from bot.handlers.settings.setting_commands import show
from bot.render.button import Button, callback
from bot.render.names import one_line, shorten
from storage import leaders, notices, subscriptions
from storage.records import ChatKind, Destination, Subscription

PICKING = timedelta(minutes=10)
"""How long somebody who asked for the list of chats may take to pick one."""

_MOST = 40
_LONGEST = 60
_CHANNEL, _GROUP = 1, 2
_ADD = "add"
_RIGHTS = {"can_manage_chat": True, "can_post_messages": True, "can_edit_messages": True}
"""What the bot needs in a channel: to post, and to pin."""


async def channels(ask: Ask) -> None:
    """`/channels`: the channels, groups and topics that the person set up or leads, each a button to its settings."""
    if not ask.private or ask.user is None:
        link = Button(ask.words("button-channels"), url=private_link(ask, CHANNELS))
        await ask.reply(ask.words("channels-in-private"), [[link]])
        return
    async with ask.services.db.read() as session:
        owned = [place for place in await subscriptions.owned(session, ask.user.id) if place.chat_id != ask.chat.id]
    listed = {place.id: place for place in [*await led(ask, owned), *await _seen_to_lead(ask, ask.user)]}
    async with ask.services.db.read() as session:
        places = [(place, await subscriptions.of(session, place.id)) for place in listed.values()]
    doors = [
        Button(_label(place, wishes), callback_data=Spot(SETTINGS, place).data()) for place, wishes in places[-_MOST:]
    ]
    add = Button(ask.words("button-add"), callback_data=callback(CHANNELS, _ADD))
    key = "channels-yours" if places else "channels-none"
    await ask.show(ask.words(key), (*rows(doors, 1), (add,)))


async def _seen_to_lead(ask: Ask, user: User) -> list[Destination]:
    """What is posted in the chats that the person was seen to lead, and does lead now."""
    async with ask.services.db.read() as session:
        seen = await subscriptions.in_chats(session, await leaders.chats_of(session, user.id))
    chats = {place.chat_id: place for place in seen[-_MOST:]}
    lead = dict(zip(chats, await asyncio.gather(*[leads(ask, chat) for chat in chats.values()]), strict=True))
    async with ask.services.db.begin() as session:
        for chat_id in (number for number, now in lead.items() if not now):
            await leaders.forget(session, user.id, chat_id)
    return [place for place in seen if lead.get(place.chat_id)]


async def press_channels(ask: Ask) -> None:
    """`chan` lists them again; `chan:add` asks for another with the app's own list of chats."""
    if not ask.private:
        raise Refusal("button-outdated")
    if tuple(ask.args) != (_ADD,):
        await channels(ask)
        return
    if ask.user is not None:
        async with ask.services.db.begin() as session:
            await notices.clear(session, picking(ask.user))
            await notices.raise_once(session, picking(ask.user), ask.services.now())
    user_rights = ChatAdministratorRights.no_rights().to_dict() | _RIGHTS | {"can_promote_members": True}
    bot_rights = ChatAdministratorRights.no_rights().to_dict() | _RIGHTS
    channel = KeyboardButtonRequestChat(
        _CHANNEL,
        chat_is_channel=True,
        user_administrator_rights=ChatAdministratorRights(**user_rights),
        bot_administrator_rights=ChatAdministratorRights(**bot_rights),
    )
    group = KeyboardButtonRequestChat(_GROUP, chat_is_channel=False, bot_is_member=True)
    keyboard = ReplyKeyboardMarkup(
        [
            [
                KeyboardButton(ask.words("pick-channel"), request_chat=channel),
                KeyboardButton(ask.words("pick-group"), request_chat=group),
            ]
        ],
        resize_keyboard=True,
        one_time_keyboard=True,
    )
    await ask.bot.send_message(ask.chat.id, ask.words("pick"), parse_mode=ParseMode.HTML, reply_markup=keyboard)


async def take_shared(ask: Ask) -> None:
    """A chat was picked: its first questions, or its settings when it has been set up before."""
    shared = ask.message.chat_shared
    if shared is None or not ask.private or ask.user is None:
        return
    try:
        place = await ask.services.destination_settings.stored(await shared_chat(ask, shared.chat_id))
    finally:
        # The keyboard has done its work, whatever came of it; only a message can take it away.
        await ask.message.reply_text(
            shorten(f"✓ {one_line(shared.title or str(shared.chat_id))}", _LONGEST), reply_markup=ReplyKeyboardRemove()
        )
    async with ask.services.db.read() as session:
        wishes = await subscriptions.of(session, place.id)
    if wishes:
        await show(ask, place)
    else:
        await show(ask, place, "language", flow=SETUP)


def picking(user: User) -> str:
    """The name of the notice that a person is picking a chat."""
    return f"picking-{user.id}"


def _label(place: Destination, wishes: list[Subscription]) -> str:
    sign = "⏸" if place.paused is not None else "📢" if place.kind is ChatKind.CHANNEL else "👥"
    listed = ", ".join(wish.category for wish in wishes) or "–"
    return shorten(f"{sign} {named(place)} · {listed}", _LONGEST)
