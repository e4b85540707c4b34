"""/time, /language and /links: what a destination wants besides its categories."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from babel import Locale

from bot.handlers.ask import Ask, Refusal
from bot.handlers.rights import target
from bot.handlers.settings.change_setting import change_setting, warn_if_deaf
from bot.handlers.settings.describe import when
from bot.handlers.settings.paging import SETTINGS, Spot
from bot.handlers.settings.setting_table import parse_switch
from bot.handlers.typed_text import half_width, listed
from bot.i18n import catalogue_names
from bot.i18n.languages import ENGLISH, NAMES, parse_language
from bot.i18n.typed_time import nearest_zones, parse_clock, parse_zone
from bot.render.button import Button
from storage.records import AnnounceType, ChatKind, Destination

_HALVES = frozenset({"am", "pm"})
_ASAP = frozenset({"asap", "now", "立即", "尽快"})
_TIME_EXAMPLE = "/time 09:00 Asia/Shanghai"


async def set_time(ask: Ask) -> None:
    """`/time 09:00 [zone]`, or `/time asap`."""
    ask, destination = await target(ask, f"{_TIME_EXAMPLE.replace('/time', '/time @mychannel')}")
    if not ask.args:
        raise Refusal("which-time", example=_TIME_EXAMPLE, now=when(ask, destination))
    first, rest = half_width(ask.args[0]), " ".join(ask.args[1:])
    if ask.args[1:] and (half := ask.args[1].lower().replace(".", "")) in _HALVES:
        first, rest = first + half, " ".join(ask.args[2:])
    if first.lower() in _ASAP:
        await ask.reply(when(ask, await change_setting(ask, destination, time=None)))
        return
    local = parse_clock(first)
    if local is None:
        raise Refusal("bad-time", text=first[:40], example=_TIME_EXAMPLE)
    zone = parse_zone(rest) if rest else destination.timezone
    if zone is None:
        nearest = nearest_zones(rest[:60])
        key = "unknown-zone" if nearest else "unknown-zone-alone"
        raise Refusal(key, name=rest[:60], nearest=", ".join(nearest), example=_TIME_EXAMPLE)
    await ask.reply(when(ask, await change_setting(ask, destination, time=local, zone=zone)))


async def set_language(ask: Ask) -> None:
    """`/language zh-CN`: what papers are translated to. Where the bot speaks it, a button lets it do so here too."""
    ask, destination = await target(ask, "/language @mychannel zh-CN")
    known = ", ".join(f"{code} {name}" for code, name in NAMES.items())
    if not ask.args:
        raise Refusal("which-language", languages=known, example="/language zh-CN", now=destination.language)
    language = parse_language(" ".join(ask.args))
    if language is None:
        raise Refusal("unknown-language", name=" ".join(ask.args)[:40], languages=known, example="/language zh-CN")
    changed = await change_setting(ask, destination, language=language)
    key = "language-is-english" if language == ENGLISH else "language-is"
    await ask.reply(ask.words.html(key, name=NAMES[language], code=language), _speaks_too(changed))


def _speaks_too(place: Destination) -> list[list[Button]]:
    """The button that lets the bot speak the language of the papers as well, where it can and does not yet."""
    spoken = place.language.partition("-")[0]
    if spoken not in catalogue_names() or spoken == place.interface:
        return []
    name = str(Locale.parse(spoken).display_name)
    return [[Button(f"💬 {name}", callback_data=Spot(SETTINGS, place).data("interface", spoken))]]


async def answer_links(ask: Ask) -> None:
    """`/links on` or `/links off`: whether links in a group or channel are answered without asking the bot."""
    ask, destination = await target(ask, "/links @mygroup on")
    if destination.kind is ChatKind.PRIVATE:
        raise Refusal("links-only-in-groups")
    choice = parse_switch(ask.args[0]) if ask.args else None
    if choice is None:
        raise Refusal("links-on-or-off", now="on" if destination.answer_links else "off")
    changed = await change_setting(ask, destination, links=choice)
    await ask.say("links-on" if choice else "links-off")
    if choice:
        await warn_if_deaf(ask, changed)


async def set_types(ask: Ask) -> None:
    """`/types new`, `/types new+cross` or `/types all`: which entries of an announcement come."""
    ask, destination = await target(ask, "/types @mychannel new+cross")
    before = await ask.services.destination_settings.announce_types(destination)
    if not before:
        raise Refusal("no-subscriptions", example="/subscribe cs.CV cs.LG")
    names = [name.lower() for name in listed(ask.args, "+")]
    chosen = frozenset(AnnounceType) if names in (["all"], ["全部"]) else _named_types(names)
    if not chosen:
        raise Refusal("which-types", now=listed_types(before), example="/types new+cross")
    await ask.services.destination_settings.want(destination, chosen)
    await ask.say("types-are", types=listed_types(chosen))


def listed_types(chosen: Collection[AnnounceType]) -> str:
    """`new+cross`, in arXiv's order."""
    return "+".join(kind for kind in AnnounceType if kind in chosen)


def _named_types(names: Sequence[str]) -> frozenset[AnnounceType]:
    if not names or not set(names) <= set(AnnounceType):
        return frozenset()
    return frozenset(AnnounceType(name) for name in names)
