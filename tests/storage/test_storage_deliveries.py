from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fakes.stored import FRIDAY, NOW, SOON, add, address, claim, digest, open_database, parts, place, planned, record

from storage import deliveries, delivery_outcomes, digests, moves, subscriptions, unknown_deliveries, workers
from storage.database import Database
from storage.delivery_outcomes import Done
from storage.models import subscriptions as subscriptions_table
from storage.records import ChatKind, Delivery, DeliveryState, Gone, Moved, Outcome, Refused, RetryAt, Sent, Unsure
from storage.workers import Recovered

CHANNEL = place(-100, kind=ChatKind.CHANNEL)
FENCE = 1_000


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def numbers(db: Database, **how: Any) -> list[tuple[int, int]]:
    """Chat and part of every row that can be claimed now."""
    return [(row.destination.chat_id, row.number) for row in await claim(db, **how)]


async def states(db: Database, digest_id: int = 1) -> dict[DeliveryState, int]:
    async with db.read() as session:
        return await deliveries.states(session, digest_id)


async def begin(db: Database, rows: list[Delivery], fence: int) -> list[Delivery]:
    """Their requests go out, of a process with that fence number."""
    async with db.begin() as session:
        if fence not in await workers.beats(session):
            await session.execute(sa.text("INSERT INTO workers (fence, beat) VALUES (:fence, 0)"), {"fence": fence})
        assert await deliveries.begin(session, [row.id for row in rows], NOW, fence=fence) == {row.id for row in rows}
    return rows


async def numbers_begun(db: Database) -> list[tuple[int, int]]:
    """Chat and part of every row that can be claimed now, and is begun."""
    rows = await begin(db, await claim(db, fence=FENCE), FENCE)
    return [(row.destination.chat_id, row.number) for row in rows]


async def recover(db: Database) -> Recovered:
    """Every process is gone."""
    async with db.begin() as session:
        return await workers.recover(session, NOW, dead=list(await workers.beats(session)))


async def next_retry(db: Database) -> object:
    async with db.read() as session:
        return await deliveries.next_retry(session, NOW)


async def edit(db: Database, *texts: str) -> None:
    """Other parts for the first digest."""
    async with db.begin() as session:
        await digests.replace_parts(session, 1, parts(*texts), NOW)


async def test_there_is_one_row_per_part_and_destination_however_often_it_is_planned(db: Database) -> None:
    places = await add(db, place(1), place(2), place(3))
    async with db.begin() as session:
        saved = await digests.save(session, digest(), parts("a", "b"), NOW)
        assert await deliveries.plan(session, saved.id, [places[0].id, places[1].id]) == 4
        assert await deliveries.plan(session, saved.id, [place.id for place in places]) == 2
        assert await deliveries.plan(session, saved.id, []) == 0
    assert await states(db) == {DeliveryState.PENDING: 6}


async def test_a_claimed_row_has_all_that_the_sender_needs(db: Database) -> None:
    (one,) = await add(db, place(-100, thread_id=4, kind=ChatKind.SUPERGROUP, title="羊"))
    known = await planned(db, [one], "a")
    (row,) = await claim(db)
    assert (row.destination, row.digest_id, row.number, row.part) == (one, known.id, 0, parts("a")[0])
    assert (row.state, row.attempts, row.message_id) == (DeliveryState.CLAIMED, 0, None)
    assert await states(db) == {DeliveryState.CLAIMED: 1}


async def test_a_destination_gets_its_parts_one_after_the_other(db: Database) -> None:
    places = await add(db, place(1), place(2))
    await planned(db, places, "a", "b")
    first = await claim(db)
    assert [(row.destination.chat_id, row.number) for row in first] == [(1, 0), (2, 0)]
    assert await claim(db) == []
    await record(db, first[1], Sent(5))
    assert await numbers(db) == [(2, 1)]


async def test_the_oldest_rows_come_first_and_no_more_than_asked_for(db: Database) -> None:
    places = await add(db, *(place(number) for number in range(1, 6)))
    await planned(db, places[2:], "later ids, planned first")
    await planned(db, places[:2], "x", arxiv_id="2608.00002")
    assert await numbers(db, limit=2) == [(3, 0), (4, 0)]
    assert await numbers(db, limit=2) == [(5, 0), (1, 0)]


