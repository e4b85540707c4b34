"""/subscribe, /unsubscribe, /subscriptions."""

from __future__ import annotations

from collections.abc import Sequence

from telegram.constants import ChatType

from bot.arxiv_source import calendar, categories
from bot.handlers import limits
from bot.handlers.ask import Ask, Refusal, named
from bot.handlers.rights import led, target, with_place
from bot.handlers.settings.describe import category_label, category_name, described, when
from bot.handlers.typed_text import listed
from bot.render.button import Button, callback
from storage import subscriptions

_MOST_AT_ONCE = 40


def parse_categories(ask: Ask, args: Sequence[str], example: str) -> tuple[str, ...]:
    """Canonical categories and archives from a command's arguments, a group as all of its archives.

    Raises Refusal naming the nearest real ones.
    """
    words = listed(args)
    if not words:
        raise Refusal("which-category", example=example)
    if len(words) > _MOST_AT_ONCE:
        raise Refusal("too-many-categories", limit=_MOST_AT_ONCE)
    found: list[str] = []
    for word in words:
        known = categories.meant(word)
        if not known:
            nearest = categories.nearest(word[:60])
            raise Refusal(
                "unknown-category" if nearest else "unknown-category-alone",
                name=word[:60],
                nearest=" · ".join(f"{text.id} {category_name(ask, text.id)}".rstrip() for text in nearest),
                example=_instead(example, words, word, nearest[0].id) if nearest else example,
            )
        found += known
    return tuple(dict.fromkeys(found))


def _instead(example: str, words: Sequence[str], wrong: str, right: str) -> str:
    """What was meant, ready to be sent: the example's command and chat, and what was typed with the right category."""
    head = [word for word in example.split() if word[0] in "/@-"]
    return " ".join([*head, *(right if word == wrong else word for word in words)])


async def subscribe(ask: Ask) -> None:
    """Add categories to a destination; the newest announcement is the first to come."""
    asked, destination = await target(ask, "/subscribe @mychannel cs.CV")
    wanted = parse_categories(asked, asked.args, with_place("/subscribe cs.CV cs.LG", ask, asked))
    ask = asked
    now = ask.services.now()
    cursor = calendar.previous(calendar.mailing_date(now))
    async with ask.services.db.begin() as session:
        if destination.id == 0:
            destination = await subscriptions.save(session, destination)
        added = [
            category for category in wanted if await subscriptions.subscribe(session, destination.id, category, cursor)
        ]
        if added:
            await limits.subscriptions_fit(ask, session, destination.chat_id)
        if destination.paused is not None:
            await subscriptions.resume(session, destination.id, now)
    lines = [category_label(ask, category) for category in added]
    key = "subscribed" if added else "already-subscribed"
    listed = "\n".join(f"• {line}" for line in lines or [category_label(ask, category) for category in wanted])
    for category in wanted:
        if (around := categories.group_around(category)) is not None and len(wanted) == 1:
            listed += "\n" + ask.words.html("only-the-archive", archive=category, example=f"/subscribe {around}")
    place = "" if destination.chat_id == ask.chat.id else named(destination)
    text = ask.words.html(key, place=place, elsewhere="yes" if place else "no")
    # A channel's readers would press it.
    here = (
        ()
        if place or ask.chat.type == ChatType.CHANNEL
        else ((Button(ask.words("button-digest-now"), callback_data=callback("digest")),),)
    )
    await ask.reply(f"{text}\n{listed}\n\n{when(ask, destination)}", here)


async def unsubscribe(ask: Ask) -> None:
    """Take categories (or `all`) from a destination."""
    asked, destination = await target(ask, "/unsubscribe @mychannel cs.CV")
    example = with_place("/unsubscribe cs.CV", ask, asked)
    ask = asked
    everything = [arg.lower() for arg in ask.args] in (["all"], ["全部"])
    wanted = None if everything else parse_categories(ask, ask.args, example)
    async with ask.services.db.begin() as session:
        removed = await subscriptions.unsubscribe(session, destination.id, wanted) if destination.id else []
    if not removed:
        raise Refusal(
            "not-subscribed", example=example.replace("/unsubscribe", "/subscriptions").removesuffix(" cs.CV")
        )
    await ask.say("unsubscribed", categories=", ".join(removed))


async def list_subscriptions(ask: Ask) -> None:
    """What this destination is subscribed to and when the next digest comes; in private also one's channels."""
    example = "/subscribe cs.CV cs.LG"
    if ask.args:
        asked, shown = await target(ask, "/subscriptions @mychannel")
        example, ask = with_place(example, ask, asked), asked
        places = [shown]
    else:
        places = [ask.here]
        if ask.private and ask.user is not None:
            async with ask.services.db.read() as session:
                owned = await subscriptions.owned(session, ask.user.id)
            places += await led(ask, [place for place in owned if place.id != ask.here.id])
    blocks: list[str] = []
    for place in places:
        async with ask.services.db.read() as session:
            wishes = await subscriptions.of(session, place.id) if place.id else []
        if wishes:
            blocks.append(described(ask, place, wishes))
    if not blocks:
        raise Refusal("no-subscriptions", example=example)
    await ask.reply("\n\n".join(blocks))
