"""Destinations by what they need: those that want the same of the same announcements get one digest, composed once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.announcements import COMPLETE
from storage.models import announcements, deliveries, destinations
from storage.models import subscriptions as wish_table
from storage.records import AnnounceType, ChatKind, Destination, Layout, Subscription
from storage.sql import among, changed, chunks


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


@dataclass(frozen=True, slots=True)
class Step:
    """How a destination moves on: when it was due, when it is due next, and each category's cursor before and after."""

    due_at: datetime | None
    next_at: datetime | None
    cursors: Mapping[str, tuple[date, date]] = field(default_factory=dict)

    def ways(self) -> dict[tuple[date, date], list[str]]:
        """The categories by where their cursors go from and to."""
        found: dict[tuple[date, date], list[str]] = {}
        for category, way in self.cursors.items():
            found.setdefault(way, []).append(category)
        return found


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
_FIRST_NEED, _FIRST_TIMING = 1, 1 + len(_NEED)
_BETWEEN, _FIELDS = "\n", " "
_PAGE = 5_000


def _due() -> sa.CompoundSelect[Any]:
    moment = sa.bindparam("now", type_=destinations.c.next_run_at.type)
    awake = destinations.c.paused.is_(None)
    timed = sa.select(destinations.c.id).where(destinations.c.next_run_at <= moment, awake)
    # From the announcements to those who lack them: most destinations have the newest, and are never looked at.
    newest = (
        sa.select(announcements.c.category, sa.func.max(announcements.c.mailing_date).label("mailing_date"))
        .where(announcements.c.state.in_(COMPLETE))
        .group_by(announcements.c.category)
        .subquery()
    )
    lacking = (
        sa.select(wish_table.c.destination_id)
        .join(newest, sa.and_(newest.c.category == wish_table.c.category, newest.c.mailing_date > wish_table.c.cursor))
        .where(sa.text("subscriptions.at_once AND subscriptions.off_at IS NULL"))
    )
    held = destinations.c.next_run_at > moment
    at_once = sa.select(destinations.c.id).where(destinations.c.id.in_(lacking), awake, held.isnot(True))
    return sa.union(timed, at_once)


def _rows() -> sa.Select[Any]:
    # As text in every database, so that it can be compared, and in one row: thousands have the same.
    one_wish = sa.cast(wish_table.c.category, sa.Text).concat(_FIELDS)
    one_wish = one_wish.concat(sa.cast(wish_table.c.cursor, sa.Text)).concat(_FIELDS)
    wishes = (
        sa.select(sa.func.aggregate_strings(one_wish.concat(sa.cast(wish_table.c.announce_types, sa.Text)), _BETWEEN))
        .where(wish_table.c.destination_id == destinations.c.id, wish_table.c.off_at.is_(None))
        .scalar_subquery()
    )
    return sa.select(destinations.c.id, *_NEED, *_TIMING, wishes).where(among(destinations.c.id, "ids"))


_DUE, _ROWS = _due(), _rows()


async def due(session: AsyncSession, now: datetime) -> Groups:
    """The unpaused destinations whose time has come, with the subscriptions that are on.

    Its time has come when `next_run_at` has passed or, where there is no delivery time, when a complete announcement
    is newer than the cursor of a subscription and nothing is held until `next_run_at`.
    """
    connection = await session.connection()
    ids = sorted((await connection.execute(_DUE, {"now": now})).scalars())
    # By what was read: making and comparing needs for each of them would take longer than reading them.
    found: dict[tuple[Any, ...], dict[tuple[Any, ...], list[int]]] = {}
    for start in range(0, len(ids), _PAGE):
        for row in await connection.execute(_ROWS, {"ids": ids[start : start + _PAGE]}):
            timings = found.setdefault((*row[_FIRST_NEED:_FIRST_TIMING], row[-1]), {})
            timings.setdefault(row[_FIRST_TIMING:-1], []).append(row[0])
    groups: Groups = {}
    for need, timings in found.items():
        known = groups.setdefault(_need(need), {})
        for timing, whose in timings.items():
            known.setdefault(_timing(timing), []).extend(whose)
    return groups


