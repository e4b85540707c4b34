"""Delivery rows: planned, claimed, recorded, and what becomes of them after a crash.

pending → sending (committed before the request) → sent | retry | failed | unknown. The rows of a destination go out in
the order of their ids: the first that is neither sent nor failed holds the later ones back, and no other destination's.
An unknown one does so for HOLD only: what nobody decides about must not silence a destination for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage import pins, subscriptions
from storage.models import UNFINISHED, UNSETTLED, destinations, workers
from storage.models import deliveries as table
from storage.models import digest_parts as part_table
from storage.records import (
    ChatKind,
    Delivery,
    DeliveryState,
    Destination,
    Gone,
    Layout,
    Moved,
    Outcome,
    Part,
    PartKind,
    Refused,
    RetryAt,
    Sent,
    Unsure,
)
from storage.sql import NUMBERED, among, changed, chunks, picked, upsert

HOLD = timedelta(hours=1)
"""How long a row of unknown outcome holds back the later ones of its destination."""

Known = dict[tuple[int, int], Part]
"""Parts by digest and number."""

_KNOWN = 64
_UNREADABLE = "what is stored for this cannot be read"
_INTERRUPTED = "the program stopped while this was being sent"


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a claimed row."""

    delivery: Delivery
    outcome: Outcome

    @property
    def sent_hash(self) -> str:
        """The content hash of the part that was sent, "" for a deletion."""
        return self.delivery.part.content_hash if self.delivery.part is not None else ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A destination that was paused because the bot may not write there, and why."""

    destination: Destination
    reason: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of rows that a stop left at "sending": how many are sent again, of how many nobody knows."""

    resend: int
    unknown: int


async def plan(session: AsyncSession, digest_id: int, destination_ids: Iterable[int]) -> int:
    """One row per part of the digest and destination. Those that are there stay; returns how many were made."""
    return await plan_all(session, {digest_id: destination_ids})


async def plan_all(session: AsyncSession, wanted: Mapping[int, Iterable[int]]) -> int:
    """The same for several digests: whom each of them goes to."""
    whom = among(destinations.c.id, "ids")
    values = [{"digest": digest_id, "ids": sorted(ids)} for digest_id, ids in wanted.items()]
    return await changed(session, _rows_for(session, whom), values) if values else 0


async def insert_rows(session: AsyncSession, digest_id: int, whom: sa.ColumnElement[bool]) -> int:
    """The same for the destinations that a condition names."""
    return await changed(session, _rows_for(session, whom), {"digest": digest_id})


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


def nothing_to_do() -> sa.ColumnElement[bool]:
    """Rows that were never sent and whose part the digest no longer has."""
    has_part = sa.exists().where(part_table.c.digest_id == table.c.digest_id, part_table.c.number == table.c.number)
    waiting = table.c.state.in_((DeliveryState.PENDING, DeliveryState.RETRY))
    return sa.and_(waiting, table.c.message_id.is_(None), ~has_part)


async def claim(
    session: AsyncSession,
    now: datetime,
    limit: int,
    *,
    resting: Collection[int] = (),
    worker: str | None = None,
    known: Known | None = None,
) -> list[Delivery]:
    """Take up to `limit` rows to send now, the oldest first and at most one per destination; they become "sending".

    Destinations that are paused or in one of the `resting` chats are passed over. `worker` is who takes them; `known`
    keeps parts from one claim to the next. A row that cannot be read fails, alone.
    """
    # In the statement, not as variables: there may be more chats than a statement takes.
    given = {"now": now, "held_since": now - HOLD, "most": limit, **({"resting": sorted(resting)} if resting else {})}
    connection = await session.connection()
    ids = list((await connection.execute(_ready(resting=bool(resting)), given)).scalars())
    if not ids:
        return []
    await connection.execute(_TAKE, {"ids": ids, "worker": worker, "at": now})
    rows = (await connection.execute(_ROWS_BY_ID, {"ids": ids})).all()
    claimed = await _deliveries(session, rows, known if known is not None else {})
    readable = {one.id for one in claimed}
    for broken in ids:
        if broken not in readable:
            await _set(session, broken, now, state=DeliveryState.FAILED, reason=_UNREADABLE)
    return claimed


async def release(session: AsyncSession, delivery_ids: Collection[int], now: datetime) -> None:
    """Give claimed rows back whose requests were never begun."""
    again = {"state": DeliveryState.PENDING, "claimed_by": None, "updated_at": now}
    for some in chunks(delivery_ids):
        await session.execute(sa.update(table).where(table.c.id.in_(some)).values(**again))


