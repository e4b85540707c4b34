"""Delivery rows: planned, claimed, recorded, and what becomes of them after a crash.

pending → sending (committed before the request) → sent | retry | failed | unknown. The rows of a destination go out in
the order of their ids: the first that is neither sent nor failed holds the later ones back, and no other destination's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage import subscriptions
from storage.models import UNFINISHED, destinations
from storage.models import deliveries as table
from storage.models import digest_parts as part_table
from storage.records import (
    ChatKind,
    Delivery,
    DeliveryState,
    Gone,
    Moved,
    Outcome,
    Part,
    PartKind,
    Refused,
    RetryAt,
    Sent,
    Unsure,
)
from storage.sql import changed, chunks, upsert

_INTERRUPTED = "the program stopped while this was being sent"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of rows that a stop left at "sending": how many are sent again, of how many nobody knows."""

    resend: int
    unknown: int


async def plan(session: AsyncSession, digest_id: int, destination_ids: Iterable[int]) -> int:
    """One row per part of the digest and destination. Those that are there stay; returns how many were made."""
    made = 0
    for some in chunks(sorted(destination_ids)):
        made += await insert_rows(session, digest_id, destinations.c.id.in_(some))
    return made


async def insert_rows(session: AsyncSession, digest_id: int, whom: sa.ColumnElement[bool]) -> int:
    """The same for the destinations that a condition names: one statement, however many there are."""
    names = ["digest_id", "destination_id", "number", "state", "attempts", "reason", "sent_hash"]
    rows = (
        sa.select(
            part_table.c.digest_id,
            destinations.c.id,
            part_table.c.number,
            sa.literal(DeliveryState.PENDING, sa.String),
            sa.literal(0),
            sa.literal("", sa.Text),
            sa.literal("", sa.String),
        )
        .select_from(part_table.join(destinations, sa.true()))
        .where(part_table.c.digest_id == digest_id, whom)
        .order_by(destinations.c.id, part_table.c.number)
    )
    return await changed(session, upsert(session, table).from_select(names, rows).on_conflict_do_nothing())


def nothing_to_do() -> sa.ColumnElement[bool]:
    """Rows that were never sent and whose part the digest no longer has."""
    has_part = sa.exists().where(part_table.c.digest_id == table.c.digest_id, part_table.c.number == table.c.number)
    waiting = table.c.state.in_((DeliveryState.PENDING, DeliveryState.RETRY))
    return sa.and_(waiting, table.c.message_id.is_(None), ~has_part)


async def claim(session: AsyncSession, now: datetime, limit: int, *, busy: Collection[int] = ()) -> list[Delivery]:
    """Take up to `limit` rows to send now, the oldest first and at most one per destination; they become "sending".

    Destinations that are paused or in `busy` are passed over.
    """
    # CASE for the same reason as in UNFINISHED: with OR the index on the state would be taken, and everything sorted.
    ready = sa.case(
        (table.c.state == DeliveryState.PENDING, sa.true()),
        (table.c.state == DeliveryState.RETRY, table.c.retry_at <= now),
        else_=sa.false(),
    )
    query = (
        sa.select(table.c.id)
        .where(sa.text(f"deliveries.{UNFINISHED}"), ready, _first_in_line(), table.c.destination_id.not_in(busy))
        .order_by(table.c.id)
        .limit(limit)
        .with_for_update(of=table, skip_locked=True)
    )
    ids = list(await session.scalars(query))
    if not ids:
        return []
    await session.execute(
        sa.update(table)
        .where(table.c.id.in_(ids))
        .values(state=DeliveryState.SENDING, attempts=table.c.attempts + 1, updated_at=now)
    )
    return await _read(session, table.c.id.in_(ids))


async def record(
    session: AsyncSession, delivery_id: int, outcome: Outcome, now: datetime, *, sent_hash: str = ""
) -> None:
    """Write down what came of a row. `sent_hash` is the content hash of the part that was sent ("" for a deletion).

    A row that is gone meanwhile stays gone. Content that was replaced while it was on its way is to be edited.
    """
    found = await _read(session, table.c.id == delivery_id)
    if not found:
        return
    row = found[0]
    match outcome:
        case Sent(message_id):
            await _sent(session, row, message_id, now, sent_hash)
        case RetryAt(at, reason):
            await _set(session, row.id, now, state=DeliveryState.RETRY, retry_at=at, reason=reason)
        case Moved(new_chat_id):
            await subscriptions.move_chat(session, row.destination.chat_id, new_chat_id)
            # An edit is not carried over: its message stayed behind.
            if row.message_id is None:
                await _set(session, row.id, now, state=DeliveryState.PENDING)
        case Gone(reason):
            lost = sa.and_(table.c.destination_id == row.destination.id, sa.text(UNFINISHED))
            values = {"state": DeliveryState.FAILED, "reason": reason, "retry_at": None, "updated_at": now}
            await session.execute(sa.update(table).where(lost).values(**values))
            await subscriptions.pause(session, row.destination.id, reason)
        case Refused(reason):
            await _set(session, row.id, now, state=DeliveryState.FAILED, reason=reason)
        case Unsure(reason):
            await _set(session, row.id, now, state=DeliveryState.UNKNOWN, reason=reason)
    await session.execute(sa.delete(table).where(table.c.id == delivery_id, nothing_to_do()))


