"""What buttons and /settings change: a value for one setting of a destination, checked and stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.digests.due import following
from bot.handlers.ask import Ask, Refusal
from bot.handlers.rights import sees_messages
from bot.handlers.settings.choices import CHOICES, Choice, parse_days
from bot.handlers.settings.fields import switch
from bot.handlers.settings.topics import in_forum, own_topic
from bot.i18n.typed_time import parse_clock, parse_zone
from storage import subscriptions
from storage.records import AnnounceType, ChatKind, Destination


async def stored(ask: Ask, place: Destination) -> Destination:
    """The destination with an id."""
    if place.id:
        return place
    async with ask.services.db.begin() as session:
        return await subscriptions.save(session, place)


async def change_by_command(ask: Ask, place: Destination, name: str, text: str) -> Destination:
    """`quiet on`: the destination with it. Raises Refusal with what would be understood."""
    if name == "topic" and await in_forum(ask, place):
        return await own_topic(ask, await stored(ask, place), text)
    choice = CHOICES.get(name)
    if choice is None or not choice.suits(place):
        suiting = [choice for choice in CHOICES.values() if choice.suits(place)]
        raise Refusal("which-setting", name=name[:40], forms="\n".join(choice.example for choice in suiting))
    value = choice.read(text)
    if value is None:
        values = ", ".join(choice.shown) or "mon-fri, daily, 1 3 5"
        raise Refusal("which-value", name=name, values=values, example=choice.example)
    return await _set(ask, await stored(ask, place), choice, value)


async def change_by_button(  # noqa: PLR0911 - one line per kind of button
    ask: Ask, place: Destination, name: str, values: Sequence[str]
) -> Destination:
    """What a button says: the destination with it. Data that someone made up is refused like that of an old button."""
    first, last = values[0], values[-1]
    match name:
        case "sub" if len(values) > 1:
            await switch(ask, place, first, on=values[1] == "on")
            return place
        case "topic":
            return await own_topic(ask, place, "")
        case "types" if len(values) > 1 and first in set(AnnounceType):
            return await _switch_type(ask, place, AnnounceType(first), on=last == "on")
        case "days" if len(values) > 1 and (day := parse_days(first)):
            days = place.weekdays | day if last == "on" else place.weekdays - day
            if not days:
                raise Refusal("no-day-left")
            return await _set(ask, place, CHOICES["days"], days)
        case "time" if last == "asap" or parse_clock(last.replace("-", ":")):
            return await _update(ask, place, delivery_time=parse_clock(last.replace("-", ":")))
        case "zone" if zone := parse_zone(last):
            return await _update(ask, place, timezone=zone)
    choice = CHOICES.get(name)
    value = choice.read(last) if choice is not None and choice.suits(place) else None
    if choice is None or value is None:
        raise Refusal("button-outdated")
    return await _set(ask, place, choice, value)


_TIMING = frozenset({"delivery_time", "timezone", "weekdays"})


async def _set(ask: Ask, place: Destination, choice: Choice, value: Any) -> Destination:
    changed = await _update(ask, place, **{choice.field: value})
    if choice.field == "answer_links" and value:
        await warn_if_deaf(ask, changed)
    return changed


async def warn_if_deaf(ask: Ask, place: Destination) -> None:
    """Links that the bot does not hear of cannot be answered: say how it comes to hear of them."""
    if place.kind in {ChatKind.GROUP, ChatKind.SUPERGROUP} and not await sees_messages(ask.bot, place.chat_id):
        await ask.refuse(ask.words.html("links-unheard", name=f"@{ask.bot.username}"))


async def _update(ask: Ask, place: Destination, **changes: Any) -> Destination:
    if _TIMING.intersection(changes):
        changes["next_run_at"] = following(replace(place, **changes), ask.services.now())
    if place.owner_id is None and ask.user is not None and not ask.user.is_bot:
        changes["owner_id"] = ask.user.id  # it was set up by a post, or by an administrator who stays anonymous
    async with ask.services.db.begin() as session:
        return await subscriptions.update(session, place.id, **changes)


async def _switch_type(ask: Ask, place: Destination, kind: AnnounceType, *, on: bool) -> Destination:
    async with ask.services.db.begin() as session:
        wishes = await subscriptions.of(session, place.id)
        if not wishes:
            raise Refusal("no-subscriptions", example="/subscribe cs.CV cs.LG")
        types = wishes[0].announce_types | {kind} if on else wishes[0].announce_types - {kind}
        if not types:
            raise Refusal("no-type-left")
        await subscriptions.want(session, place.id, types)
    return place
