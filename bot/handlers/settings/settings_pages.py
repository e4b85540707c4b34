"""The pages of the settings message: what each shows and which buttons it has. Changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale

from bot.handlers.ask import Ask, named
from bot.handlers.settings.describe import described, shown_days
from bot.handlers.settings.fields import archive_page, fields_page, group_page, mine_page
from bot.handlers.settings.paging import CHANNELS, SETTINGS, Page, Spot, back, leave, option, rows
from bot.handlers.settings.setting_table import SETTING_BY_NAME
from bot.handlers.settings.topics import in_forum
from bot.i18n import dates
from bot.i18n.languages import NAMES
from bot.render.button import Button, callback
from bot.render.message import escape
from storage import subscriptions
from storage.records import DEFAULT_ANNOUNCE_TYPES, EVERY_DAY, AnnounceType, Destination, Subscription

ZONES = (
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Sydney",
    "Pacific/Auckland",
)
"""Zones on buttons, from west to east; every other one by /time."""

_SWITCHES = ("quiet", "pin", "file", "abstracts", "links")
_HOURS_A_ROW = 6
_SPEAKS = "💬"
"""Tells the languages that the bot speaks from those that papers are read in."""


async def main_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """What is set, and a button for everything that can be."""
    place, words = spot.place, ask.words
    more = [Button(words("set-topic"), callback_data=spot.data("topic", "new"))] if await in_forum(ask, place) else []
    above = (Button(words("button-channels"), callback_data=callback(CHANNELS)),)
    elsewhere = ask.private and place.chat_id != ask.chat.id
    text = f"{described(ask, place, await _wishes(ask, place))}\n\n{words('settings-foot')}"
    doors = [
        Button(words("set-fields"), callback_data=spot.data("fields")),
        _door(ask, spot, "language", NAMES.get(place.language, place.language)),
        _door(ask, spot, "interface", _spoken(place.interface)),
        Button(words("set-time"), callback_data=spot.data("time")),
        _door(ask, spot, "days", shown_days(ask, place)),
        _door(ask, spot, "layout", words(f"layout-{place.layout}")),
        _door(ask, spot, "papers", _count(ask, place.papers_shown)),
        Button(words("set-types"), callback_data=spot.data("types")),
    ]
    switches = [
        _switch(ask, spot, name, on=SETTING_BY_NAME[name].written(place) == "on")
        for name in _SWITCHES
        if SETTING_BY_NAME[name].suits(place)
    ]
    return Page(text, (*rows([*doors, *switches, *more], 2), above if elsewhere else ()))


async def language_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """Languages that papers are translated to; English alone means no translation."""
    names = {code: ask.words("language-only-english") if code == "en" else name for code, name in NAMES.items()}
    page = _choose(ask, spot, "language", names, now=spot.place.language, width=3)
    if spot.flow == SETTINGS:
        return page
    spoken = [
        option(
            f"{_SPEAKS} {_spoken(language)}", spot.data("interface", language), chosen=language == spot.place.interface
        )
        for language in SETTING_BY_NAME["interface"].shown
    ]
    elsewhere = spot.place.chat_id != ask.chat.id
    head = f"<b>{escape(named(spot.place))}</b>" if elsewhere else ask.words("setup-start")
    return Page(f"{head}\n\n{ask.words('setup-language')}", (tuple(spoken), *page.buttons))


async def interface_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """Languages that the bot speaks."""
    names = {code: _spoken(code) for code in SETTING_BY_NAME["interface"].shown}
    return _choose(ask, spot, "interface", names, now=spot.place.interface, width=2)


async def layout_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """The three layouts, each with a line that says what it is."""
    names = {text: ask.words(f"layout-{text}") for text in SETTING_BY_NAME["layout"].shown}
    return _choose(ask, spot, "layout", names, now=spot.place.layout, width=3)


async def papers_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """How many papers stand in the chat."""
    names = {text: _count(ask, SETTING_BY_NAME["papers"].read(text)) for text in SETTING_BY_NAME["papers"].shown}
    return _choose(ask, spot, "papers", names, now=SETTING_BY_NAME["papers"].written(spot.place), width=3)


async def time_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """As soon as announced, or an hour."""
    local, zone = spot.place.delivery_time, spot.place.timezone
    text = ask.words.html(
        "choose-time", zone=zone, clock=ask.services.now().astimezone(ZoneInfo(zone)).strftime("%H:%M")
    )
    asap = option(ask.words("time-asap"), spot.data("time", "asap"), chosen=local is None)
    hours = [
        option(f"{hour:02}:00", spot.data("time", f"{hour:02}-00"), chosen=local is not None and local.hour == hour)
        for hour in range(24)
    ]
    zones = _door(ask, spot, "zone", dates.city(zone, ask.words.language))
    up = back(ask, spot) if spot.flow == SETTINGS else back(ask, spot, "fields")
    return Page(text, ((asap,), *rows(hours, _HOURS_A_ROW), (zones,), (up,)))


async def zone_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """Zones by a city of each, with what clocks there show now."""
    now = ask.services.now()
    known = ZONES if spot.place.timezone in ZONES else (spot.place.timezone, *ZONES)
    options = [
        option(_clock_in(zone, now, ask.words.language), spot.data("zone", zone), chosen=zone == spot.place.timezone)
        for zone in known
    ]
    return Page(ask.words("choose-zone"), (*rows(options, 3), (back(ask, spot, "time"),)))


async def days_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """The days of the week, each on or off."""
    language, chosen = ask.words.language, spot.place.weekdays
    days = [
        option(
            dates.weekday(day, language),
            spot.data("days", str(day), "off" if day in chosen else "on"),
            chosen=day in chosen,
        )
        for day in sorted(EVERY_DAY)
    ]
    sets = [
        Button(ask.words("days-all"), callback_data=spot.data("days", "daily")),
        Button(ask.words("days-work"), callback_data=spot.data("days", "weekdays")),
    ]
    return Page(ask.words("choose-days"), (*rows(days, 4), tuple(sets), (back(ask, spot),)))


async def types_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """The announce types, each on or off."""
    wishes = await _wishes(ask, spot.place)
    chosen = wishes[0].announce_types if wishes else DEFAULT_ANNOUNCE_TYPES
    types = [
        option(
            ask.words(f"type-{kind}"),
            spot.data("types", kind, "off" if kind in chosen else "on"),
            chosen=kind in chosen,
        )
        for kind in AnnounceType
    ]
    return Page(ask.words("choose-types"), (*rows(types, 2), (back(ask, spot),)))


PAGES: Mapping[str, Callable[[Ask, Spot, Sequence[str]], Awaitable[Page]]] = {
    "language": language_page,
    "interface": interface_page,
    "layout": layout_page,
    "papers": papers_page,
    "time": time_page,
    "zone": zone_page,
    "days": days_page,
    "types": types_page,
    "fields": fields_page,
    "of": group_page,
    "in": archive_page,
    "mine": mine_page,
}
"""Pages by the name in a button's data; any other name leads to the main page."""


