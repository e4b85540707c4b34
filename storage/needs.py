"""Destinations by what they need: those that want the same of the same announcements get one digest, composed once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import deliveries, destinations
from storage.models import subscriptions as wish_table
from storage.records import AnnounceType, ChatKind, Destination, Layout, Subscription
from storage.sql import changed, chunks


@dataclass(frozen=True, slots=True)
class Need:
    """What a digest is made from. The destination stands for all that need the same: it has no chat and no time.

    The subscriptions are by category and name no destination.
    """

    destination: Destination
    wishes: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """When digests come."""

    timezone: str
    delivery_time: time | None
    weekdays: frozenset[int]
    next_run_at: datetime | None

    def destination(self, need: Need) -> Destination:
        """One that stands for all with this need and timing; it has no chat."""
        return replace(
            need.destination,
            timezone=self.timezone,
            delivery_time=self.delivery_time,
            next_run_at=self.next_run_at,
            weekdays=self.weekdays,
        )


Groups = dict[Need, dict[Timing, list[int]]]
"""The ids of destinations, by need and timing."""


class MovedMeanwhile(Exception):
    """A destination no longer stands where the caller saw it; nothing of the transaction may stay."""


def _raw(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """As the driver gives it: there are few different values, so each is read once and not once a row."""
    return sa.type_coerce(column, sa.types.NullType())


_NEED = tuple(
    _raw(destinations.c[name])
    for name in ("kind", "language", "interface", "layout", "papers_shown", "attach_file", "show_abstracts")
)
_TIMING = tuple(_raw(destinations.c[name]) for name in ("timezone", "delivery_time", "weekdays", "next_run_at"))
_WISH = (
    _raw(wish_table.c.category),
    _raw(wish_table.c.cursor),
    # As text in every database, so that it can be compared.
    sa.cast(wish_table.c.announce_types, sa.Text),
)
_FIRST_TIMING, _FIRST_WISH = 1 + len(_NEED), 1 + len(_NEED) + len(_TIMING)
_ROWS = (
    sa.select(destinations.c.id, *_NEED, *_TIMING, *_WISH)
    .join(wish_table, wish_table.c.destination_id == destinations.c.id)
    .where(destinations.c.id.in_(sa.bindparam("ids", expanding=True)), wish_table.c.off_at.is_(None))
    .order_by(destinations.c.id, wish_table.c.category)
)


async def add_groups(session: AsyncSession, destination_ids: Collection[int], groups: Groups) -> None:
    """Put destinations with subscriptions that are on into the groups."""
    connection = await session.connection()
    # By what was read: making and comparing needs for each of them would take longer than reading them.
    places: dict[tuple[Any, ...], list[int]] = {}
    for some in chunks(destination_ids):
        rows = (await connection.execute(_ROWS, {"ids": some})).all()
        for destination_id, wishes in groupby(rows, itemgetter(0)):
            first, *more = wishes
            key = (*first[1:], *(one for row in more for one in row[_FIRST_WISH:]))
            place = places.get(key)
            if place is None:
                need = _need((*key[: _FIRST_TIMING - 1], *key[_FIRST_WISH - 1 :]))
                timing = _timing(key[_FIRST_TIMING - 1 : _FIRST_WISH - 1])
                place = places[key] = groups.setdefault(need, {}).setdefault(timing, [])
            place.append(destination_id)


async def delivered_digests(
    session: AsyncSession, destination_ids: Collection[int], digest_ids: Collection[int]
) -> dict[int, tuple[int, ...]]:
    """Which of these digests were planned for which of these destinations; those with none are left out."""
    found: dict[int, list[int]] = {}
    if not digest_ids:
        return {}
    among: sa.BindParameter[Any] = sa.bindparam("digests", sorted(digest_ids), expanding=True, literal_execute=True)
    for some in chunks(destination_ids):
        query = (
            sa.select(deliveries.c.destination_id, deliveries.c.digest_id)
            .where(deliveries.c.destination_id.in_(some), deliveries.c.digest_id.in_(among))
            .distinct()
            .order_by(deliveries.c.destination_id, deliveries.c.digest_id)
        )
        for destination_id, digest_id in await session.execute(query):
            found.setdefault(destination_id, []).append(digest_id)
    return {destination_id: tuple(ids) for destination_id, ids in found.items()}


_EXPECTED = sa.bindparam("expected", type_=destinations.c.next_run_at.type)
_ADVANCE = (
    sa.update(destinations)
    .where(destinations.c.id == sa.bindparam("row"), destinations.c.next_run_at.is_not_distinct_from(_EXPECTED))
    .values(next_run_at=sa.bindparam("following", type_=destinations.c.next_run_at.type))
)


async def advance_all(
    session: AsyncSession,
    moves: Sequence[tuple[int, datetime | None, datetime | None]],
    cursors: Mapping[str, tuple[date, date]],
) -> None:
    """Move many destinations on after their digest was composed.

    `moves` are ids, each with the time that was due and the next; `cursors` for each category where it was and where it
    is to be. Raises MovedMeanwhile when one of them no longer stands there.
    """
    timed = [
        {"row": destination_id, "expected": expected, "following": following}
        for destination_id, expected, following in moves
        if expected is not None or following is not None
    ]
    if timed and (await (await session.connection()).execute(_ADVANCE, timed)).rowcount != len(timed):
        raise MovedMeanwhile
    for category, (old, new) in cursors.items():
        for some in chunks(destination_id for destination_id, _, _ in moves):
            ours = sa.and_(
                wish_table.c.category == category,
                # Not the column itself: by its index SQLite would go through all who stand there, for each statement.
                sa.func.coalesce(wish_table.c.cursor, old) == old,
                wish_table.c.off_at.is_(None),
                wish_table.c.destination_id.in_(some),
            )
            if await changed(session, sa.update(wish_table).where(ours).values(cursor=new)) != len(some):
                raise MovedMeanwhile


def _need(key: tuple[Any, ...]) -> Need:
    kind, language, interface, layout, papers_shown, attach_file, show_abstracts, *wishes = key
    return Need(
        Destination(
            chat_id=0,
            kind=ChatKind(kind),
            language=language,
            interface=interface,
            timezone="UTC",
            layout=Layout(layout),
            papers_shown=papers_shown,
            attach_file=bool(attach_file),
            show_abstracts=bool(show_abstracts),
        ),
        tuple(
            Subscription(0, category, _date(cursor), frozenset(AnnounceType(one) for one in json.loads(types)))
            for category, cursor, types in zip(wishes[::3], wishes[1::3], wishes[2::3], strict=True)
        ),
    )


def _timing(key: tuple[Any, ...]) -> Timing:
    timezone, delivery_time, weekdays, next_run_at = key
    return Timing(timezone, _time(delivery_time), frozenset(map(int, weekdays)), _moment(next_run_at))


def _date(value: str | date) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _time(value: str | time | None) -> time | None:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: str | datetime | None) -> datetime | None:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
