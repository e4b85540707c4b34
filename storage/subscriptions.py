"""Destinations, what they subscribe to, and which of them are due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import UNFINISHED, bans, deliveries
from storage.models import destinations as table
from storage.models import subscriptions as wish_table
from storage.records import (
    DEFAULT_ANNOUNCE_TYPES,
    AnnounceType,
    ChatKind,
    DeliveryState,
    Destination,
    Layout,
    Subscription,
)
from storage.sql import changed, chunks, upsert

_SETTABLE = tuple(field_.name for field_ in fields(Destination) if field_.name != "id")
_AWAKE = table.c.paused.is_(None)
BANNED, NOT_LISTED = "banned by an administrator", "not on the list of a private installation"
"""Why whoever is shut out gets nothing; no sign of Telegram's ends that."""
_STILL_NEWS = timedelta(days=7)
_ON = wish_table.c.off_at.is_(None)


async def destination(session: AsyncSession, chat_id: int, thread_id: int = 0) -> Destination | None:
    """The destination in that chat and topic."""
    return await _first(session, table.c.chat_id == chat_id, table.c.thread_id == thread_id)


async def by_id(session: AsyncSession, destination_id: int) -> Destination | None:
    """One destination."""
    return await _first(session, table.c.id == destination_id)


async def save(session: AsyncSession, destination: Destination) -> Destination:
    """Insert, unless there is one in the same chat and topic, which stays as it is. What is stored, with its id.

    In a chat that is banned it is paused.
    """
    if await session.scalar(sa.select(sa.exists().where(bans.c.chat_id == destination.chat_id))):
        destination = replace(destination, paused=BANNED)
    values = {name: getattr(destination, name) for name in _SETTABLE}
    statement = (
        upsert(session, table)
        .values(values)
        .on_conflict_do_nothing(index_elements=["chat_id", "thread_id"])
        .returning(table.c.id)
    )
    made = await session.scalar(statement)
    if made is not None:
        return replace(destination, id=made)
    there = sa.select(table).where(table.c.chat_id == destination.chat_id, table.c.thread_id == destination.thread_id)
    return destination_of((await session.execute(there)).one())


async def update(session: AsyncSession, destination_id: int, **changes: Any) -> Destination:
    """Change fields of a destination (any but its id). Raises LookupError if there is none with that id."""
    known = await by_id(session, destination_id)
    if known is None:
        raise LookupError(f"there is no destination {destination_id}")
    if "id" in changes:
        raise TypeError("a destination keeps its id")
    wanted = replace(known, **changes)
    if changes:
        await _set(session, destination_id, **changes)
    return wanted


async def subscribe(
    session: AsyncSession,
    destination_id: int,
    category: str,
    cursor: date,
    announce_types: frozenset[AnnounceType] | None = None,
) -> bool:
    """Add a subscription, or switch on one that is off. False, and nothing is changed, where there is one already.

    None for the announce types of the destination's others, or the usual ones for the first.
    """
    if announce_types is None:
        others = sa.select(wish_table.c.announce_types).where(wish_table.c.destination_id == destination_id).limit(1)
        announce_types = _announce_types(await session.scalar(others) or DEFAULT_ANNOUNCE_TYPES)
    statement = (
        upsert(session, wish_table)
        .values(
            destination_id=destination_id,
            category=category,
            cursor=cursor,
            announce_types=sorted(announce_types),
            at_once=_at_once(destination_id),
        )
        .on_conflict_do_nothing()
    )
    if await changed(session, statement) == 1:
        return True
    return await switch_on(session, destination_id, category, cursor)


async def switch_off(session: AsyncSession, destination_id: int, category: str, now: datetime) -> bool:
    """Let a subscription rest; its cursor stays. False where there is none that is on."""
    ours = sa.and_(wish_table.c.destination_id == destination_id, wish_table.c.category == category, _ON)
    return await changed(session, sa.update(wish_table).where(ours).values(off_at=now)) == 1


async def switch_on(
    session: AsyncSession, destination_id: int, category: str, cursor: date, *, since: datetime | None = None
) -> bool:
    """Let a subscription that rests go on. False where there is none that is off.

    It goes on from where it was when it was switched off after `since`; else from `cursor`, if it was not further: what
    was announced while it rested was not wanted.
    """
    ours = sa.and_(wish_table.c.destination_id == destination_id, wish_table.c.category == category)
    row = (await session.execute(sa.select(wish_table.c.cursor, wish_table.c.off_at).where(ours, ~_ON))).first()
    if row is None:
        return False
    kept = row.cursor if since is not None and row.off_at >= since else max(row.cursor, cursor)
    await session.execute(sa.update(wish_table).where(ours).values(off_at=None, cursor=kept))
    return True


async def switched_off(session: AsyncSession, destination_id: int) -> list[str]:
    """The categories of a destination's subscriptions that are off."""
    query = sa.select(wish_table.c.category).where(wish_table.c.destination_id == destination_id, ~_ON)
    return sorted(await session.scalars(query))