async def recover(session: AsyncSession, now: datetime) -> Recovered:
    """At start-up, before anything is claimed: decide about the rows that a stop left at "sending".

    Private chats get them again (a repeat is harmless, a gap is not), and so do edits and deletions (which change
    nothing twice). Of others nobody knows whether they arrived.
    """
    sending = table.c.state == DeliveryState.SENDING
    private = sa.select(destinations.c.id).where(destinations.c.kind == ChatKind.PRIVATE)
    harmless = sa.or_(table.c.message_id.is_not(None), table.c.destination_id.in_(private))
    again = {"state": DeliveryState.PENDING, "updated_at": now}
    resend = await changed(session, sa.update(table).where(sending, harmless).values(**again))
    lost = {"state": DeliveryState.UNKNOWN, "reason": _INTERRUPTED, "updated_at": now}
    unknown = await changed(session, sa.update(table).where(sending).values(**lost))
    await session.execute(sa.delete(table).where(nothing_to_do()))
    return Recovered(resend, unknown)


async def resolve(
    session: AsyncSession, delivery_id: int, *, resend: bool | None = None, message_id: int | None = None, now: datetime
) -> bool:
    """Decide an unknown row: `resend=True` sends it again; `message_id` tells that it arrived, as that message.

    `resend=False` tells that it arrived but not as which message, so that it can never be edited. Returns whether the
    row was unknown; others are left alone.
    """
    if (resend is None) == (message_id is None):
        raise ValueError("say either whether to send it again or which message it is")
    state = DeliveryState.PENDING if resend else DeliveryState.SENT
    decided = await changed(
        session,
        sa.update(table)
        .where(table.c.id == delivery_id, table.c.state == DeliveryState.UNKNOWN)
        .values(state=state, message_id=message_id, reason="", updated_at=now),
    )
    await session.execute(sa.delete(table).where(table.c.id == delivery_id, nothing_to_do()))
    return decided == 1


async def states(session: AsyncSession, digest_id: int) -> dict[DeliveryState, int]:
    """How many rows of a digest stand where; states without rows are left out."""
    query = sa.select(table.c.state, sa.func.count()).where(table.c.digest_id == digest_id).group_by(table.c.state)
    return {DeliveryState(state): count for state, count in await session.execute(query)}


async def unknown(session: AsyncSession) -> list[Delivery]:
    """The rows that somebody has to decide about, the oldest first."""
    return await _read(session, table.c.state == DeliveryState.UNKNOWN)


async def next_retry(session: AsyncSession) -> datetime | None:
    """When the next row comes up to be tried again. Rows that something else holds back do not count."""
    query = (
        sa.select(table.c.retry_at)
        .where(_first_in_line(), table.c.state == DeliveryState.RETRY)
        .order_by(table.c.retry_at)
        .limit(1)
    )
    at: datetime | None = await session.scalar(query)
    return at


def _first_in_line() -> sa.ColumnElement[bool]:
    """Rows that no earlier row of their destination holds back, where the destination is not paused."""
    earlier = table.alias("earlier")
    held_back = (
        sa.exists()
        .where(earlier.c.destination_id == table.c.destination_id, earlier.c.id < table.c.id)
        .where(sa.text(f"earlier.{UNFINISHED}"))
    )
    awake = sa.exists().where(destinations.c.id == table.c.destination_id, destinations.c.paused.is_(None))
    return sa.and_(awake, ~held_back)


async def _sent(session: AsyncSession, row: Delivery, message_id: int, now: datetime, sent_hash: str) -> None:
    if row.part is None and not sent_hash:
        await session.execute(sa.delete(table).where(table.c.id == row.id))
        return
    current = row.part.content_hash if row.part is not None else None
    state = DeliveryState.SENT if sent_hash in {"", current} else DeliveryState.PENDING
    await _set(session, row.id, now, state=state, message_id=message_id, sent_hash=sent_hash)


async def _set(session: AsyncSession, delivery_id: int, now: datetime, **values: Any) -> None:
    known = {"retry_at": None, "reason": "", "updated_at": now, **values}
    await session.execute(sa.update(table).where(table.c.id == delivery_id).values(**known))


async def _read(session: AsyncSession, whom: sa.ColumnElement[bool]) -> list[Delivery]:
    place = [column.label(f"at_{column.name}") for column in destinations.c]
    with_part = sa.and_(part_table.c.digest_id == table.c.digest_id, part_table.c.number == table.c.number)
    query = (
        sa.select(table, part_table.c.kind, part_table.c.payload, part_table.c.content_hash, *place)
        .join(destinations, destinations.c.id == table.c.destination_id)
        .outerjoin(part_table, with_part)
        .where(whom)
        .order_by(table.c.id)
    )
    return [_delivery(row) for row in await session.execute(query)]


def _delivery(row: sa.Row[Any]) -> Delivery:
    part = Part(row.number, PartKind(row.kind), row.payload, row.content_hash) if row.kind is not None else None
    return Delivery(
        id=row.id,
        digest_id=row.digest_id,
        destination=subscriptions.destination_of(row, prefix="at_"),
        number=row.number,
        part=part,
        state=DeliveryState(row.state),
        message_id=row.message_id,
        attempts=row.attempts,
    )
