"""A topic of a forum of its own for the digest."""

from __future__ import annotations

from telegram.error import BadRequest, Forbidden

from bot.handlers.ask import Ask, Refusal
from bot.handlers.notify.owners import TOPIC_GONE, what_to_do
from bot.render.names import one_line, shorten
from storage import moves, subscriptions
from storage.records import ChatKind, Destination

_LONGEST = 128
"""Characters of a topic's name; Telegram takes no more."""

_LISTED = 3
WITHIN = " › "
"""Stands between the names of a group and a topic in a destination's title."""


async def in_forum(ask: Ask, place: Destination) -> bool:
    """Whether a destination is in a group that has topics."""
    if place.kind is not ChatKind.SUPERGROUP:
        return False
    if ask.chat.id == place.chat_id:
        return bool(ask.chat.is_forum)
    try:
        return bool((await ask.bot.get_chat(place.chat_id)).is_forum)
    except (BadRequest, Forbidden):
        return False


async def own_topic(ask: Ask, place: Destination, name: str) -> Destination:
    """Make a topic and let the digest go there from now on. Raises Refusal where the bot may not."""
    if not await in_forum(ask, place):
        raise Refusal("button-outdated")
    async with ask.services.db.read() as session:
        wishes = await subscriptions.of(session, place.id)
    listed = ", ".join(wish.category for wish in wishes[:_LISTED])
    name = shorten(one_line(name) or f"arXiv {listed}".strip(), _LONGEST)
    try:
        topic = await ask.bot.create_forum_topic(place.chat_id, name)
    except (BadRequest, Forbidden):
        raise Refusal("may-not-make-topics") from None
    return await go_on(ask, place, topic.message_thread_id, f"{group_of(place)} › {topic.name}")


async def go_on(ask: Ask, place: Destination, thread_id: int, title: str) -> Destination:
    """Go on in another topic (0: none), also with what could not be delivered because the one before was gone."""
    async with ask.services.db.begin() as session:
        if place.paused is not None and what_to_do(place.paused) == TOPIC_GONE:
            await subscriptions.resume(session, place.id, ask.services.now())
        place = await moves.move_topic(session, place.id, thread_id, title)
    ask.services.deliverer.wake()
    return place


def group_of(place: Destination) -> str:
    """The name of the group without that of the topic."""
    return place.title.partition(WITHIN)[0]
