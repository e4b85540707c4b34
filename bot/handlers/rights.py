"""Who may change what: administrators of a group or channel, anonymous ones included, and nobody else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from telegram import Bot, Chat
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden

from bot.handlers.ask import Ask, Refusal, named, new_destination
from bot.handlers.notify.owners import what_to_do
from bot.handlers.typed_text import half_width
from bot.render.names import one_line
from bot.telegram_api.chat_rights import may_post
from storage import leaders, subscriptions
from storage.records import ChatKind, Destination

_LEADERS = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})
_LINK = re.compile(r"(?:https?://)?(?:t|telegram)\.me/([a-z]\w{3,31})/?", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"-[0-9]{1,18}")
_ABSENT = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})


async def target(ask: Ask, example: str) -> tuple[Ask, Destination]:
    """The destination that a command is about, and the ask without the argument that named it.

    That is the chat or topic of the message, or the channel or group named first (`@mychannel`, `t.me/mychannel`,
    `-1001234567890`).
    Raises Refusal unless the person may change it; `example` is the right form to show.
    """
    name = _chat_name(ask.args[0]) if ask.args else ""
    if name.startswith("@") or _NUMBER.fullmatch(name):
        destination = await _named(ask, name, example.replace("@mychannel", name).replace("@mygroup", name))
        return ask.with_args(*ask.args[1:]), destination
    if not await _may_change_here(ask):
        raise Refusal("not-administrator")
    return ask, ask.here


def with_place(example: str, given: Ask, left: Ask) -> str:
    """An example with the chat that was named: `/subscribe cs.CV` as `/subscribe @mychannel cs.CV`."""
    command, _, rest = example.partition(" ")
    return " ".join([command, *map(_chat_name, given.args[: len(given.args) - len(left.args)]), rest]).strip()


async def may_change(ask: Ask, place: Destination) -> None:
    """Raises Refusal unless the person who pressed a button may change that destination.

    The data can be made up: about a place elsewhere, whoever is not known to lead it hears what an outdated button
    says, as about a place that does not exist, and as soon: Telegram is not even asked.
    """
    if place.chat_id == ask.chat.id:
        if not await leads(ask, place):
            raise Refusal("not-administrator-there", name=named(place))
        return
    if not ask.private or not await _is_known(ask, place):
        raise Refusal("button-outdated")
    if await leads(ask, place):
        return
    if place.paused is not None and await _is_outside(ask.bot, place.chat_id):
        # Who leads a chat is not told to those who are not in it.
        raise Refusal(what_to_do(place.paused))
    raise Refusal("button-outdated")


async def leads(ask: Ask, place: Destination) -> bool:
    """Whether the person who asks or pressed a button may change that destination."""
    if place.kind is ChatKind.PRIVATE:
        return ask.user is not None and ask.user.id == place.chat_id
    return await _leads_chat(ask, place.chat_id)


async def led(ask: Ask, places: Sequence[Destination]) -> list[Destination]:
    """Those that the person leads now, or that nobody can be asked about because the bot is outside."""
    chats = {place.chat_id: place for place in places}
    shown = dict(zip(chats, await asyncio.gather(*[_led(ask, chat) for chat in chats.values()]), strict=True))
    return [place for place in places if shown[place.chat_id]]


async def _led(ask: Ask, place: Destination) -> bool:
    return await leads(ask, place) or (place.paused is not None and await _is_outside(ask.bot, place.chat_id))


async def _is_known(ask: Ask, place: Destination) -> bool:
    """Whether the person set the destination up, or was seen to lead its chat."""
    if ask.user is None or place.kind is ChatKind.PRIVATE:
        return False
    async with ask.services.db.read() as session:
        return place.owner_id == ask.user.id or await leaders.knows(session, ask.user.id, place.chat_id)


async def sees_messages(bot: Bot, chat_id: int) -> bool:
    """Whether the bot hears everything that is written in a group, and not only what is meant for it."""
    return bool(bot.bot.can_read_all_group_messages) or await _is_leader(bot, chat_id, bot.id)


async def shared_chat(ask: Ask, chat_id: int) -> Destination:
    """The destination for a chat that a person picked from a list. Raises Refusal unless the person may change it."""
    return await _named(ask, str(chat_id), "/channels", picked=True)


async def _may_change_here(ask: Ask) -> bool:
    if ask.private:
        return True
    # A post's author has the right to post, and a message shows on whose behalf it was written. A button can be
    # pressed by whoever reads the message that it is under.
    if ask.press is None and ask.chat.type == ChatType.CHANNEL:
        return True
    sender_chat = ask.message.sender_chat
    if ask.press is None and sender_chat is not None:
        return sender_chat.id == ask.chat.id  # an anonymous administrator speaks as the group itself
    return await _leads_chat(ask, ask.chat.id)


async def _leads_chat(ask: Ask, chat_id: int) -> bool:
    """Whether the person is an administrator there; who is finds the chat in /channels from now on."""
    if ask.user is None or not await _is_leader(ask.bot, chat_id, ask.user.id):
        return False
    async with ask.services.db.read() as session:
        known = await leaders.knows(session, ask.user.id, chat_id)
    if not known:
        async with ask.services.db.begin() as session:
            await leaders.remember(session, ask.user.id, chat_id)
    return True


async def _is_leader(bot: Bot, chat_id: int, user_id: int) -> bool:
    try:
        return (await bot.get_chat_member(chat_id, user_id)).status in _LEADERS
    except (BadRequest, Forbidden):
        return False


def _chat_name(typed: str) -> str:
    """`@mychannel` for a link to it, too."""
    name = half_width(typed)
    return name if (link := _LINK.fullmatch(name)) is None else f"@{link[1]}"


async def _is_outside(bot: Bot, chat_id: int) -> bool:
    try:
        return (await bot.get_chat_member(chat_id, bot.id)).status in _ABSENT
    except (BadRequest, Forbidden):
        return True


async def _named(ask: Ask, name: str, example: str, *, picked: bool = False) -> Destination:
    """The chat of that name or number. `picked`: Telegram's own list showed it to the person, who is in it."""
    if not ask.private or ask.user is None:
        raise Refusal("name-only-in-private", example=example)
    unknown = Refusal("chat-not-found", name=name, example=example)
    public = name.startswith("@")
    # Numbers can be guessed: of a chat that is not theirs people do not even hear that the bot is in it.
    if not public and not picked and not await _leads_chat(ask, int(name)):
        raise unknown
    try:
        chat = await ask.bot.get_chat(name if public else int(name))
        me = await ask.bot.get_chat_member(chat.id, ask.bot.id)
    except (BadRequest, Forbidden):
        raise unknown from None
    if chat.type == ChatType.PRIVATE:
        raise unknown
    shown = name if public else one_line(chat.title or name)
    if (public or picked) and not await _leads_chat(ask, chat.id):
        raise Refusal("not-administrator-there", name=shown)
    if not may_post(chat.type, me):
        raise Refusal("bot-may-not-post", name=shown)
    async with ask.services.db.read() as session:
        known = await subscriptions.destination(session, chat.id)
    return known or new_destination(
        Chat(chat.id, chat.type, title=chat.title, username=chat.username), ask.services.settings, user=ask.user
    )