async def test_resting_chats_and_paused_destinations_are_passed_over(db: Database) -> None:
    places = await add(db, place(1), place(2), place(3))
    await planned(db, places, "a")
    async with db.begin() as session:
        await subscriptions.pause(session, places[0].id, "blocked")
    assert await numbers(db, resting=(2,)) == [(3, 0)]
    async with db.begin() as session:
        await subscriptions.resume(session, places[0].id, NOW)
    assert await numbers(db) == [(1, 0), (2, 0)]


async def test_a_row_that_is_to_be_retried_waits_for_its_time_and_holds_back_only_its_own_chat(db: Database) -> None:
    places = await add(db, place(1), place(2))
    await planned(db, places, "a", "b")
    one, two = await claim(db)
    await record(db, one, RetryAt(NOW + SOON, "limit"))
    await record(db, two, Sent(5))
    assert await numbers(db) == [(2, 1)]
    assert await numbers(db, now=NOW + SOON - timedelta(microseconds=1)) == []
    (again,) = await claim(db, now=NOW + SOON)
    assert (again.id, again.attempts) == (one.id, 0)
    await record(db, again, RetryAt(NOW + 2 * SOON, "silence", unanswered=True))
    assert [row.attempts for row in await claim(db, now=NOW + 3 * SOON)] == [1]


async def test_a_row_of_unknown_outcome_holds_its_destination_back_for_one_hour_and_no_longer(db: Database) -> None:
    await planned(db, await add(db, CHANNEL), "a", "b")
    (row,) = await claim(db)
    await record(db, row, Unsure("no answer"))
    assert await numbers(db, now=NOW + timedelta(minutes=59)) == []
    assert await numbers(db, now=NOW + timedelta(minutes=61)) == [(-100, 1)]


async def test_a_refused_part_does_not_stop_the_next_one(db: Database) -> None:
    await planned(db, await add(db, place()), "a", "b")
    (row,) = await claim(db)
    await record(db, row, Refused("can't parse entities"))
    assert await numbers(db) == [(7, 1)]
    assert await states(db) == {DeliveryState.FAILED: 1, DeliveryState.CLAIMED: 1}


async def _cursor(db: Database) -> date | None:
    async with db.read() as session:
        return await session.scalar(sa.select(subscriptions_table.c.cursor))


@pytest.mark.parametrize(
    ("first", "later", "kept"),
    [
        (None, timedelta(), True),
        (Sent(5), timedelta(), False),
        (Unsure("no answer"), timedelta(), False),
        (Refused("can't parse entities"), timedelta(), True),
        (None, timedelta(days=9), False),
    ],
    ids=["nothing of it arrived", "a part arrived", "a part may have arrived", "another part failed", "it is old"],
)
async def test_the_papers_of_a_refused_digest_are_kept_for_the_next_unless_some_of_it_arrived_or_it_is_old(
    db: Database, first: Outcome | None, later: timedelta, *, kept: bool
) -> None:
    (here,) = await add(db, place())
    async with db.begin() as session:
        await subscriptions.subscribe(session, here.id, "cs.CV", FRIDAY)
    await planned(db, [here], "a", "b")
    if first is not None:
        await record(db, (await claim(db))[0], first)
    (row,) = await claim(db, now=NOW + later + timedelta(hours=2))
    await record(db, row, Refused("SOMETHING_NEW", keep=True), NOW + later)
    assert await _cursor(db) == (FRIDAY - timedelta(days=1) if kept else FRIDAY)
    assert bool(await states(db)) is not kept
    # Papers come with what is announced next, and not before a day has passed.
    async with db.read() as session:
        known = await subscriptions.destination(session, 7)
    assert known is not None
    assert known.next_run_at == (NOW + timedelta(days=1) if kept else None)


async def test_a_row_that_cannot_be_read_fails_alone(db: Database) -> None:
    places = await add(db, place(1), place(2))
    await planned(db, places, "a")
    await planned(db, places[:1], "b", arxiv_id="2608.00002")
    async with db.begin() as session:
        await session.execute(sa.text("UPDATE digest_parts SET kind = 'hologram' WHERE digest_id = 1"))
    assert [(row.destination.chat_id, row.digest_id) for row in await claim(db)] == []
    assert await states(db, 1) == {DeliveryState.FAILED: 2}
    assert [(row.destination.chat_id, row.digest_id) for row in await claim(db)] == [(1, 2)]


