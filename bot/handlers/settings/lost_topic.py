"""A topic of a forum was deleted and never comes back: go on in the group itself, or in a new topic."""

from __future__ import annotations

from bot.handlers.ask import Ask, Refusal, named
from bot.handlers.notify.owners import TOPIC_GONE, what_to_do
from bot.handlers.settings.setting_commands import pressed_place
from bot.handlers.settings.topics import WITHIN, go_on, group_of, own_topic


async def press_topic(ask: Ask) -> None:
    """`topic:ID:main` or `topic:ID:new`, under the message that says that a topic is gone."""
    place = await pressed_place(ask)
    if place.paused is None or what_to_do(place.paused) != TOPIC_GONE:
        raise Refusal("button-outdated")
    match tuple(ask.args[1:]):
        case ("new",):
            place = await own_topic(ask, place, place.title.partition(WITHIN)[2])
        case ("main",):
            place = await go_on(ask, place, 0, group_of(place))
        case _:
            raise Refusal("button-outdated")
    await ask.show(ask.words.html("topic-replaced", name=named(place)))
