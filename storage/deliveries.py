"""Delivery rows: planned, claimed, and counted. What comes of them is in `delivery_outcomes.py`.

pending → claimed (in a process's hand) → sending (committed when it has its slot, before the request) → sent | retry |
failed | unknown. The rows of a destination go out in the order of their ids: the first that is neither sent nor failed
holds the later ones back, and no other destination's. An unknown one does so for HOLD only: what nobody decides about
must not silence a destination for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.delivery_rows import HOLD, ROWS_BY_ID, Known, first_in_line, set_row, stands, with_parts
from storage.models import UNFINISHED, destinations, workers
from storage.models import deliveries as table
from storage.models import digest_parts as part_table
from storage.records import Delivery, DeliveryState
from storage.sql import among, changed, upsert

_UNREADABLE = "what is stored for this cannot be read"

_TAKE = (
    sa.update(table)
    .where(among(table.c.id, "ids"))
    .values(
        state=DeliveryState.CLAIMED,
        fence=sa.bindparam("held_by", type_=sa.Integer),
        updated_at=sa.bindparam("at", type_=table.c.updated_at.type),
    )
)

_BEGIN = (
    sa.update(table)
    .where(
        among(table.c.id, "ids"),
        # Also one that is being sent: in another layout, or once more after a pause.
        table.c.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING)),
        table.c.fence == sa.bindparam("held_by", type_=sa.Integer),
        sa.exists().where(workers.c.fence == table.c.fence),
        sa.exists().where(destinations.c.id == table.c.destination_id, destinations.c.paused.is_(None)),
    )
    .values(state=DeliveryState.SENDING, updated_at=sa.bindparam("at", type_=table.c.updated_at.type))
    .returning(table.c.id)
)


async def plan(session: AsyncSession, digest_id: int, destination_ids: Iterable[int]) -> int:
    """One row per part of the digest and destination. Those that are there stay; returns how many were made."""
    return await plan_all(session, {digest_id: destination_ids})


async def plan_all(session: AsyncSession, wanted: Mapping[int, Iterable[int]]) -> int:
    """Make the rows of several digests: `wanted` says to which destinations each goes."""
    whom = among(destinations.c.id, "ids")
    values = [{"digest": digest_id, "ids": sorted(ids)} for digest_id, ids in wanted.items()]
    return await changed(session, _rows_for(session, whom), values) if values else 0


async def insert_rows(session: AsyncSession, digest_id: int, whom: sa.ColumnElement[bool]) -> int:
    """Make the rows of a digest for the destinations that a condition names."""
    return await changed(session, _rows_for(session, whom), {"digest": digest_id})


async def claim(
    session: AsyncSession,
    now: datetime,
    limit: int,
    *,
    resting: Collection[int] = (),
    fence: int | None = None,
    known: Known | None = None,
) -> list[Delivery]:
    """Take up to `limit` rows to send next, the oldest first and at most one per destination; they become "claimed".

    Destinations that are paused or in one of the `resting` chats are passed over. `fence` is the process that takes
    them; `known` keeps parts from one claim to the next. A row that cannot be read fails, alone.
    """
    # In the statement, not as variables: there may be more chats than a statement takes.
    given = {"now": now, "held_since": now - HOLD, "most": limit, **({"resting": sorted(resting)} if resting else {})}
    connection = await session.connection()
    ids = list((await connection.execute(_ready(resting=bool(resting)), given)).scalars())
    if not ids:
        return []
    await connection.execute(_TAKE, {"ids": ids, "held_by": fence, "at": now})
    rows = (await connection.execute(ROWS_BY_ID, {"ids": ids})).all()
    claimed = await with_parts(session, rows, known if known is not None else {})
    readable = {delivery.id for delivery in claimed}
    for broken in ids:
        if broken not in readable:
            await set_row(session, broken, now, state=DeliveryState.FAILED, reason=_UNREADABLE)
    return claimed


async def begin(session: AsyncSession, delivery_ids: Collection[int], now: datetime, *, fence: int) -> set[int]:
    """The requests of these claimed rows are about to go out; they become "sending". Returns for which that is so.

    It is not for a row that is no longer this process's, nor for one whose destination was paused meanwhile.
    """
    if not delivery_ids:
        return set()
    connection = await session.connection()
    return set((await connection.execute(_BEGIN, {"ids": delivery_ids, "held_by": fence, "at": now})).scalars())


async def hurry(session: AsyncSession, now: datetime) -> None:
    """Telegram answers again: what is to be sent again because nobody had answered waits no longer."""
    unanswered = sa.and_(
        stands(DeliveryState.RETRY), table.c.refusals == 0, table.c.attempts > 0, table.c.retry_at > now
    )
    await session.execute(sa.update(table).where(unanswered).values(retry_at=now))


async def states(session: AsyncSession, *digest_ids: int) -> dict[DeliveryState, int]:
    """How many rows of these digests stand where; states without rows are left out."""
    query = sa.select(table.c.state, sa.func.count()).where(table.c.digest_id.in_(digest_ids)).group_by(table.c.state)
    return {DeliveryState(state): count for state, count in await session.execute(query)}


async def next_retry(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next row comes up to be tried again. Rows that something else holds back do not count."""
    query = (
        sa.select(table.c.retry_at)
        .where(first_in_line(), stands(DeliveryState.RETRY))
        .order_by(table.c.retry_at)
        .limit(1)
    )
    at: datetime | None = await session.scalar(query, {"held_since": now - HOLD})
    return at


def _rows_for(session: AsyncSession, whom: sa.ColumnElement[bool]) -> sa.Executable:
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
        .where(part_table.c.digest_id == sa.bindparam("digest"), whom)
        .order_by(destinations.c.id, part_table.c.number)
    )
    return upsert(session, table).from_select(names, rows).on_conflict_do_nothing()


@cache
def _ready(*, resting: bool) -> sa.Select[int]:
    """The rows to claim. Built once: building it takes as long as sending several messages."""
    # CASE for the same reason as in UNFINISHED: with OR the index on the state would be taken, and everything sorted.
    ready = sa.case(
        (table.c.state == DeliveryState.PENDING, sa.true()),
        (table.c.state == DeliveryState.RETRY, table.c.retry_at <= sa.bindparam("now", type_=table.c.retry_at.type)),
        else_=sa.false(),
    )
    return (
        sa.select(table.c.id)
        .where(sa.text(f"deliveries.{UNFINISHED}"), ready, first_in_line(resting=resting))
        .order_by(table.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(of=table, skip_locked=True)
    )
