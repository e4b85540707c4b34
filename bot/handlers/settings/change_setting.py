"""JOURNEY press or command → setting: the value is read by its row of the table, stored, and what follows is said.

`/settings quiet on`, a button of the settings message, /time, /language, /links and /types all end in `change_setting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.handlers.ask import Ask, Refusal
from bot.handlers.rights import sees_messages
from bot.handlers.settings.fields import switch
from bot.handlers.settings.setting_table import SETTING_BY_NAME, parse_days
from bot.handlers.settings.topics import in_forum, own_topic
from storage.records import AnnounceType, ChatKind, Destination


async def change_setting(ask: Ask, place: Destination, **values: Any) -> Destination:
    """Store values of settings by their names in the table; the destination with them.

    Whoever changes a destination that was set up by a post, or by an anonymous administrator, owns it from then on.
    """
    by = ask.user.id if ask.user is not None and not ask.user.is_bot else None
    place = await ask.services.destination_settings.stored(place)
    fields = {SETTING_BY_NAME[name].field: value for name, value in values.items()}
    return await ask.services.destination_settings.change(place, by=by, **fields)


async def change_by_command(ask: Ask, place: Destination, name: str, text: str) -> Destination:
    """`quiet on`: the destination with it. Raises Refusal with what would be understood."""
    if name == "topic" and await in_forum(ask, place):
        return await own_topic(ask, await ask.services.destination_settings.stored(place), text)
    setting = SETTING_BY_NAME.get(name)
    if setting is None or not setting.suits(place):
        suiting = [setting for setting in SETTING_BY_NAME.values() if setting.suits(place)]
        raise Refusal("which-setting", name=name[:40], forms="\n".join(setting.example for setting in suiting))
    value = setting.read(text)
    if value is None:
        values = ", ".join(setting.shown) or "mon-fri, daily, 1 3 5"
        raise Refusal("which-value", name=name, values=values, example=setting.example)
    return await _change(ask, place, name, value)


async def change_by_button(ask: Ask, place: Destination, name: str, values: Sequence[str]) -> Destination:
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
            return await change_setting(ask, place, days=days)
        case "time" if last == _ASAP:
            return await change_setting(ask, place, time=None)
    setting = SETTING_BY_NAME.get(name)
    value = setting.read(last) if setting is not None and setting.suits(place) else None
    if value is None:
        raise Refusal("button-outdated")
    return await _change(ask, place, name, value)


_ASAP = "asap"


async def _change(ask: Ask, place: Destination, name: str, value: Any) -> Destination:
    changed = await change_setting(ask, place, **{name: value})
    if name == "links" and value:
        await warn_if_deaf(ask, changed)
    return changed


async def warn_if_deaf(ask: Ask, place: Destination) -> None:
    """Links that the bot does not hear of cannot be answered: say how it comes to hear of them."""
    if place.kind in {ChatKind.GROUP, ChatKind.SUPERGROUP} and not await sees_messages(ask.bot, place.chat_id):
        await ask.refuse(ask.words.html("links-unheard", name=f"@{ask.bot.username}"))


async def _switch_type(ask: Ask, place: Destination, kind: AnnounceType, *, on: bool) -> Destination:
    before = await ask.services.destination_settings.announce_types(place)
    if not before:
        raise Refusal("no-subscriptions", example="/subscribe cs.CV cs.LG")
    types = before | {kind} if on else before - {kind}
    if not types:
        raise Refusal("no-type-left")
    await ask.services.destination_settings.want(place, types)
    return place
