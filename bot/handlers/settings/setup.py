"""/start: three questions and a taste of what comes, or what a deep link asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from telegram.constants import ChatType

from bot.arxiv_source import calendar, categories
from bot.arxiv_source.ids import find_ids
from bot.handlers.ask import Ask, Handler, Refusal
from bot.handlers.digests.digest_command import post_answer
from bot.handlers.optional import show_action
from bot.handlers.papers.link import MOST_LINKS, answer_ids
from bot.handlers.papers.paper_card import show_bibtex, show_card
from bot.handlers.papers.paper_search import show_similar
from bot.handlers.settings.change_setting import change_by_button
from bot.handlers.settings.channels import channels
from bot.handlers.settings.describe import described
from bot.handlers.settings.paging import CHANNELS, SETTINGS, SETUP, Spot
from bot.handlers.settings.setting_commands import (
    NAVIGATION,
    page_after,
    point_to_private,
    pressed_place,
    settings,
    show,
)
from bot.handlers.settings.subscribe import subscribe
from bot.i18n.languages import ENGLISH, parse_language, zone_of
from bot.render.button import Button, callback
from bot.translate.budget import Payer
from storage import known_bot, notices, subscriptions
from storage.records import Destination, Layout, Subscription

_TASTE = 5
_LONGEST_PAYLOAD = 64
"""Characters that Telegram lets a deep link carry."""

_MEANT = {"-": ".", "_": "/"}
_NEXT = {"language": "fields", "interface": "language", "zone": "time"}


_DEEDS: Mapping[str, Handler] = {"card": show_card, "bib": show_bibtex, "like": show_similar}


async def start(ask: Ask) -> None:
    """Ask for language, fields and time, or say what is set; a deep link does at once what it asks for.

    `start=sub_cs-CV_cs-LG` subscribes, `start=p_2402-15351` shows a card, `start=card_en_2402-15351` one in a language
    (as pressing under a group's card does, see `shared.py`), `start=set_-1001234567890` a chat's settings.
    """
    await _resume(ask)
    await _tell_of_another_bot(ask)
    payload = ask.args[0] if ask.args else ""
    # One that is typed may have thousands of characters and as many spellings, which took seconds to look through.
    kind, _, value = (payload if len(payload) <= _LONGEST_PAYLOAD else "").partition("_")
    if kind == "sub" and (wanted := _categories(value)):
        await subscribe(ask.with_args(*wanted))
    elif kind == "p" and (ids := next(filter(None, map(find_ids, _spellings(value))), ())):
        await answer_ids(ask, ids[:MOST_LINKS])
    elif kind in _DEEDS and (args := _deed(value)):
        await _DEEDS[kind](ask.with_args(*args))
    elif kind == SETTINGS and value:
        await settings(ask.with_args(value))
    elif kind == CHANNELS:
        await channels(ask)
    elif ask.chat.type == ChatType.CHANNEL:
        await point_to_private(ask)
    elif not ask.private:
        begin = Button(ask.words("button-setup"), callback_data=callback(SETUP, "0"))
        await ask.reply(ask.words.html("start-in-group", name=f"@{ask.bot.username}"), [[begin]])
    else:
        await _welcome(ask)


async def _resume(ask: Ask) -> None:
    """Whoever starts the bot again can be written to again; with a new token Telegram tells of it in no other way."""
    if not ask.private or ask.here.paused is None:
        return
    async with ask.services.db.begin() as session:
        resumed = await subscriptions.resume(session, ask.here.id, ask.services.now())
    if resumed:
        ask.services.deliverer.wake()


async def _tell_of_another_bot(ask: Ask) -> None:
    """An administrator whom a new bot could not write to hears of it here."""
    if not ask.private or ask.user is None or ask.user.id not in ask.services.settings.admin_ids:
        return
    async with ask.services.db.begin() as session:
        news = await notices.clear(session, known_bot.untold(ask.user.id))
    if news:
        await ask.say("another-bot")


async def press_setup(ask: Ask) -> None:
    """`go:ID[:page[:value…]]`: one of the three questions, or an answer to it and the next."""
    place = await pressed_place(ask)
    name, *values = ask.args[1:] or ("language",)
    if name == "time" and not values and not await _wishes(ask, place):
        raise Refusal("no-field-chosen")
    if values and name not in NAVIGATION:
        place = await change_by_button(ask, place, name, values)
        if name == "time":
            await _finish(ask, place)
            return
        name, values = page_after(name, values) if name == "sub" else (_NEXT.get(name, name), [])
    await show(ask, place, name, values=values, flow=SETUP)


async def _welcome(ask: Ask) -> None:
    wishes = await _wishes(ask, ask.here)
    if not wishes:
        place = ask.here
        if not place.id:
            app = (ask.user.language_code or "") if ask.user is not None else ""
            spoken = parse_language(app)
            language = spoken if spoken not in {None, ENGLISH} else place.language
            zone = zone_of(app) or place.timezone
            place = await ask.services.destination_settings.stored(
                replace(place, language=language or place.language, timezone=zone)
            )
        await show(ask, place, "language", flow=SETUP)
        return
    buttons = [
        [Button(ask.words("button-digest-now"), callback_data=callback("digest"))],
        [
            Button(ask.words("set-fields"), callback_data=Spot(SETTINGS, ask.here).data("fields")),
            Button(ask.words("button-settings"), callback_data=Spot(SETTINGS, ask.here).data()),
        ],
    ]
    await ask.reply(f"{ask.words('start-again')}\n\n{described(ask, ask.here, wishes)}", buttons)


async def _finish(ask: Ask, place: Destination) -> None:
    """What was chosen, in place of the questions; and below it the first papers of the newest announcement."""
    wishes = await _wishes(ask, place)
    open_settings = Button(ask.words("button-settings"), callback_data=Spot(SETTINGS, place).data())
    await ask.show(f"{ask.words('setup-done')}\n\n{described(ask, place, wishes)}", [[open_settings]])
    await show_action(ask)
    wanted = [wish.category for wish in wishes]
    look = replace(place, layout=Layout.CLASSIC, papers_shown=_TASTE, attach_file=False)
    newest = calendar.mailing_date(ask.services.now())
    for day in (newest, calendar.previous(newest)):
        parts = await ask.services.daily.digest_now(look, wanted, day, payer=Payer(ask.chat.id), most=_TASTE)
        if parts:
            await ask.say("taste", count=_TASTE)
            await post_answer(ask, parts[:1])
            return
    await ask.say("no-taste")


def _categories(value: str) -> tuple[str, ...]:
    """The categories that a deep link names, or none when one of them is none."""
    found = [next(filter(None, map(categories.canonical, _spellings(part))), None) for part in value.split("_")]
    return tuple(text for text in found if text) if all(found) else ()


def _deed(value: str) -> tuple[str, ...]:
    """The paper and the language of `zh-CN_2402-15351`; nothing where it names none."""
    language, _, written = value.partition("_")
    ids = next(filter(None, map(find_ids, _spellings(written))), ())
    return (str(ids[0]), language) if ids else ()


def _spellings(value: str) -> Iterator[str]:
    """What may be meant where Telegram allows only letters, digits, `_` and `-`: one `-` a dot, one `_` a slash."""
    yield value
    for place, letter in enumerate(value):
        if letter in _MEANT:
            yield f"{value[:place]}{_MEANT[letter]}{value[place + 1 :]}"


async def _wishes(ask: Ask, place: Destination) -> list[Subscription]:
    async with ask.services.db.read() as session:
        return await subscriptions.of(session, place.id) if place.id else []