async def record_all(
    session: AsyncSession, done: Sequence[Done], now: datetime, *, worker: str | None = None
) -> list[Lost]:
    """Write down what came of many rows. Returns the destinations that are lost by it.

    A row that another process has taken over meanwhile is that one's.
    """
    if not done:
        return []
    plain: dict[str, dict[int, int]] = {}
    others: list[Done] = []
    for one in done:
        if isinstance(one.outcome, Sent) and one.sent_hash and not one.outcome.no_rich:
            plain.setdefault(one.sent_hash, {})[one.delivery.id] = one.outcome.message_id
        else:
            others.append(one)
    for sent_as, messages in plain.items():
        values = {"ids": messages, "messages": messages, "sent_as": sent_as, "worker": worker, "at": now}
        await changed(session, _SENT if worker is not None else _SENT_BY_ANY, values)
    for one in done:
        row = one.delivery
        if isinstance(one.outcome, Sent) and row.message_id is None and row.destination.pin:
            await pins.want(session, row.destination.id, row.digest_id, row.number, one.outcome.message_id)
    lost: list[Lost] = []
    for one in others:
        found = await record(session, one.delivery.id, one.outcome, now, sent_hash=one.sent_hash, worker=worker)
        lost += [found] if found is not None else []
    return lost


async def record(
    session: AsyncSession,
    delivery_id: int,
    outcome: Outcome,
    now: datetime,
    *,
    sent_hash: str = "",
    worker: str | None = None,
) -> Lost | None:
    """Write down what came of a row. `sent_hash` is the content hash of the part that was sent ("" for a deletion).

    A row that is gone meanwhile stays gone. Content that was replaced while it was on its way is to be edited. Returns
    the destination that was paused because of it, if it was.
    """
    found = await _read(session, sa.and_(table.c.id == delivery_id, _held_by(worker)))
    if not found:
        return None
    row, lost = found[0], None
    match outcome:
        case Sent(message_id, no_rich):
            await _sent(session, row, message_id, now, sent_hash)
            if no_rich:
                await subscriptions.update(session, row.destination.id, layout=Layout.CLASSIC)
        case RetryAt(at, reason):
            await _set(session, row.id, now, state=DeliveryState.RETRY, retry_at=at, reason=reason)
        case Moved(new_chat_id):
            await subscriptions.move_chat(session, row.destination.chat_id, new_chat_id)
            # An edit is not carried over: its message stayed behind.
            if row.message_id is None:
                await _set(session, row.id, now, state=DeliveryState.PENDING)
        case Gone(reason):
            waiting = sa.and_(table.c.destination_id == row.destination.id, sa.text(UNFINISHED))
            # Only what surely was not sent carries the reason by which `resume` knows what to send.
            unsent = sa.or_(table.c.id == row.id, table.c.state.in_((DeliveryState.PENDING, DeliveryState.RETRY)))
            why = sa.case((unsent, reason), else_=f"{reason}; it may have arrived before")
            values = {"state": DeliveryState.FAILED, "retry_at": None, "claimed_by": None, "updated_at": now}
            await session.execute(sa.update(table).where(waiting).values(reason=why, **values))
            await subscriptions.pause(session, row.destination.id, reason)
            lost = Lost(row.destination, reason) if row.destination.paused is None else None
        case Refused(reason):
            await _set(session, row.id, now, state=DeliveryState.FAILED, reason=reason)
        case Unsure(reason, look_at):
            await _set(session, row.id, now, state=DeliveryState.UNKNOWN, reason=reason, retry_at=look_at)
    await session.execute(sa.delete(table).where(table.c.id == delivery_id, nothing_to_do()))
    return lost


async def recover(
    session: AsyncSession, now: datetime, *, seen_after: datetime | None = None, look_at: datetime | None = None
) -> Recovered:
    """Decide about the rows that a process left at "sending", when it has not been seen after that time (None: ever).

    Private chats get them again (a repeat is harmless, a gap is not), and so do edits and deletions (which change
    nothing twice). Of others nobody knows whether they arrived; `look_at` is when to look.
    """
    alive = sa.select(workers.c.name).where(workers.c.seen_at > seen_after) if seen_after is not None else ()
    left = sa.or_(table.c.claimed_by.is_(None), table.c.claimed_by.not_in(alive))
    sending = sa.and_(_is(DeliveryState.SENDING), left)
    private = sa.select(destinations.c.id).where(destinations.c.kind == ChatKind.PRIVATE)
    harmless = sa.or_(table.c.message_id.is_not(None), table.c.destination_id.in_(private))
    again = {"state": DeliveryState.PENDING, "claimed_by": None, "updated_at": now}
    resend = await changed(session, sa.update(table).where(sending, harmless).values(**again))
    lost = {"state": DeliveryState.UNKNOWN, "claimed_by": None, "reason": _INTERRUPTED, "updated_at": now}
    unknown = await changed(session, sa.update(table).where(sending).values(retry_at=look_at, **lost))
    looking = sa.and_(_is(DeliveryState.UNKNOWN), table.c.claimed_by.is_not(None), left)
    await session.execute(sa.update(table).where(looking).values(claimed_by=None))
    if resend or unknown:
        await session.execute(sa.delete(table).where(nothing_to_do()))
    return Recovered(resend, unknown)


