"""/digest: an announcement now, here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from telegram.constants import ChatType

from bot.arxiv_source import calendar
from bot.handlers import limits
from bot.handlers.allowance import tell_if_used_up
from bot.handlers.ask import Ask, Refusal
from bot.handlers.optional import show_action
from bot.handlers.rights import leads
from bot.handlers.settings.subscribe import parse_categories
from bot.handlers.typed_text import half_width
from bot.render.digest_buttons import digest_of
from bot.translate.budget import Payer
from storage import digests, gaps, open_answers, subscriptions
from storage.records import OpenAnswer, Part, PartKind

EXAMPLE = "/digest cs.CV"

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_NEWEST, _BEFORE = ("today", "今天"), ("yesterday", "昨天")
"""The newest mailing, and the one before it."""


async def press_digest(ask: Ask) -> None:
    """`digest[:category…]`: the same by a button; in a channel its readers set off nothing."""
    if ask.chat.type == ChatType.CHANNEL and not await leads(ask, ask.here):
        raise Refusal("only-in-private", bot=ask.bot.username)
    await digest_now(ask)


async def digest_now(ask: Ask) -> None:
    """`/digest cs.CV [2026-08-21]`; without a category, what this chat is subscribed to."""
    args, day = split_date(ask.args, calendar.mailing_date(ask.services.now()), EXAMPLE)
    if args and args[0].startswith("@"):
        raise Refusal("digest-comes-here", name=args[0][:40], example=EXAMPLE)
    if args:
        wanted = parse_categories(ask, args, EXAMPLE)
    else:
        async with ask.services.db.read() as session:
            wishes = await subscriptions.of(session, ask.here.id) if ask.here.id else []
        if not wishes:
            raise Refusal("which-category", example=EXAMPLE)
        wanted = tuple(wish.category for wish in wishes)
    await limits.digest_day(ask)
    await show_action(ask)
    parts = await ask.services.daily.digest_now(ask.here, wanted, day, payer=Payer(ask.chat.id))
    if parts is None:
        raise Refusal("not-announced", categories=", ".join(wanted), date=day)
    if not parts:
        await ask.say("nothing-in-it", categories=", ".join(wanted), date=day)
    shown, limited = await limits.granted_parts(ask, parts)
    await post_answer(ask, shown)
    if limited:
        await ask.reply(limited)
    await tell_if_used_up(ask)
    if unknown := await ask.services.daily.unknown(wanted, day):
        await ask.say("not-announced", categories=", ".join(unknown), date=day)


async def post_answer(ask: Ask, parts: Sequence[Part]) -> None:
    """Send what shows a digest; where something in it is not translated yet, it is noted to be completed."""
    named = next((number for part in parts if (number := digest_of(part)) is not None), None)
    open_now = named is not None and await _has_gaps(ask, named)
    for part in parts:
        message_id = await ask.services.sender.post(ask.here, part)
        if named is not None and open_now:
            is_file = part.kind is PartKind.DOCUMENT
            answer = OpenAnswer(
                chat_id=ask.chat.id,
                message_id=message_id,
                digest_id=named,
                is_file=is_file,
                posted_at=ask.services.now(),
            )
            async with ask.services.db.begin() as session:
                await open_answers.keep(session, answer)


async def _has_gaps(ask: Ask, digest_id: int) -> bool:
    async with ask.services.db.read() as session:
        digest = await digests.get(session, digest_id)
        return await gaps.open_among(session, [entry.arxiv_id for entry in digest.entries], digest.language)


def split_date(args: Sequence[str], default: date, example: str) -> tuple[list[str], date]:
    """Arguments without the date among them, and that date, as people write it (`2026/8/21`, `2026年8月21日`, `昨天`).

    Raises Refusal for one that does not exist.
    """
    rest, day = [], default
    for arg in args:
        if arg in _NEWEST:
            continue
        if arg in _BEFORE:
            day = calendar.previous(default)
        elif arg[:4].isdigit():
            written = _DATE.fullmatch(half_width(arg))
            try:
                day = date(*map(int, written.groups())) if written is not None else date.fromisoformat(arg)
            except ValueError:
                raise Refusal("bad-date", text=arg[:40], example=f"{example} {default.isoformat()}") from None
        else:
            rest.append(arg)
    return rest, day