async def want(session: AsyncSession, destination_id: int, announce_types: Collection[AnnounceType]) -> int:
    """Set the announce types of all of a destination's subscriptions. Returns how many there are."""
    stored = sorted(announce_types)
    return await changed(
        session,
        sa.update(wish_table).where(wish_table.c.destination_id == destination_id).values(announce_types=stored),
    )


async def unsubscribe(
    session: AsyncSession, destination_id: int, categories: Collection[str] | None = None
) -> list[str]:
    """Remove subscriptions (None: all); returns the categories that were there, in order."""
    statement = sa.delete(wish_table).where(wish_table.c.destination_id == destination_id)
    if categories is not None:
        statement = statement.where(wish_table.c.category.in_(categories))
    return sorted(await session.scalars(statement.returning(wish_table.c.category)))


async def of(session: AsyncSession, destination_id: int) -> list[Subscription]:
    """A destination's subscriptions that are on, by category."""
    return list((await _wishes(session, [destination_id])).get(destination_id, ()))


async def count(session: AsyncSession, chat_id: int) -> int:
    """How many subscriptions that are on a chat has, its topics' together."""
    query = sa.select(sa.func.count()).select_from(wish_table).join(table).where(table.c.chat_id == chat_id, _ON)
    return int(await session.scalar(query) or 0)


async def owned(session: AsyncSession, owner_id: int) -> list[Destination]:
    """The destinations that a person set up, in the order in which they came."""
    query = sa.select(table).where(table.c.owner_id == owner_id).order_by(table.c.id)
    return [destination_of(row) for row in await session.execute(query)]


async def in_chats(session: AsyncSession, chat_ids: Collection[int]) -> list[Destination]:
    """The destinations in these chats and their topics, by id."""
    found: list[Destination] = []
    for some in chunks(chat_ids):
        query = sa.select(table).where(table.c.chat_id.in_(some))
        found += [destination_of(row) for row in await session.execute(query)]
    return sorted(found, key=lambda place: place.id)


async def in_chat(session: AsyncSession, chat_id: int) -> list[Destination]:
    """The destinations of a chat: itself, and its topics."""
    query = sa.select(table).where(table.c.chat_id == chat_id).order_by(table.c.thread_id)
    return [destination_of(row) for row in await session.execute(query)]


async def paused(session: AsyncSession, limit: int) -> list[Destination]:
    """Some groups and channels to which nothing is delivered at present: by chance, so that each has its turn.

    Not those that were shut out here: what Telegram says of them changes nothing.
    """
    many = sa.and_(table.c.kind != ChatKind.PRIVATE, table.c.paused.not_in((BANNED, NOT_LISTED)))
    query = sa.select(table).where(~_AWAKE, many).order_by(sa.func.random()).limit(limit)
    return [destination_of(row) for row in await session.execute(query)]


async def oldest_cursors(session: AsyncSession) -> dict[str, date]:
    """For each category, how far the destination that is furthest behind has come; paused ones do not count."""
    return {row.category: row.cursor for row in await session.execute(_OLDEST) if row.cursor is not None}


def _oldest() -> sa.Select[Any]:
    """From category to category, and there to the first cursor by the index: asked at every tick, of however many."""
    first = sa.select(sa.func.min(wish_table.c.category).label("category")).cte("categories", recursive=True)
    following = sa.select(sa.func.min(wish_table.c.category)).where(wish_table.c.category > first.c.category)
    each = first.union_all(sa.select(following.scalar_subquery()).where(first.c.category.is_not(None)))
    cursor = (
        sa.select(wish_table.c.cursor)
        .join(table)
        .where(_AWAKE, _ON, wish_table.c.category == each.c.category)
        .order_by(wish_table.c.cursor)
        .limit(1)
        .scalar_subquery()
    )
    return sa.select(each.c.category, cursor.label("cursor")).where(each.c.category.is_not(None))


_OLDEST = _oldest()


async def languages(session: AsyncSession, category: str) -> dict[str, frozenset[AnnounceType]]:
    """The languages that a category is wanted in, and for each the announce types that anybody wants in it."""
    query = (
        sa.select(table.c.language, wish_table.c.announce_types)
        .join(wish_table)
        .where(_AWAKE, _ON, wish_table.c.category == category)
    )
    wanted: dict[str, frozenset[AnnounceType]] = {}
    for row in await session.execute(query):
        wanted[row.language] = wanted.get(row.language, frozenset()) | _announce_types(row.announce_types)
    return wanted


async def only_chat(session: AsyncSession, category: str, language: str) -> int | None:
    """The chat that alone wants a category in a language; None where several do, or none."""
    query = (
        sa.select(table.c.chat_id)
        .join(wish_table)
        .where(_AWAKE, _ON, wish_table.c.category == category, table.c.language == language)
        .distinct()
        .limit(2)
    )
    chats = list(await session.scalars(query))
    return int(chats[0]) if len(chats) == 1 else None


async def go_back(session: AsyncSession, category: str, day: date, before: date) -> None:
    """That day's announcement of a category has papers after all: who had come just so far gets them."""
    there = sa.and_(wish_table.c.category == category, wish_table.c.cursor == day)
    await session.execute(sa.update(wish_table).where(there).values(cursor=before))


