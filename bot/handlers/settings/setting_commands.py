"""/settings: everything that a destination wants, in one message that its buttons change in place, or by command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telegram.constants import ChatType

from bot.handlers.ask import Ask, Refusal, private_link
from bot.handlers.rights import may_change, target
from bot.handlers.settings.change_setting import change_by_button, change_by_command
from bot.handlers.settings.paging import SETTINGS, Spot
from bot.handlers.settings.preferences import set_time, set_types
from bot.handlers.settings.settings_pages import PAGES, main_page
from bot.i18n import words_for
from bot.render.button import Button
from storage import subscriptions
from storage.records import Destination

NAVIGATION = frozenset({"of", "in"})
"""Pages whose buttons carry what to show, not what to change."""

_OTHERS = {"time": set_time, "types": set_types}
_AFTER = {"days": "days", "types": "types", "zone": "time"}
_LONGEST_NUMBER = 9
"""Digits of a destination's number; PostgreSQL refuses a question about one that no row can have."""


async def settings(ask: Ask) -> None:
    """`/settings [@channel]` shows them, `/settings [@channel] quiet on` changes one."""
    if ask.chat.type == ChatType.CHANNEL and not ask.args:
        await point_to_private(ask)
        return
    asked, place = await target(ask, "/settings @mychannel")
    if not asked.args:
        await show(asked, await ask.services.destination_settings.stored(place))
        return
    name = asked.args[0].lower()
    if name in _OTHERS:
        channel = ask.args[: len(ask.args) - len(asked.args)]
        await _OTHERS[name](ask.with_args(*channel, *asked.args[1:]))
        return
    await show(asked, await change_by_command(asked, place, name, " ".join(asked.args[1:])))


async def point_to_private(ask: Ask) -> None:
    """A post with twenty buttons is not for a channel's readers: only the way to them in private."""
    link = Button(ask.words("button-settings"), url=private_link(ask, f"{SETTINGS}_{ask.chat.id}"))
    await ask.reply(ask.words("settings-in-private"), [[link]])


async def categories(ask: Ask) -> None:
    """`/categories [@channel]`: arXiv's fields to look through, each to be switched on and off."""
    if ask.chat.type == ChatType.CHANNEL and not ask.args:
        await point_to_private(ask)
        return
    ask, place = await target(ask, "/categories @mychannel")
    await show(ask, await ask.services.destination_settings.stored(place), "fields")


async def press_settings(ask: Ask) -> None:
    """`set:ID[:page[:value…]]`: show a page, or take a value and show what is natural after it."""
    place = await pressed_place(ask)
    name, *values = ask.args[1:] or ("",)
    if values and name not in NAVIGATION:
        place = await change_by_button(ask, place, name, values)
        name, values = page_after(name, values)
    await show(ask, place, name, values=values)


def page_after(name: str, values: Sequence[str]) -> tuple[str, list[str]]:
    """The page that is natural after a change, and what it shows."""
    if name != "sub":
        return _AFTER.get(name, ""), []
    category, _on, page = (*values, "", "")[:3]
    return (page, [category.partition(".")[0]]) if page in NAVIGATION else (page, [])


async def show(
    ask: Ask, place: Destination, name: str = "", *, values: Sequence[str] = (), flow: str = SETTINGS
) -> None:
    """A page about a destination (the main one unless named), in place of a button's message or as a new one."""
    if place.id == ask.here.id:  # in the words that were chosen, perhaps a moment ago
        ask = replace(ask, here=place, words=words_for(place.interface))
    page = await PAGES.get(name, main_page)(ask, Spot(flow, place), values)
    await ask.show(page.text, page.buttons)


async def pressed_place(ask: Ask) -> Destination:
    """The destination that a button's first argument names; 0 is the chat or topic of the message.

    Raises Refusal unless who pressed it may change it.
    """
    number = ask.args[0] if ask.args else ""
    if not number.isascii() or not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        raise Refusal("button-outdated")
    if int(number) == 0:
        await may_change(ask, ask.here)
        return await ask.services.destination_settings.stored(ask.here)
    async with ask.services.db.read() as session:
        place = await subscriptions.by_id(session, int(number))
    if place is None:
        raise Refusal("button-outdated")
    await may_change(ask, place)
    return place