async def alive(session: AsyncSession, worker: str, now: datetime, *, seen_after: datetime) -> int:
    """This process is at work; forget those that have not been seen after that time. Returns how many are at work."""
    statement = upsert(session, workers).values(name=worker, seen_at=now)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"seen_at": now}))
    await session.execute(sa.delete(workers).where(workers.c.seen_at <= seen_after))
    return int(await session.scalar(sa.select(sa.func.count()).select_from(workers)) or 1)


async def leave(session: AsyncSession, worker: str) -> None:
    """This process is done: whatever it should have left is nobody's."""
    await session.execute(sa.delete(workers).where(workers.c.name == worker))


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
        .values(state=state, message_id=message_id, reason="", retry_at=None, claimed_by=None, updated_at=now),
    )
    await session.execute(sa.delete(table).where(table.c.id == delivery_id, nothing_to_do()))
    return decided == 1


async def states(session: AsyncSession, *digest_ids: int) -> dict[DeliveryState, int]:
    """How many rows of these digests stand where; states without rows are left out."""
    query = sa.select(table.c.state, sa.func.count()).where(table.c.digest_id.in_(digest_ids)).group_by(table.c.state)
    return {DeliveryState(state): count for state, count in await session.execute(query)}


async def unknown(session: AsyncSession) -> list[Delivery]:
    """The rows that somebody has to decide about, the oldest first."""
    return await _read(session, _is(DeliveryState.UNKNOWN))


