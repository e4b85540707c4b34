"""What came of claimed rows: many that arrived by one statement, everything else one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage import moves, pins, subscriptions
from storage.delivery_rows import nothing_to_do, read, set_row
from storage.kept_papers import keep_papers
from storage.models import UNFINISHED
from storage.models import deliveries as table
from storage.models import digest_parts as part_table
from storage.records import (
    Delivery,
    DeliveryState,
    Destination,
    Gone,
    Layout,
    LeftOut,
    Moved,
    Outcome,
    Refused,
    RetryAt,
    Sent,
    Unsure,
)
from storage.sql import NUMBERED, among, changed, picked

_NEXT = timedelta(days=1)
_NOT_BEGUN = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.RETRY)

# A process that was taken for dead tells that a message arrived. Whoever has the row in hand now finds, before the
# request, that it is no longer its own; only a request that is out already cannot be held back, and tells for itself.
_ARRIVED_ALL_THE_SAME = sa.and_(table.c.message_id.is_(None), table.c.state != DeliveryState.SENDING)


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
    """A destination that was paused because the bot may not write there, or gets no more files; and why."""

    destination: Destination
    reason: str
    paused: bool = True


async def record_all(session: AsyncSession, done: Sequence[Done], now: datetime) -> list[Lost]:
    """Write down what came of many rows. Returns the destinations that are lost by it.

    A row that another process has taken over meanwhile is that one's; only that a message arrived is knowledge all the
    same, unless the other is just sending it again.
    """
    if not done:
        return []
    plain: dict[tuple[str, int | None], dict[int, int]] = {}
    others: list[Done] = []
    for outcome in done:
        if isinstance(outcome.outcome, Sent) and outcome.sent_hash and not outcome.outcome.no_rich:
            plain.setdefault((outcome.sent_hash, outcome.delivery.fence), {})[outcome.delivery.id] = (
                outcome.outcome.message_id
            )
        else:
            others.append(outcome)
    for (sent_as, fence), messages in plain.items():
        values = {"ids": messages, "messages": messages, "sent_as": sent_as, "held_by": fence, "at": now}
        await changed(session, _SENT if fence is not None else _SENT_BY_ANY, values)
    for outcome in done:
        row = outcome.delivery
        if isinstance(outcome.outcome, Sent) and row.message_id is None and row.destination.pin:
            await pins.want(session, row.destination.id, row.digest_id, row.number, outcome.outcome.message_id)
    lost: list[Lost] = []
    for other in others:
        fence = other.delivery.fence
        found = await record(session, other.delivery.id, other.outcome, now, sent_hash=other.sent_hash, fence=fence)
        lost += [found] if found is not None else []
    return lost


async def record(
    session: AsyncSession,
    delivery_id: int,
    outcome: Outcome,
    now: datetime,
    *,
    sent_hash: str = "",
    fence: int | None = None,
) -> Lost | None:
    """Write down what came of a row. `sent_hash` is the content hash of the part that was sent ("" for a deletion).

    `fence` is the process that had it in hand (None: whoever has). A row that is gone meanwhile stays gone. Content
    that was replaced while it was on its way is to be edited. Returns the destination that was paused because of it, if
    it was.
    """
    found = await read(session, sa.and_(table.c.id == delivery_id, _told_by(fence, outcome)))
    if not found:
        return None
    row, lost = found[0], None
    match outcome:
        case Sent():
            await _sent(session, row, outcome, now, sent_hash)
        case RetryAt(at, reason, unanswered=unanswered, refused=refused):
            counts = {"attempts": row.attempts + unanswered, "refusals": row.refusals + refused}
            await set_row(session, row.id, now, state=DeliveryState.RETRY, retry_at=at, reason=reason, **counts)
        case Moved(new_chat_id):
            await moves.move_chat(session, row.destination.chat_id, new_chat_id)
            # An edit is not carried over: its message stayed behind.
            if row.message_id is None:
                await set_row(session, row.id, now, state=DeliveryState.PENDING)
        case Gone(reason):
            lost = await _gone(session, row, reason, now)
        case LeftOut(reason):
            lost = await _left_out(session, row, reason, now)
        case Refused():
            await _refused(session, row, outcome, now)
        case Unsure(reason, look_at):
            await set_row(session, row.id, now, state=DeliveryState.UNKNOWN, reason=reason, retry_at=look_at)
    await session.execute(sa.delete(table).where(table.c.id == delivery_id, nothing_to_do()))
    return lost


async def _gone(session: AsyncSession, row: Delivery, reason: str, now: datetime) -> Lost | None:
    """The destination is paused, and with this row everything that waits there fails."""
    waiting = sa.and_(table.c.destination_id == row.destination.id, sa.text(UNFINISHED))
    # Only what surely was not sent carries the reason by which `resume` knows what to send.
    unsent = sa.or_(table.c.id == row.id, table.c.state.in_(_NOT_BEGUN))
    why = sa.case((unsent, reason), else_=f"{reason}; it may have arrived before")
    values = {"state": DeliveryState.FAILED, "retry_at": None, "fence": None, "updated_at": now}
    await session.execute(sa.update(table).where(waiting).values(reason=why, **values))
    await subscriptions.pause(session, row.destination.id, reason)
    return Lost(row.destination, reason) if row.destination.paused is None else None


async def _refused(session: AsyncSession, row: Delivery, refused: Refused, now: datetime) -> None:
    await set_row(session, row.id, now, state=DeliveryState.FAILED, reason=refused.reason)
    if refused.keep:
        await keep_papers(session, row, now, at=now + _NEXT)


async def _left_out(session: AsyncSession, row: Delivery, reason: str, now: datetime) -> Lost | None:
    """The file is left out, and no more files are planned for the destination; its messages go on."""
    await set_row(session, row.id, now, state=DeliveryState.FAILED, reason=reason)
    place = row.destination
    if not place.attach_file and place.layout is not Layout.FILE:
        return None
    layout = Layout.CLASSIC if place.layout is Layout.FILE else place.layout
    await subscriptions.update(session, place.id, attach_file=False, layout=layout)
    if place.layout is Layout.FILE:
        # The file was all of it.
        await keep_papers(session, row, now, at=now)
    return Lost(place, reason, paused=False)


def _told_by(fence: int | None, outcome: Outcome) -> sa.ColumnElement[bool]:
    """Whether a process may say this of a row: it has it in hand, or knows that it arrived all the same."""
    if fence is None:
        return sa.true()
    ours = table.c.fence == fence
    return sa.or_(ours, _ARRIVED_ALL_THE_SAME) if isinstance(outcome, Sent) else ours


def _sent_statement(*, by_any: bool) -> sa.Update:
    """What becomes of a message that arrived. Content that was replaced while it was on its way is to be edited."""
    current = (
        sa.select(part_table.c.content_hash)
        .where(part_table.c.digest_id == table.c.digest_id, part_table.c.number == table.c.number)
        .scalar_subquery()
    )
    sent = sa.bindparam("sent_as", type_=sa.String)
    own = sa.or_(table.c.fence == sa.bindparam("held_by", type_=sa.Integer), _ARRIVED_ALL_THE_SAME)
    return (
        sa.update(table)
        .where(among(table.c.id, "ids"), sa.true() if by_any else own)
        .values(
            state=sa.case((current == sent, DeliveryState.SENT.value), else_=DeliveryState.PENDING.value),
            message_id=picked(sa.bindparam("messages", type_=NUMBERED), table.c.id),
            sent_hash=sent,
            fence=None,
            retry_at=None,
            reason="",
            updated_at=sa.bindparam("at", type_=table.c.updated_at.type),
        )
    )


_SENT, _SENT_BY_ANY = _sent_statement(by_any=False), _sent_statement(by_any=True)


async def _sent(session: AsyncSession, row: Delivery, sent: Sent, now: datetime, sent_hash: str) -> None:
    if sent.no_rich:
        await subscriptions.update(session, row.destination.id, layout=Layout.CLASSIC)
    if row.part is None and not sent_hash:
        await session.execute(sa.delete(table).where(table.c.id == row.id))
        return
    current = row.part.content_hash if row.part is not None else None
    state = DeliveryState.SENT if sent_hash in {"", current} else DeliveryState.PENDING
    await set_row(session, row.id, now, state=state, message_id=sent.message_id, sent_hash=sent_hash)