async def delivered_digests(
    session: AsyncSession, destination_ids: Collection[int], digest_ids: Collection[int]
) -> dict[int, tuple[int, ...]]:
    """Which of these digests were planned for which of these destinations; those with none are left out."""
    found: dict[int, list[int]] = {}
    if not digest_ids:
        return {}
    for some in chunks(destination_ids, _PAGE):
        rows = await session.execute(_DELIVERED, {"ids": some, "digests": sorted(digest_ids)})
        for destination_id, digest_id in rows:
            found.setdefault(destination_id, []).append(digest_id)
    return {destination_id: tuple(ids) for destination_id, ids in found.items()}


_DELIVERED = (
    sa.select(deliveries.c.destination_id, deliveries.c.digest_id)
    .where(among(deliveries.c.destination_id, "ids"), among(deliveries.c.digest_id, "digests"))
    .distinct()
    .order_by(deliveries.c.destination_id, deliveries.c.digest_id)
)
_EXPECTED = sa.bindparam("expected", type_=destinations.c.next_run_at.type)
_ADVANCE = (
    sa.update(destinations)
    .where(among(destinations.c.id, "ids"), destinations.c.next_run_at.is_not_distinct_from(_EXPECTED))
    .values(next_run_at=sa.bindparam("following", type_=destinations.c.next_run_at.type))
)
_OLD = sa.bindparam("old", type_=wish_table.c.cursor.type)
_MOVE_CURSORS = (
    sa.update(wish_table)
    .where(
        among(wish_table.c.destination_id, "ids"),
        # Not the columns themselves: by their index SQLite would go through all who stand there.
        sa.func.coalesce(wish_table.c.category, "").in_(sa.bindparam("categories", expanding=True)),
        sa.func.coalesce(wish_table.c.cursor, _OLD) == _OLD,
        wish_table.c.off_at.is_(None),
    )
    .values(cursor=sa.bindparam("new", type_=wish_table.c.cursor.type))
)


async def advance_all(session: AsyncSession, moves: Iterable[tuple[Step, Collection[int]]]) -> None:
    """Move many destinations on after their digests were composed: each step with the ids of those that take it.

    Raises MovedMeanwhile when one of them no longer stands where its step begins.
    """
    times: dict[tuple[datetime | None, datetime | None], list[int]] = {}
    cursors: dict[tuple[date, date], tuple[set[str], list[int], list[int]]] = {}
    for step, ids in moves:
        if step.due_at is not None or step.next_at is not None:
            times.setdefault((step.due_at, step.next_at), []).extend(ids)
        for way, categories in step.ways().items():
            named, whom, expected = cursors.setdefault(way, (set(), [], []))
            named.update(categories)
            whom.extend(ids)
            expected.append(len(ids) * len(categories))
    steps = [{"ids": ids, "expected": due_at, "following": next_at} for (due_at, next_at), ids in times.items()]
    if steps and await changed(session, _ADVANCE, steps) != sum(map(len, times.values())):
        raise MovedMeanwhile
    for (old, new), (named, whom, expected) in cursors.items():
        values = {"ids": whom, "categories": sorted(named), "old": old, "new": new}
        if await changed(session, _MOVE_CURSORS, values) != sum(expected):
            raise MovedMeanwhile


def _need(values: tuple[Any, ...]) -> Need:
    kind, language, interface, layout, papers_shown, attach_file, show_abstracts, wishes = values
    each = (part.split(_FIELDS, 2) for part in sorted(wishes.split(_BETWEEN))) if wishes is not None else ()
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
            Subscription(
                0, category, date.fromisoformat(cursor), frozenset(AnnounceType(load) for load in json.loads(types))
            )
            for category, cursor, types in each
        ),
    )


def _timing(key: tuple[Any, ...]) -> Timing:
    timezone, delivery_time, weekdays, next_run_at = key
    return Timing(timezone, _time(delivery_time), frozenset(map(int, weekdays)), _moment(next_run_at))


def _time(value: str | time | None) -> time | None:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: str | datetime | None) -> datetime | None:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