def _choose(ask: Ask, spot: Spot, name: str, names: Mapping[str, str], *, now: str, width: int) -> Page:
    options = [option(text, spot.data(name, value), chosen=value == now) for value, text in names.items()]
    return Page(ask.words(f"choose-{name}"), (*rows(options, width), leave(ask, spot)))


def _door(ask: Ask, spot: Spot, name: str, value: str) -> Button:
    """The button that leads to a page, with the present value."""
    return Button(f"{ask.words(f'set-{name}')}{ask.words('set-colon')}{value}", callback_data=spot.data(name))


def _switch(ask: Ask, spot: Spot, name: str, *, on: bool) -> Button:
    state = ask.words("state-on" if on else "state-off")
    text = f"{ask.words(f'set-{name}')}{ask.words('set-colon')}{state}"
    return Button(text, callback_data=spot.data(name, "off" if on else "on"))


def _count(ask: Ask, papers: int | None) -> str:
    return str(papers) if papers else ask.words("papers-all")


def _spoken(language: str) -> str:
    return str(Locale.parse(language).display_name)


def _clock_in(zone: str, now: datetime, language: str) -> str:
    return f"{dates.city(zone, language)} {now.astimezone(ZoneInfo(zone)):%H:%M}"


async def _wishes(ask: Ask, place: Destination) -> list[Subscription]:
    async with ask.services.db.read() as session:
        return await subscriptions.of(session, place.id)