async def to_look(session: AsyncSession, now: datetime, limit: int, *, worker: str) -> list[Delivery]:
    """Take up to `limit` unknown rows for which it is time to look; nobody else looks for them meanwhile."""
    query = (
        sa.select(table.c.id)
        .where(_TO_LOOK, table.c.retry_at <= now)
        .order_by(table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(await session.scalars(query))
    if not ids:
        return []
    await session.execute(sa.update(table).where(table.c.id.in_(ids)).values(claimed_by=worker))
    return await _read(session, table.c.id.in_(ids))


async def look_again(session: AsyncSession, delivery_id: int, at: datetime | None, reason: str | None = None) -> None:
    """When to look again for a row that is unknown; None leaves it to somebody, for the reason given."""
    ours = sa.and_(table.c.id == delivery_id, table.c.state == DeliveryState.UNKNOWN)
    known: dict[str, Any] = {"retry_at": at, "claimed_by": None}
    if reason is not None:
        known["reason"] = reason
    await session.execute(sa.update(table).where(ours).values(**known))


async def next_look(session: AsyncSession) -> datetime | None:
    """When it is time to look for the next unknown row."""
    at: datetime | None = await session.scalar(sa.select(sa.func.min(table.c.retry_at)).where(_TO_LOOK))
    return at


async def last_message(session: AsyncSession, destination_id: int) -> int | None:
    """The newest message there that is known: the last one delivered, or one seen while nothing was on its way."""
    delivered = sa.select(sa.func.max(table.c.message_id)).where(table.c.destination_id == destination_id)
    seen = sa.select(destinations.c.seen_message).where(destinations.c.id == destination_id)
    known = [await session.scalar(query) for query in (delivered, seen)]
    return max((one for one in known if one is not None), default=None)


async def message_ids(session: AsyncSession, chat_id: int, *, after: int) -> set[int]:
    """The known messages of a chat with higher ids, in whichever topic."""
    query = (
        sa.select(table.c.message_id)
        .join(destinations)
        .where(destinations.c.chat_id == chat_id, table.c.message_id > after)
    )
    return set(await session.scalars(query))


async def next_retry(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next row comes up to be tried again. Rows that something else holds back do not count."""
    query = (
        sa.select(table.c.retry_at)
        .where(_first_in_line(), _is(DeliveryState.RETRY))
        .order_by(table.c.retry_at)
        .limit(1)
    )
    at: datetime | None = await session.scalar(query, {"held_since": now - HOLD})
    return at


def _is(state: DeliveryState) -> sa.ColumnElement[bool]:
    """Rows in a state that is neither the first nor the last, found by their index."""
    return sa.and_(sa.text(f"deliveries.{UNSETTLED}"), table.c.state == state)


def _held_by(worker: str | None) -> sa.ColumnElement[bool]:
    """Rows that this process claimed and that no other one has claimed since."""
    return sa.or_(table.c.claimed_by.is_(None), table.c.claimed_by == worker) if worker is not None else sa.true()


def _first_in_line(*, resting: bool = False) -> sa.ColumnElement[bool]:
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
        .where(sa.text(f"deliveries.{UNFINISHED}"), ready, _first_in_line(resting=resting))
        .order_by(table.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(of=table, skip_locked=True)
    )


def _sent_statement(*, by_any: bool) -> sa.Update:
    """What becomes of a message that arrived. Content that was replaced while it was on its way is to be edited."""
    current = (
        sa.select(part_table.c.content_hash)
        .where(part_table.c.digest_id == table.c.digest_id, part_table.c.number == table.c.number)
        .scalar_subquery()
    )
    sent = sa.bindparam("sent_as", type_=sa.String)
    own = sa.or_(table.c.claimed_by.is_(None), table.c.claimed_by == sa.bindparam("worker", type_=sa.String))
    return (
        sa.update(table)
        .where(among(table.c.id, "ids"), sa.true() if by_any else own)
        .values(
            state=sa.case((current == sent, DeliveryState.SENT.value), else_=DeliveryState.PENDING.value),
            message_id=picked(sa.bindparam("messages", type_=NUMBERED), table.c.id),
            sent_hash=sent,
            claimed_by=None,
            retry_at=None,
            reason="",
            updated_at=sa.bindparam("at", type_=table.c.updated_at.type),
        )
    )


_SENT, _SENT_BY_ANY = _sent_statement(by_any=False), _sent_statement(by_any=True)
_TAKE = (
    sa.update(table)
    .where(among(table.c.id, "ids"))
    .values(
        state=DeliveryState.SENDING,
        attempts=table.c.attempts + 1,
        claimed_by=sa.bindparam("worker", type_=sa.String),
        updated_at=sa.bindparam("at", type_=table.c.updated_at.type),
    )
)
_TO_LOOK = sa.and_(_is(DeliveryState.UNKNOWN), table.c.retry_at.is_not(None), table.c.claimed_by.is_(None))
_OWN = (table.c.id, table.c.digest_id, table.c.number, table.c.state, table.c.message_id, table.c.attempts)
_ROWS = (
    sa.select(*_OWN, *(column.label(f"at_{column.name}") for column in subscriptions.COLUMNS))
    .join(destinations, destinations.c.id == table.c.destination_id)
    .order_by(table.c.id)
)
_ROWS_BY_ID = _ROWS.where(among(table.c.id, "ids"))


async def _sent(session: AsyncSession, row: Delivery, message_id: int, now: datetime, sent_hash: str) -> None:
    if row.part is None and not sent_hash:
        await session.execute(sa.delete(table).where(table.c.id == row.id))
        return
    current = row.part.content_hash if row.part is not None else None
    state = DeliveryState.SENT if sent_hash in {"", current} else DeliveryState.PENDING
    await _set(session, row.id, now, state=state, message_id=message_id, sent_hash=sent_hash)


async def _set(session: AsyncSession, delivery_id: int, now: datetime, **values: Any) -> None:
    known = {"retry_at": None, "reason": "", "claimed_by": None, "updated_at": now, **values}
    await session.execute(sa.update(table).where(table.c.id == delivery_id).values(**known))


async def _read(session: AsyncSession, whom: sa.ColumnElement[bool]) -> list[Delivery]:
    """The rows of a condition, in order; those that hold what this program does not know are left out."""
    return await _deliveries(session, list(await session.execute(_ROWS.where(whom))), {})


async def _deliveries(session: AsyncSession, rows: Sequence[Sequence[Any]], known: Known) -> list[Delivery]:
    parts = await _parts(session, {(row[1], row[2]) for row in rows}, known)
    found: list[Delivery] = []
    for row in rows:
        with suppress(ValueError, KeyError):
            found.append(_delivery(row, parts))
    return found


def _delivery(row: Sequence[Any], parts: Mapping[tuple[int, int], Part | None]) -> Delivery:
    """KeyError for a part that cannot be read, ValueError for anything else; a part that is gone is None."""
    delivery_id, digest_id, number, state, message_id, attempts, *place = row
    return Delivery(
        id=delivery_id,
        digest_id=digest_id,
        destination=subscriptions.destination_at(place),
        number=number,
        part=parts[digest_id, number],
        state=DeliveryState(state),
        message_id=message_id,
        attempts=attempts,
    )


_HASHES = sa.select(part_table.c.digest_id, part_table.c.number, part_table.c.content_hash).where(
    among(part_table.c.digest_id, "digests"), among(part_table.c.number, "numbers")
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
