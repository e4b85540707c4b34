"""/settings: everything that a destination wants, in one message that its buttons change in place, or by command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from telegram.constants import ChatType

from bot.handlers.ask import Ask, Refusal, private_link
from bot.handlers.choices import CHOICES, Choice, parse_days
from bot.handlers.pages import PAGES, Spot, main_page
from bot.handlers.preferences import set_time, set_types
from bot.handlers.rights import may_change, target
from bot.i18n import words_for
from bot.localtime import following, parse_clock, parse_zone
from bot.render.button import Button
from storage import subscriptions
from storage.records import AnnounceType, Destination

SETTINGS = "set"
"""The name of the buttons, and of the deep link that opens a chat's settings in private: `set_-1001234567890`."""

_EXAMPLE = "/settings @mychannel"
_OTHERS = {"time": set_time, "types": set_types}


async def settings(ask: Ask) -> None:
    """`/settings [@channel]` shows them, `/settings [@channel] quiet on` changes one."""
    if ask.press is None and ask.chat.type == ChatType.CHANNEL and not ask.args:
        # A post with twenty buttons is not for a channel's readers.
        link = Button(ask.words("button-settings"), url=private_link(ask, f"{SETTINGS}_{ask.chat.id}"))
        await ask.reply(ask.words("settings-in-private"), [[link]])
        return
    asked, place = await target(ask, _EXAMPLE)
    place = await stored(ask, place)
    if asked.args:
        name = asked.args[0].lower()
        if name in _OTHERS:
            named = (ask.args[0],) if len(ask.args) > len(asked.args) else ()
            await _OTHERS[name](ask.with_args(*named, *asked.args[1:]))
            return
        place = await _change_by_command(asked, place, name, " ".join(asked.args[1:]))
    await show(asked, place)


async def show(ask: Ask, place: Destination, flow: str = SETTINGS) -> None:
    """The settings of a destination, in place of a pressed button's message or as a new one."""
    ask = words_of(ask, place)
    page = await main_page(ask, Spot(flow, place))
    await ask.show(page.text, page.buttons)


async def press_settings(ask: Ask) -> None:
    """`set:ID[:page[:value…]]`: show a page, or take a value and show what is natural after it."""
    place = await pressed_place(ask)
    await turn(ask, place, SETTINGS, ask.args[1:])


async def turn(ask: Ask, place: Destination, flow: str, args: Sequence[str]) -> Destination:
    """Carry out what a button of a page says, and show the page that follows. The destination as it is then."""
    name, *values = args or ("",)
    if values:
        place = await _change_by_button(ask, place, name, values)
        ask = words_of(ask, place)
    stays = name in _STAYING or not values
    page = PAGES[name] if name in PAGES and stays else main_page
    shown = await page(ask, Spot(flow, place))
    await ask.show(shown.text, shown.buttons)
    return place


_STAYING = frozenset({"days", "types", "zone"})
"""Pages on which one seldom presses only one button."""


def words_of(ask: Ask, place: Destination) -> Ask:
    """The ask in the words that were chosen, when they were chosen for the chat in which it is asked."""
    return replace(ask, here=place, words=words_for(place.interface)) if place.id == ask.here.id else ask


async def pressed_place(ask: Ask) -> Destination:
    """The destination that a button's first argument names. Raises Refusal unless who pressed it may change it."""
    number = ask.args[0] if ask.args else ""
    if not number.isascii() or not number.isdecimal() or len(number) > 18:  # noqa: PLR2004 - beyond any row's number
        raise Refusal("button-outdated")
    async with ask.services.db.read() as session:
        place = await subscriptions.by_id(session, int(number))
    if place is None:
        raise Refusal("button-outdated")
    await may_change(ask, place)
    return place


async def stored(ask: Ask, place: Destination) -> Destination:
    """The destination with an id."""
    if place.id:
        return place
    async with ask.services.db.begin() as session:
        return await subscriptions.save(session, place)


async def _change_by_command(ask: Ask, place: Destination, name: str, text: str) -> Destination:
    choice = CHOICES.get(name)
    if choice is None or not choice.suits(place):
        suiting = [one for one in CHOICES.values() if one.suits(place)]
        raise Refusal("which-setting", name=name[:40], forms="\n".join(one.example for one in suiting))
    value = choice.read(text)
    if value is None or value == frozenset():
        values = ", ".join(choice.shown) or "mon-fri, daily, 1 3 5"
        raise Refusal("which-value", name=name, values=values, example=choice.example)
    return await _set(ask, place, choice, value)


async def _change_by_button(ask: Ask, place: Destination, name: str, values: Sequence[str]) -> Destination:
    """What a button says; data that someone made up is refused like that of an old button."""
    now = ask.services.now()
    last = values[-1]
    if name == "days" and len(values) > 1 and (day := parse_days(values[0])):
        days = place.weekdays | day if last == "on" else place.weekdays - day
        if not days:
            raise Refusal("no-day-left")
        return await _set(ask, place, CHOICES["days"], days)
    if name == "types" and len(values) > 1 and values[0] in set(AnnounceType):
        return await _switch_type(ask, place, AnnounceType(values[0]), on=last == "on")
    if name == "time":
        local = parse_clock(last.replace("-", ":"))
        if local is not None or last == "asap":
            changed = replace(place, delivery_time=local)
            return await _update(ask, place, delivery_time=local, next_run_at=following(changed, now))
    if name == "zone" and (zone := parse_zone(last)) is not None:
        changed = replace(place, timezone=zone)
        return await _update(ask, place, timezone=zone, next_run_at=following(changed, now))
    choice = CHOICES.get(name)
    value = choice.read(last) if choice is not None and choice.suits(place) else None
    if choice is None or value is None or value == frozenset():
        raise Refusal("button-outdated")
    return await _set(ask, place, choice, value)


async def _set(ask: Ask, place: Destination, choice: Choice, value: Any) -> Destination:
    if choice.field != "weekdays":
        return await _update(ask, place, **{choice.field: value})
    changed = replace(place, weekdays=value)
    return await _update(ask, place, weekdays=value, next_run_at=following(changed, ask.services.now()))


async def _update(ask: Ask, place: Destination, **changes: Any) -> Destination:
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
