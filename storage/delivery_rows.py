"""Delivery rows as they are read: which stand where, which may go next, and what each of them sends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage import subscriptions
from storage.models import UNFINISHED, UNSETTLED, destinations
from storage.models import deliveries as table
from storage.models import digest_parts as part_table
from storage.records import Delivery, DeliveryState, Part, PartKind
from storage.sql import among

HOLD = timedelta(hours=1)
"""How long a row of unknown outcome holds back the later ones of its destination."""

Known = dict[tuple[int, int], Part]
"""Parts by digest and number."""

_KNOWN = 64

_OWN = (
    table.c.id,
    table.c.digest_id,
    table.c.number,
    table.c.state,
    table.c.message_id,
    table.c.attempts,
    table.c.refusals,
    table.c.fence,
)

_ROWS = (
    sa.select(*_OWN, *(column.label(f"at_{column.name}") for column in subscriptions.COLUMNS))
    .join(destinations, destinations.c.id == table.c.destination_id)
    .order_by(table.c.id)
)

ROWS_BY_ID = _ROWS.where(among(table.c.id, "ids"))

_HASHES = sa.select(part_table.c.digest_id, part_table.c.number, part_table.c.content_hash).where(
    among(part_table.c.digest_id, "digests"), among(part_table.c.number, "numbers")
)


def nothing_to_do() -> sa.ColumnElement[bool]:
    """Rows that were never sent and whose part the digest no longer has."""
    has_part = sa.exists().where(part_table.c.digest_id == table.c.digest_id, part_table.c.number == table.c.number)
    waiting = table.c.state.in_((DeliveryState.PENDING, DeliveryState.RETRY))
    return sa.and_(waiting, table.c.message_id.is_(None), ~has_part)


def stands(state: DeliveryState) -> sa.ColumnElement[bool]:
    """Rows in a state that is neither the first nor the last, found by their index."""
    return sa.and_(sa.text(f"deliveries.{UNSETTLED}"), table.c.state == state)


def first_in_line(*, resting: bool = False) -> sa.ColumnElement[bool]:
    """Rows that no earlier row of their destination holds back, where the destination is neither paused nor resting.

    Takes `held_since`: a row that has been unknown since before that holds nothing back; and the chats that rest.
    """
    earlier = table.alias("earlier")
    held_since = sa.bindparam("held_since", type_=table.c.updated_at.type)
    given_up = sa.and_(earlier.c.state == DeliveryState.UNKNOWN, earlier.c.updated_at < held_since)
    held_back = (
        sa.exists()
        .where(earlier.c.destination_id == table.c.destination_id, earlier.c.id < table.c.id)
        .where(sa.text(f"earlier.{UNFINISHED}"), ~given_up)
    )
    awake = sa.exists().where(destinations.c.id == table.c.destination_id, destinations.c.paused.is_(None))
    if resting:
        chats: sa.BindParameter[Any] = sa.bindparam("resting", expanding=True, literal_execute=True)
        awake = awake.where(destinations.c.chat_id.not_in(chats))
    return sa.and_(awake, ~held_back)


async def set_row(session: AsyncSession, delivery_id: int, now: datetime, **values: Any) -> None:
    """Change a row; what is not named of its trouble and its claim goes."""
    known = {"retry_at": None, "reason": "", "fence": None, "updated_at": now, **values}
    await session.execute(sa.update(table).where(table.c.id == delivery_id).values(**known))


async def read(session: AsyncSession, whom: sa.ColumnElement[bool]) -> list[Delivery]:
    """The rows of a condition, in order; those that hold what this program does not know are left out."""
    return await with_parts(session, list(await session.execute(_ROWS.where(whom))), {})


async def with_parts(session: AsyncSession, rows: Sequence[Sequence[Any]], known: Known) -> list[Delivery]:
    """What these rows hold, with the parts that they send; those that cannot be read are left out."""
    parts = await _parts(session, {(row[1], row[2]) for row in rows}, known)
    found: list[Delivery] = []
    for row in rows:
        with suppress(ValueError, KeyError):
            found.append(_delivery(row, parts))
    return found


def _delivery(row: Sequence[Any], parts: Mapping[tuple[int, int], Part | None]) -> Delivery:
    """KeyError for a part that cannot be read, ValueError for anything else; a part that is gone is None."""
    delivery_id, digest_id, number, state, message_id, attempts, refusals, fence, *place = row
    return Delivery(
        id=delivery_id,
        digest_id=digest_id,
        destination=subscriptions.destination_at(place),
        number=number,
        part=parts[digest_id, number],
        state=DeliveryState(state),
        message_id=message_id,
        attempts=attempts,
        refusals=refusals,
        fence=fence,
    )


async def _parts(
    session: AsyncSession, wanted: Collection[tuple[int, int]], known: Known
) -> dict[tuple[int, int], Part | None]:
    """The parts by digest and number, each read once however many rows send it; None for those that are gone."""
    found: dict[tuple[int, int], Part | None] = dict.fromkeys(wanted)
    numbers = {number for _, number in wanted}
    unread: list[tuple[int, int]] = []
    of_digests = {digest_id for digest_id, _ in wanted}
    for digest_id, number, content_hash in await session.execute(
        _HASHES, {"digests": sorted(of_digests), "numbers": sorted(numbers)}
    ):
        key = digest_id, number
        part = known.get(key)
        if part is not None and part.content_hash == content_hash:
            found[key] = part
        elif key in found:
            unread.append(key)
    for digest_id, number in unread:
        own = sa.and_(part_table.c.digest_id == digest_id, part_table.c.number == number)
        row = (await session.execute(sa.select(part_table).where(own))).one()
        try:
            part = Part(number, PartKind(row.kind), row.payload, row.content_hash)
        except ValueError:
            del found[digest_id, number]
            continue
        if len(known) >= _KNOWN:
            known.clear()
        known[digest_id, number] = found[digest_id, number] = part
    return found
