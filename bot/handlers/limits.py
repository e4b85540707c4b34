"""The limits on what people ask for. Whoever reaches one hears once when it goes on, and nothing more until then.

The bot's administrators have none.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from telegram.constants import ChatType

from bot.handlers.ask import Ask, Refusal
from bot.handlers.rights import leads
from bot.handlers.usage_limits import Kind
from bot.i18n import dates
from storage import subscriptions
from storage.records import Part, PartKind
from storage.usage import Share

ANONYMOUS = 1087968824
"""Who Telegram says wrote what an anonymous administrator wrote."""


class Unanswered(Exception):
    """Not done, and no word about it: that was said before."""


def is_person(ask: Ask) -> bool:
    """Whether Telegram says who asks: it does not of a channel and of an anonymous administrator."""
    anonymous = ask.press is None and ask.message.sender_chat is not None
    return ask.user is not None and not anonymous and ask.user.id != ANONYMOUS


def command(ask: Ask) -> None:
    """Count a command, a message in private or a pressed button. Raises Refusal, then Unanswered, beyond the limit."""
    if not ask.is_bot_administrator:
        share = ask.services.limits.command(_account(ask))
        if not share.granted:
            raise Refusal("limit-commands") if share.first else Unanswered


async def cards(ask: Ask, wanted: int) -> tuple[int, str]:
    """How many of so many cards are granted, and what is to be said of the others. Raises as `command` for none."""
    if ask.is_bot_administrator:
        return wanted, ""
    share = await ask.services.limits.take(Kind.CARDS, _account(ask), wanted)
    _none_is_refused(ask, share, "limit-cards", Kind.CARDS)
    return share.granted, ask.words.html("limit-cards", **_values(ask, share, Kind.CARDS)) if share.first else ""


async def digest_day(ask: Ask) -> None:
    """Count a day of `/digest`. Raises as `command`."""
    if not ask.is_bot_administrator:
        share = await ask.services.limits.take(Kind.DIGEST_DAYS, _account(ask))
        _none_is_refused(ask, share, "limit-digest-days", Kind.DIGEST_DAYS)


async def group_file(ask: Ask) -> None:
    """Count a document that a plain member wants in a group. Raises as `command`."""
    if ask.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP} and not await _has_no_limit(ask):
        share = await ask.services.limits.take(Kind.GROUP_FILES, ask.chat.id)
        _none_is_refused(ask, share, "limit-group-files", Kind.GROUP_FILES)


async def granted_parts(ask: Ask, parts: Sequence[Part]) -> tuple[list[Part], str]:
    """An answer without its documents where a group has had enough of them, and what is to be said then, if anything.

    Raises as `command` where nothing else is in it.
    """
    others = [part for part in parts if part.kind is not PartKind.DOCUMENT]
    if len(others) == len(parts):
        return others, ""
    try:
        await group_file(ask)
    except Refusal as refusal:
        if not others:
            raise
        return others, ask.words.html(refusal.key, **refusal.values)
    except Unanswered:
        if not others:
            raise
        return others, ""
    return list(parts), ""


async def subscriptions_fit(ask: Ask, session: AsyncSession, chat_id: int) -> None:
    """After some were added, and before that is committed. Raises Refusal where a chat has too many by now."""
    most = ask.services.settings.subscriptions_per_chat
    if most and not ask.is_bot_administrator and await subscriptions.count(session, chat_id) > most:
        raise Refusal("too-many-subscriptions", limit=most)


def _account(ask: Ask) -> int:
    return ask.user.id if is_person(ask) and ask.user is not None else ask.chat.id


async def _has_no_limit(ask: Ask) -> bool:
    return ask.is_bot_administrator or await leads(ask, ask.here)


def _none_is_refused(ask: Ask, share: Share, key: str, kind: Kind) -> None:
    if not share.granted:
        raise Refusal(key, **_values(ask, share, kind)) if share.first else Unanswered


def _values(ask: Ask, share: Share, kind: Kind) -> dict[str, object]:
    again = dates.moment(share.again_at, ask.here.timezone, ask.words.language)
    return {"limit": ask.services.limits.most(kind), "at": again}