async def test_a_row_of_unknown_outcome_holds_back_only_its_own_chat_until_it_is_decided(db: Database) -> None:
    places = await add(db, place(1, kind=ChatKind.GROUP), place(2))
    await planned(db, places, "a", "b")
    one, two = await claim(db)
    await record(db, one, Unsure("no answer"))
    await record(db, two, Sent(5))
    assert await numbers(db) == [(2, 1)]
    async with db.begin() as session:
        assert [row.id for row in await unknown_deliveries.unknown(session)] == [one.id]
        assert await unknown_deliveries.resolve(session, one.id, message_id=77, now=NOW)
        assert await unknown_deliveries.unknown(session) == []
    assert await numbers(db) == [(1, 1)]


async def test_an_unknown_row_can_be_sent_again(db: Database) -> None:
    await planned(db, await add(db, CHANNEL), "a")
    (row,) = await claim(db)
    await record(db, row, Unsure("no answer"))
    async with db.begin() as session:
        assert await unknown_deliveries.resolve(session, row.id, resend=True, now=NOW)
    (again,) = await claim(db)
    assert (again.id, again.message_id) == (row.id, None)


async def test_an_unknown_row_that_arrived_is_edited_later_only_if_its_message_is_known(db: Database) -> None:
    await planned(db, await add(db, CHANNEL, place(-200, kind=ChatKind.CHANNEL)), "a")
    known, lost = await claim(db)
    for row in (known, lost):
        await record(db, row, Unsure("no answer"))
    async with db.begin() as session:
        await unknown_deliveries.resolve(session, known.id, message_id=77, now=NOW)
        await unknown_deliveries.resolve(session, lost.id, resend=False, now=NOW)
    await edit(db, "A")
    assert [(row.id, row.message_id) for row in await claim(db)] == [(known.id, 77)]


async def test_only_unknown_rows_can_be_decided_and_only_in_one_way(db: Database) -> None:
    await planned(db, await add(db, place()), "a")
    (row,) = await claim(db)
    async with db.begin() as session:
        assert not await unknown_deliveries.resolve(session, row.id, resend=True, now=NOW)
        with pytest.raises(ValueError, match="either"):
            await unknown_deliveries.resolve(session, row.id, now=NOW)
        with pytest.raises(ValueError, match="either"):
            await unknown_deliveries.resolve(session, row.id, resend=True, message_id=7, now=NOW)
    assert await states(db) == {DeliveryState.CLAIMED: 1}


async def test_where_the_bot_may_not_write_everything_waiting_fails_and_the_destination_is_paused(db: Database) -> None:
    gone, other = await add(db, place(1), place(2))
    first = await planned(db, [gone, other], "a", "b")
    second = await planned(db, [gone], "c", arxiv_id="2608.00002")
    row = (await claim(db))[0]
    await record(db, row, Gone("bot was blocked by the user"))
    assert await states(db, first.id) == {
        DeliveryState.FAILED: 2,
        DeliveryState.CLAIMED: 1,
        DeliveryState.PENDING: 1,
    }
    assert await states(db, second.id) == {DeliveryState.FAILED: 1}
    async with db.read() as session:
        known = await subscriptions.by_id(session, gone.id)
    assert known == replace(gone, paused="bot was blocked by the user")


async def test_a_row_for_a_group_that_moved_is_sent_to_its_new_id(db: Database) -> None:
    (group,) = await add(db, place(-5, kind=ChatKind.GROUP))
    await planned(db, [group], "a", "b")
    (row,) = await claim(db)
    await record(db, row, Moved(-1005))
    (again,) = await claim(db)
    assert (again.id, again.destination.chat_id, again.destination.kind) == (row.id, -1005, ChatKind.SUPERGROUP)


async def test_a_row_for_a_group_that_was_moved_by_somebody_else_meanwhile_is_sent_too(db: Database) -> None:
    (group,) = await add(db, place(-5, kind=ChatKind.GROUP))
    await planned(db, [group], "a")
    (row,) = await claim(db)
    async with db.begin() as session:
        await moves.move_chat(session, -5, -1005)
    await record(db, row, Moved(-1005))
    assert await numbers(db) == [(-1005, 0)]


async def test_rows_of_a_group_that_moved_into_a_known_chat_are_sent_there_once(db: Database) -> None:
    old, new = await add(db, place(-5, kind=ChatKind.GROUP), place(-1005, kind=ChatKind.SUPERGROUP))
    await planned(db, [old, new], "a")
    await planned(db, [old], "b", arxiv_id="2608.00002")
    mine, theirs = await claim(db)
    await record(db, theirs, Sent(5))
    await record(db, mine, Moved(-1005))
    (row,) = await claim(db)
    assert (row.destination.id, row.part) == (new.id, parts("b")[0])


