"""/time, /language and /links: what a destination wants besides its categories."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.digests.due import following
from bot.handlers.ask import Ask, Refusal
from bot.handlers.rights import sees_messages, target
from bot.handlers.settings.choices import parse_switch
from bot.handlers.settings.describe import when
from bot.handlers.typed_text import half_width, listed
from bot.i18n import catalogue_names, words_for
from bot.i18n.languages import NAMES, parse_language
from bot.i18n.typed_time import nearest_zones, parse_clock, parse_zone
from storage import subscriptions
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
    destination = await _stored(ask, destination)
    if first.lower() in _ASAP:
        async with ask.services.db.begin() as session:
            await subscriptions.reschedule(session, destination.id, None, destination.timezone, None)
        await ask.reply(when(ask, replace(destination, delivery_time=None, next_run_at=None)))
        return
    local = parse_clock(first)
    if local is None:
        raise Refusal("bad-time", text=first[:40], example=_TIME_EXAMPLE)
    zone = parse_zone(rest) if rest else destination.timezone
    if zone is None:
        nearest = nearest_zones(rest[:60])
        key = "unknown-zone" if nearest else "unknown-zone-alone"
        raise Refusal(key, name=rest[:60], nearest=", ".join(nearest), example=_TIME_EXAMPLE)
    due = following(replace(destination, delivery_time=local, timezone=zone), ask.services.now())
    async with ask.services.db.begin() as session:
        await subscriptions.reschedule(session, destination.id, local, zone, due)
        changed = await subscriptions.by_id(session, destination.id)
    await ask.reply(when(ask, changed or destination))


async def set_language(ask: Ask) -> None:
    """`/language zh-CN`: what papers are translated to; the bot speaks it too where it can."""
    ask, destination = await target(ask, "/language @mychannel zh-CN")
    known = ", ".join(f"{code} {name}" for code, name in NAMES.items())
    if not ask.args:
        raise Refusal("which-language", languages=known, example="/language zh-CN", now=destination.language)
    language = parse_language(" ".join(ask.args))
    if language is None:
        raise Refusal("unknown-language", name=" ".join(ask.args)[:40], languages=known, example="/language zh-CN")
    spoken = language.partition("-")[0]
    interface = spoken if spoken in catalogue_names() else destination.interface
    destination = await _stored(ask, destination)
    async with ask.services.db.begin() as session:
        changed = await subscriptions.update(session, destination.id, language=language, interface=interface)
    words = words_for(changed.interface) if changed.id == ask.here.id else ask.words
    key = "language-is-english" if language == "en" else "language-is"
    await ask.reply(words.html(key, name=NAMES[language], code=language))


async def answer_links(ask: Ask) -> None:
    """`/links on` or `/links off`: whether links in a group or channel are answered without asking the bot."""
    ask, destination = await target(ask, "/links @mygroup on")
    if destination.kind is ChatKind.PRIVATE:
        raise Refusal("links-only-in-groups")
    choice = parse_switch(ask.args[0]) if ask.args else None
    if choice is None:
        raise Refusal("links-on-or-off", now="on" if destination.answer_links else "off")
    destination = await _stored(ask, destination)
    async with ask.services.db.begin() as session:
        await subscriptions.update(session, destination.id, answer_links=choice)
    await ask.say("links-on" if choice else "links-off")
    if choice and destination.kind is not ChatKind.CHANNEL and not await sees_messages(ask.bot, destination.chat_id):
        await ask.say("links-unheard", name=f"@{ask.bot.username}")


async def set_types(ask: Ask) -> None:
    """`/types new`, `/types new+cross` or `/types all`: which entries of an announcement come."""
    ask, destination = await target(ask, "/types @mychannel new+cross")
    async with ask.services.db.read() as session:
        wishes = await subscriptions.of(session, destination.id) if destination.id else []
    if not wishes:
        raise Refusal("no-subscriptions", example="/subscribe cs.CV cs.LG")
    names = [name.lower() for name in listed(ask.args, "+")]
    chosen = frozenset(AnnounceType) if names in (["all"], ["全部"]) else _named_types(names)
    if not chosen:
        raise Refusal("which-types", now=listed_types(wishes[0].announce_types), example="/types new+cross")
    async with ask.services.db.begin() as session:
        await subscriptions.want(session, destination.id, chosen)
    await ask.say("types-are", types=listed_types(chosen))


def listed_types(chosen: Collection[AnnounceType]) -> str:
    """`new+cross`, in arXiv's order."""
    return "+".join(kind for kind in AnnounceType if kind in chosen)


def _named_types(names: Sequence[str]) -> frozenset[AnnounceType]:
    if not names or not set(names) <= set(AnnounceType):
        return frozenset()
    return frozenset(AnnounceType(name) for name in names)


async def _stored(ask: Ask, destination: Destination) -> Destination:
    if destination.id:
        return destination
    async with ask.services.db.begin() as session:
        return await subscriptions.save(session, destination)
