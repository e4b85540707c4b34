"""Choosing what to read: arXiv's groups, their archives, and categories that are switched on and off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.arxiv_source import calendar, categories
from bot.arxiv_source.categories import Category
from bot.arxiv_source.volumes import TYPICAL
from bot.handlers import limits
from bot.handlers.ask import Ask, Refusal, code
from bot.handlers.settings.describe import category_name
from bot.handlers.settings.paging import SETUP, Page, Spot, back, leave, option, rows
from bot.render.button import Button
from bot.render.message import escape
from storage import announcements, subscriptions
from storage.records import Destination

_LOOK_BACK = timedelta(days=30)


async def fields_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """What is chosen, and the groups."""
    chosen = await _chosen(ask, spot.place)
    volumes = await volumes_of(ask, chosen)
    lines = [f"<b>{ask.words('choose-fields')}</b>", *(_line(ask, category, volumes) for category in chosen)]
    doors = [
        Button(group.name_zh if _chinese(ask) else group.name, callback_data=spot.data("of", group.id))
        for group in categories.groups()
    ]
    mine = [Button(ask.words("fields-mine", count=len(chosen)), callback_data=spot.data("mine"))] if chosen else []
    return Page("\n".join(lines), (*rows(doors, 2), *rows(mine, 1), leave(ask, spot, following="time")))


async def group_page(ask: Ask, spot: Spot, values: Sequence[str]) -> Page:
    """The archives of a group; a group that is one archive shows its categories at once."""
    group = next((group for group in categories.groups() if values and group.id == values[0]), None)
    if group is None:
        raise Refusal("button-outdated")
    archives = categories.archives(group.id)
    if len(archives) == 1:
        return await archive_page(ask, spot, (archives[0].id,))
    doors = [
        Button(f"{archive.id} · {_name(ask, archive)}", callback_data=spot.data("in", archive.id))
        for archive in archives
    ]
    return Page(f"<b>{escape(group.name_zh if _chinese(ask) else group.name)}</b>", (*rows(doors, 2), _up(ask, spot)))


async def archive_page(ask: Ask, spot: Spot, values: Sequence[str]) -> Page:
    """The categories of an archive with their names and sizes, and a button for each and for all of them."""
    archive = categories.get(values[0]) if values else None
    if archive is None or not categories.is_archive(archive.id):
        raise Refusal("button-outdated")
    listed = [archive, *(category for category in categories.categories(archive.id) if category.id != archive.id)]
    chosen = set(await _chosen(ask, spot.place))
    volumes = await volumes_of(ask, [category.id for category in listed])
    head = f"<b>{escape(_name(ask, archive))}</b>"
    lines = [head, *(_line(ask, category.id, volumes) for category in listed), "", ask.words("fields-foot")]
    whole, *single = [_toggle(ask, spot, category.id, "in", chosen=category.id in chosen) for category in listed]
    group = next(group for group in categories.groups() if group.id == archive.group)
    above = ("of", group.id) if len(categories.archives(group.id)) > 1 else ("fields",)
    last = _up(ask, spot, *above) + (leave(ask, spot, following="time") if spot.flow == SETUP else ())
    return Page("\n".join(lines), ((whole,), *rows(single, 4), last))


async def mine_page(ask: Ask, spot: Spot, _values: Sequence[str]) -> Page:
    """What is subscribed, and what was and is switched off: each on or off."""
    chosen = await _chosen(ask, spot.place)
    async with ask.services.db.read() as session:
        resting = await subscriptions.switched_off(session, spot.place.id)
    volumes = await volumes_of(ask, chosen)
    toggles = [
        _toggle(ask, spot, category, "mine", chosen=category in chosen) for category in sorted((*chosen, *resting))
    ]
    lines = [f"<b>{ask.words('choose-mine')}</b>", *(_line(ask, category, volumes) for category in chosen)]
    return Page("\n".join(lines), (*rows(toggles, 3), _up(ask, spot)))


async def switch(ask: Ask, place: Destination, category: str, *, on: bool) -> None:
    """Switch a category on or off. Raises Refusal for what is none, and for more than anybody can read."""
    known = categories.canonical(category)
    if known != category:
        raise Refusal("button-outdated")
    now = ask.services.now()
    newest = calendar.mailing_date(now)
    async with ask.services.db.begin() as session:
        if not on:
            await subscriptions.switch_off(session, place.id, category, now)
            return
        before = calendar.previous(newest)
        since = calendar.feed_changes_at(newest)
        if not await subscriptions.switch_on(session, place.id, category, before, since=since):
            await subscriptions.subscribe(session, place.id, category, before)
        await limits.subscriptions_fit(ask, session, place.chat_id)


async def volumes_of(ask: Ask, listed: Iterable[str]) -> dict[str, int]:
    """Papers a day: the average of what was fetched lately, else what is typical; nothing where neither is known."""
    wanted = list(listed)
    after = (ask.services.now() - _LOOK_BACK).date()
    async with ask.services.db.read() as session:
        seen = await announcements.per_day(session, wanted, after)
    typical = {text: TYPICAL[text] for text in wanted if text in TYPICAL}
    return typical | {text: round(papers) for text, papers in seen.items() if round(papers)}


def _line(ask: Ask, category: str, volumes: dict[str, int]) -> str:
    a_day = f" · {ask.words('papers-a-day', count=volumes[category])}" if category in volumes else ""
    return f"{code(category)} {escape(category_name(ask, category))}{a_day}"


def _toggle(ask: Ask, spot: Spot, category: str, page: str, *, chosen: bool) -> Button:
    whole = page == "in" and bool(categories.categories(category)) and not categories.is_category(category)
    text = ask.words("fields-whole", archive=category) if whole else category
    return option(text, spot.data("sub", category, "off" if chosen else "on", page), chosen=chosen)


def _up(ask: Ask, spot: Spot, *args: str) -> tuple[Button, ...]:
    return (back(ask, spot, *(args or ("fields",))),)


def _name(ask: Ask, category: Category) -> str:
    return category.name_zh if _chinese(ask) and category.name_zh else category.name


def _chinese(ask: Ask) -> bool:
    return ask.words.language == "zh"


async def _chosen(ask: Ask, place: Destination) -> list[str]:
    async with ask.services.db.read() as session:
        return [wish.category for wish in await subscriptions.of(session, place.id)]