async def test_messages_that_stayed_in_the_old_chat_are_never_edited_in_the_new_one(db: Database) -> None:
    (group,) = await add(db, place(-5, kind=ChatKind.GROUP))
    await planned(db, [group], "a", "b")
    for message in (10, 11):
        await record(db, (await claim(db))[0], Sent(message))
    await edit(db, "A", "b")
    (row,) = await claim(db)
    await record(db, row, Moved(-1005))
    assert await claim(db) == []
    await edit(db, "AA", "BB", "new")
    assert [(row.number, row.message_id) for row in await claim(db)] == [(2, None)]


async def test_an_outcome_for_a_row_that_is_gone_changes_nothing(db: Database) -> None:
    places = await add(db, place(1), place(2))
    await planned(db, places, "a")
    before = await claim(db)
    await record(db, replace(before[0], id=99), Gone("blocked"))
    async with db.read() as session:
        assert await subscriptions.by_id(session, places[0].id) == places[0]
    assert await states(db) == {DeliveryState.CLAIMED: 2}


async def test_the_id_of_a_row_that_is_gone_is_never_given_to_another(db: Database) -> None:
    await planned(db, await add(db, place()), "a", "b")
    await edit(db, "a")
    await edit(db, "a", "b")
    (first,) = await claim(db)
    await record(db, first, Sent(5))
    (second,) = await claim(db)
    assert first.id == 1
    assert second.id > 2


async def test_after_a_crash_private_chats_get_it_again_and_of_others_nobody_knows(db: Database) -> None:
    await planned(db, await add(db, place(1), CHANNEL, place(-5, kind=ChatKind.GROUP)), "a")
    assert await numbers_begun(db) == [(1, 0), (-100, 0), (-5, 0)]
    assert await recover(db) == Recovered(resend=1, unknown=2)
    assert await numbers_begun(db) == [(1, 0)]
    assert await recover(db) == Recovered(resend=1, unknown=0)


async def test_after_a_crash_what_was_claimed_and_not_begun_goes_back_and_asks_nobody(db: Database) -> None:
    await planned(db, await add(db, place(1), CHANNEL, place(-5, kind=ChatKind.GROUP)), "a")
    assert len(await claim(db)) == 3
    assert await recover(db) == Recovered(unsent=3)
    assert len(await claim(db)) == 3


async def test_a_row_is_begun_by_the_process_that_holds_it_alone_and_not_where_its_destination_was_paused(
    db: Database,
) -> None:
    places = await add(db, place(1), place(2))
    await planned(db, places, "a")
    async with db.begin() as session:
        ours, others = await workers.register(session), await workers.register(session)
    mine = [row.id for row in await claim(db, fence=ours)]
    async with db.begin() as session:
        await subscriptions.pause(session, places[0].id, "blocked")
        assert await deliveries.begin(session, mine, NOW, fence=others) == set()
        assert await deliveries.begin(session, mine, NOW, fence=ours) == {mine[1]}
        await workers.leave(session, ours)
        assert await deliveries.begin(session, mine, NOW, fence=ours) == set()


async def test_an_outcome_of_an_old_fence_changes_nothing_but_that_a_message_arrived(db: Database) -> None:
    await planned(db, await add(db, place(1), CHANNEL), "a")
    async with db.begin() as session:
        old = await workers.register(session)
    rows = await begin(db, await claim(db, fence=old), old)
    async with db.begin() as session:
        await workers.recover(session, NOW, dead=[old])
        new = await workers.register(session)
    for outcome in (Refused("no"), RetryAt(NOW + SOON, "later"), Gone("blocked"), Unsure("?")):
        async with db.begin() as session:
            assert await delivery_outcomes.record_all(session, [Done(row, outcome) for row in rows], NOW) == []
    assert await states(db) == {DeliveryState.PENDING: 1, DeliveryState.UNKNOWN: 1}
    (again,) = await claim(db, fence=new)
    async with db.begin() as session:
        await delivery_outcomes.record_all(session, [Done(row, Sent(5)) for row in rows], NOW)
        # The other one finds that it is no longer its own, and sends nothing twice.
        assert await deliveries.begin(session, [again.id], NOW, fence=new) == set()
    assert await states(db) == {DeliveryState.SENT: 2}