async def reschedule(
    session: AsyncSession,
    destination_id: int,
    delivery_time: time | None,
    timezone: str,
    next_run_at: datetime | None,
) -> None:
    """Set when digests come: a local time in a zone and the next such moment, or no time for as soon as announced."""
    await _set(session, destination_id, delivery_time=delivery_time, timezone=timezone, next_run_at=next_run_at)


async def pause(session: AsyncSession, destination_id: int, reason: str) -> None:
    """Deliver nothing there for now."""
    await _set(session, destination_id, paused=reason)


async def resume(session: AsyncSession, destination_id: int, now: datetime, *, shut_out: bool = False) -> bool:
    """Deliver again; what was announced meanwhile comes with the next digest. False where it was not paused.

    Parts that failed on account of what it was paused for, in the last days, are sent now: they are of a digest that
    was planned already. Who is shut out stays so unless `shut_out` is given.
    """
    known = await by_id(session, destination_id)
    if known is None or known.paused is None or (known.paused in {BANNED, NOT_LISTED} and not shut_out):
        return False
    await _set(session, destination_id, paused=None)
    lost = sa.and_(
        deliveries.c.destination_id == destination_id,
        deliveries.c.state == DeliveryState.FAILED,
        deliveries.c.message_id.is_(None),
        deliveries.c.reason == known.paused,
        deliveries.c.updated_at >= now - _STILL_NEWS,
    )
    values = {"state": DeliveryState.PENDING, "reason": "", "attempts": 0, "refusals": 0, "updated_at": now}
    await session.execute(sa.update(deliveries).where(lost).values(**values))
    return True


async def seen(session: AsyncSession, chat_id: int, message_id: int) -> None:
    """Note that there is such a message in a chat, for those of its destinations to which nothing is on its way.

    A message that is on its way may be older than this one, and would be looked for after it in vain.
    """
    on_its_way = sa.exists().where(deliveries.c.destination_id == table.c.id, sa.text(f"deliveries.{UNFINISHED}"))
    newer = sa.func.coalesce(table.c.seen_message, 0) < message_id
    ours = sa.and_(table.c.chat_id == chat_id, newer, ~on_its_way)
    await session.execute(sa.update(table).where(ours).values(seen_message=message_id))


async def _set(session: AsyncSession, destination_id: int, **values: Any) -> None:
    await session.execute(sa.update(table).where(table.c.id == destination_id).values(**values))
    if not values.keys().isdisjoint({"delivery_time", "paused"}):
        theirs = wish_table.c.destination_id == destination_id
        await session.execute(sa.update(wish_table).where(theirs).values(at_once=_at_once(destination_id)))


def _at_once(destination_id: int) -> sa.ScalarSelect[bool]:
    """Whether the destination gets digests as soon as announced, and gets any."""
    return (
        sa.select(sa.and_(table.c.delivery_time.is_(None), _AWAKE))
        .where(table.c.id == destination_id)
        .scalar_subquery()
    )


async def _first(session: AsyncSession, *conditions: sa.ColumnElement[bool]) -> Destination | None:
    row = (await session.execute(sa.select(table).where(*conditions))).first()
    return destination_of(row) if row is not None else None


async def _wishes(session: AsyncSession, destination_ids: Iterable[int]) -> dict[int, tuple[Subscription, ...]]:
    found: dict[int, tuple[Subscription, ...]] = {}
    for some in chunks(destination_ids):
        query = (
            sa.select(wish_table)
            .where(wish_table.c.destination_id.in_(some), _ON)
            .order_by(wish_table.c.destination_id, wish_table.c.category)
        )
        for row in await session.execute(query):
            wish = Subscription(row.destination_id, row.category, row.cursor, _announce_types(row.announce_types))
            found[wish.destination_id] = (*found.get(wish.destination_id, ()), wish)
    return found


def _announce_types(stored: Iterable[str]) -> frozenset[AnnounceType]:
    return frozenset(AnnounceType(text) for text in stored)


def destination_of(row: sa.Row[Any], prefix: str = "") -> Destination:
    """The destination in a row of a wider query, whose columns have names with this prefix."""
    known = {column.name: getattr(row, f"{prefix}{column.name}") for column in COLUMNS}
    return Destination(**{**known, "kind": ChatKind(known["kind"]), "layout": Layout(known["layout"])})


COLUMNS = tuple(table.c[field_.name] for field_ in fields(Destination))
"""The columns in the order of the record's fields, for `destination_at`."""

_KIND, _LAYOUT = (
    next(at for at, column in enumerate(COLUMNS) if column is wanted) for wanted in (table.c.kind, table.c.layout)
)


def destination_at(values: Sequence[Any]) -> Destination:
    """The destination in the values of COLUMNS: what `destination_of` does, where thousands are read."""
    known = list(values)
    known[_KIND], known[_LAYOUT] = ChatKind(known[_KIND]), Layout(known[_LAYOUT])
    return Destination(*known)