async def test_after_a_crash_edits_and_deletions_are_made_again_everywhere(db: Database) -> None:
    await planned(db, await add(db, CHANNEL), "a", "b")
    for message in (10, 11):
        await record(db, (await claim(db))[0], Sent(message))
    await edit(db, "A")
    (row,) = await begin(db, await claim(db, fence=FENCE), FENCE)
    assert await recover(db) == Recovered(resend=1, unknown=0)
    (again,) = await claim(db)
    assert (again.id, again.message_id, again.part) == (row.id, 10, parts("A")[0])
    await record(db, again, Sent(10))
    (deletion,) = await begin(db, await claim(db, fence=FENCE), FENCE)
    assert (deletion.message_id, deletion.part) == (11, None)
    assert await recover(db) == Recovered(resend=1, unknown=0)


async def test_recovering_leaves_what_was_not_being_sent_alone(db: Database) -> None:
    await planned(db, await add(db, place(1), place(2), place(3)), "a", "b")
    one, two, three = await claim(db)
    await record(db, one, Sent(5))
    await record(db, two, RetryAt(NOW + SOON, "limit"))
    await record(db, three, Unsure("no answer"))
    before = await states(db)
    assert await recover(db) == Recovered(resend=0, unknown=0)
    assert await states(db) == before


async def test_the_next_retry_is_the_earliest_of_those_that_nothing_holds_back(db: Database) -> None:
    places = await add(db, place(1), place(2), place(3))
    await planned(db, places, "a")
    assert await next_retry(db) is None
    for seconds, row in enumerate(await claim(db)):
        await record(db, row, RetryAt(NOW + seconds * SOON, "limit"))
    assert await next_retry(db) == NOW
    async with db.begin() as session:
        await subscriptions.pause(session, places[0].id, "kicked")
    assert await next_retry(db) == NOW + SOON


async def test_a_retry_behind_a_row_of_unknown_outcome_does_not_count_as_next(db: Database) -> None:
    (one,) = await add(db, CHANNEL)
    await planned(db, [one], "a", "b")
    for message in (10, 11):
        await record(db, (await claim(db))[0], Sent(message))
    await edit(db, "a", "B")
    await record(db, (await claim(db))[0], RetryAt(NOW, "limit"))
    assert await next_retry(db) == NOW
    await edit(db, "A", "B")
    await record(db, (await claim(db))[0], Unsure("no answer"))
    assert await next_retry(db) is None


async def test_claims_of_two_processes_never_meet(tmp_path: Path, db: Database) -> None:
    await planned(db, await add(db, *(place(number) for number in range(1, 21))), "a", "b")
    other = Database(address(tmp_path))
    claimed: list[int] = []

    async def drain(database: Database) -> None:
        while rows := await claim(database, 4):
            # One destination at most once in a claim, and never while another claim of it is out.
            assert len({row.destination.id for row in rows}) == len(rows)
            claimed.extend(row.id for row in rows)
            for row in rows:
                await record(database, row, Sent(row.id))

    try:
        await asyncio.gather(drain(db), drain(other), drain(other))
    finally:
        await other.close()
    assert sorted(claimed) == list(range(1, 41))
    assert await states(db) == {DeliveryState.SENT: 40}


async def test_a_message_that_was_seen_counts_as_known_unless_something_was_on_its_way(db: Database) -> None:
    one, topic = await add(db, place(-7, kind=ChatKind.SUPERGROUP), place(-7, kind=ChatKind.SUPERGROUP, thread_id=5))

    async def known(message_id: int) -> list[int | None]:
        async with db.begin() as session:
            await subscriptions.seen(session, -7, message_id)
        async with db.read() as session:
            return [await unknown_deliveries.last_message(session, there.id) for there in (one, topic)]

    assert await known(20) == [20, 20]
    assert await known(10) == [20, 20]
    await planned(db, [one], "a")
    assert await known(30) == [20, 30]
    (row,) = await claim(db)
    assert await known(40) == [20, 40]
    await record(db, row, Sent(35))
    assert await known(37) == [37, 40]
    async with db.begin() as session:
        await moves.move_chat(session, -7, -1007)
    assert await known(50) == [1, 1]


async def test_when_telegram_answers_again_only_what_it_had_not_answered_is_sent_before_its_time(db: Database) -> None:
    await planned(db, await add(db, place(1), place(2)), "a")
    one, two = await claim(db)
    await record(db, one, RetryAt(NOW + 10 * SOON, "limit"))
    await record(db, two, RetryAt(NOW + 10 * SOON, "silence", unanswered=True))
    async with db.begin() as session:
        await deliveries.hurry(session, NOW)
    assert [row.id for row in await claim(db)] == [two.id]
