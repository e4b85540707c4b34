from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.stored import FRIDAY, MONDAY, NOW, SOON, add, claim, digest, open_database, parts, place, planned, record

from storage import deliveries, digests, needs, subscriptions, unknown_deliveries, workers
from storage.database import Database
from storage.records import (
    AnnounceType,
    ChatKind,
    Delivery,
    DeliveryState,
    Destination,
    Digest,
    DigestEntry,
    Gone,
    Part,
    PartKind,
    Refused,
    RetryAt,
    Sent,
    Unsure,
)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def send_all(db: Database, first_message: int = 100) -> list[tuple[int, int, str | None, int]]:
    """Send everything that waits; chat, message id and text (None: deleted) of each, in order, and the row's number."""
    done: list[tuple[int, int, str | None, int]] = []
    while rows := await claim(db):
        for row in rows:
            message = row.message_id or first_message + len(done)
            done.append((row.destination.chat_id, message, row.part.payload["text"] if row.part else None, row.number))
            await record(db, row, Sent(message))
    return done


async def replace_parts(db: Database, known: Digest, *texts: str) -> int:
    async with db.begin() as session:
        return await digests.replace_parts(session, known.id, parts(*texts), NOW + SOON)


async def states(db: Database, known: Digest) -> dict[DeliveryState, int]:
    async with db.read() as session:
        return await deliveries.states(session, known.id)


async def sent(db: Database, *texts: str, **changes: Any) -> tuple[Digest, Destination]:
    (one,) = await add(db, place(7, **changes))
    known = await planned(db, [one], *texts)
    await send_all(db)
    return known, one


async def test_a_digest_comes_back_as_it_was_stored(db: Database) -> None:
    full = digest(
        "2608.00002",
        "2608.00001",
        categories=("cs.CV", "astro-ph"),
        mailing_dates=(FRIDAY, MONDAY),
    )
    listed = [*parts("羊", "two"), Part(2, PartKind.DOCUMENT, {"file_name": "a.md", "content": "x"}, "h")]
    async with db.begin() as session:
        stored = await digests.save(session, full, listed, NOW)
    assert stored == replace(full, id=stored.id, created_at=NOW)
    async with db.read() as session:
        assert await digests.get(session, stored.id) == stored
        assert await digests.parts(session, stored.id) == listed
        with pytest.raises(LookupError, match="no digest 99"):
            await digests.get(session, 99)


async def test_destinations_with_equal_wishes_share_one_digest_and_its_first_parts(db: Database) -> None:
    async with db.begin() as session:
        first = await digests.save(session, digest(), parts("one"), NOW)
        second = await digests.save(session, digest(), parts("other", "words"), NOW + SOON)
        assert second == first
        assert await digests.parts(session, first.id) == parts("one")


async def test_a_digest_in_another_language_is_another_one(db: Database) -> None:
    async with db.begin() as session:
        first = await digests.save(session, digest(), parts("one"), NOW)
        second = await digests.save(session, digest(language="ja"), parts("一"), NOW)
    assert first.id != second.id


async def test_a_digest_is_found_by_each_of_its_announcements_once_somebody_is_to_get_it(db: Database) -> None:
    both = digest(categories=("cs.CV", "cs.LG"), mailing_dates=(FRIDAY, MONDAY))
    (one,) = await add(db, place())
    async with db.begin() as session:
        saved = await digests.save(session, both, parts("one"), NOW)
        await digests.save(session, digest("2608.00009"), parts("nobody's"), NOW)
        assert await digests.with_announcement(session, "cs.CV", FRIDAY) == []
        await deliveries.plan(session, saved.id, [one.id])
        for category in both.categories:
            for day in both.mailing_dates:
                assert await digests.with_announcement(session, category, day) == [saved]
        assert await digests.with_announcement(session, "math.NA", FRIDAY) == []


async def test_what_a_destination_was_to_get_is_known_whatever_became_of_it(db: Database) -> None:
    one, two = await add(db, place(1), place(2))
    await planned(db, [one, two], "a", arxiv_id="2608.00001")
    await planned(db, [one], "b", arxiv_id="2608.00002")
    first, second = "2608.00001", "2608.00002"
    async with db.read() as session:
        assert await digests.holding(session, [first, "2608.00003"]) == {1}
        holding = await digests.holding(session, [first, second])
        history = await needs.delivered_digests(session, [one.id, two.id], holding)
        assert history == {one.id: (1, 2), two.id: (1,)}
        assert await digests.versions(session, history[one.id], {first, second}) == {first: 1, second: 1}
        assert await digests.versions(session, history[two.id], {first, second}) == {first: 1}
        assert await digests.versions(session, history[one.id], {second}) == {second: 1}
        assert await needs.delivered_digests(session, [one.id], []) == {}


async def test_other_entries_take_the_place_of_a_digests_entries(db: Database) -> None:
    async with db.begin() as session:
        first = await digests.save(session, digest("2608.00001", "2608.00002"), parts("one"), NOW)
        changed = replace(first, entries=(DigestEntry("2608.00003", 2, AnnounceType.CROSS),))
        await digests.replace_entries(session, changed)
        assert await digests.get(session, first.id) == changed
        # Whoever is due later composes the new entries and shares the digest that was corrected.
        assert (await digests.save(session, replace(changed, id=0), parts("two"), NOW)).id == first.id
        assert (await digests.save(session, replace(first, id=0), parts("one"), NOW)).id != first.id


async def test_a_corrected_digest_may_come_to_equal_another_one(db: Database) -> None:
    async with db.begin() as session:
        first = await digests.save(session, digest("2608.00001"), parts("one"), NOW)
        second = await digests.save(session, digest("2608.00002"), parts("two"), NOW)
        await digests.replace_entries(session, replace(first, entries=second.entries))
        assert (await digests.get(session, first.id)).entries == second.entries
        assert (await digests.save(session, digest("2608.00002"), parts("two"), NOW)).id == second.id
        assert (await digests.save(session, digest("2608.00001"), parts("one"), NOW)).id not in {first.id, second.id}


async def test_two_corrections_at_once_come_one_after_the_other(db: Database) -> None:
    known, _ = await sent(db, "a", "b")
    await send_all(db)
    await asyncio.gather(*(replace_parts(db, known, f"a{number}", "b") for number in range(4)))
    async with db.read() as session:
        now, before = await digests.parts(session, known.id), await digests.former(session, known.id)
    texts = {part.payload["text"] for part in (*now, *before)}
    assert len(now) == len(before) == 2
    assert len(texts) == 3
    assert texts <= {"a0", "a1", "a2", "a3", "b"}


async def test_a_message_whose_part_changed_is_edited_and_the_others_are_left_alone(db: Database) -> None:
    known, _one = await sent(db, "a", "b", "c")
    assert await replace_parts(db, known, "a", "B", "c") == 1
    assert await send_all(db) == [(7, 101, "B", 1)]
    assert await states(db, known) == {DeliveryState.SENT: 3}


async def test_the_same_parts_again_are_no_work(db: Database) -> None:
    known, _one = await sent(db, "a", "b")
    assert await replace_parts(db, known, "a", "b") == 0
    assert await states(db, known) == {DeliveryState.SENT: 2}


async def test_messages_beyond_the_last_part_are_deleted_and_their_rows_go(db: Database) -> None:
    known, _one = await sent(db, "a", "b", "c")
    assert await replace_parts(db, known, "a") == 2
    assert await send_all(db) == [(7, 101, None, 1), (7, 102, None, 2)]
    assert await states(db, known) == {DeliveryState.SENT: 1}


async def test_parts_that_are_new_are_sent_to_everybody_who_has_the_digest(db: Database) -> None:
    one, two, three = await add(db, place(1), place(2), place(3))
    known = await planned(db, [one, two], "a")
    await planned(db, [three], "x", arxiv_id="2608.00009")
    await send_all(db)
    assert await replace_parts(db, known, "a", "b") == 2
    assert [(chat, text) for chat, _message, text, _number in await send_all(db)] == [(1, "b"), (2, "b")]


async def test_rows_not_yet_sent_take_the_new_parts(db: Database) -> None:
    (one,) = await add(db, place())
    known = await planned(db, [one], "a", "b", "c")
    assert await replace_parts(db, known, "A", "B") == 0
    assert [text for _chat, _message, text, _number in await send_all(db)] == ["A", "B"]
    assert await replace_parts(db, known, "A", "B", "C") == 1
    assert [text for _chat, _message, text, _number in await send_all(db)] == ["C"]


async def test_a_digest_that_grows_before_it_was_sent_is_sent_whole(db: Database) -> None:
    (one,) = await add(db, place())
    known = await planned(db, [one], "a")
    assert await replace_parts(db, known, "a", "b") == 1
    assert [text for _chat, _message, text, _number in await send_all(db)] == ["a", "b"]


async def test_content_that_changes_while_it_is_on_its_way_is_edited_afterwards(db: Database) -> None:
    (one,) = await add(db, place())
    known = await planned(db, [one], "a")
    (row,) = await claim(db)
    await replace_parts(db, known, "A")
    await record(db, row, Sent(100))
    assert await send_all(db) == [(7, 100, "A", 0)]


async def test_a_part_that_goes_while_it_is_on_its_way_is_deleted_afterwards(db: Database) -> None:
    (one,) = await add(db, place())
    known = await planned(db, [one], "a", "b")
    await record(db, (await claim(db))[0], Sent(100))
    (row,) = await claim(db)
    await replace_parts(db, known, "a")
    await record(db, row, Sent(101))
    assert await send_all(db) == [(7, 101, None, 1)]


async def unfinished(db: Database, kind: ChatKind) -> tuple[Digest, Delivery]:
    """A row that is being sent while the digest loses the part that it is for."""
    (one,) = await add(db, place(7, kind=kind))
    known = await planned(db, [one], "a", "b")
    await record(db, (await claim(db))[0], Sent(100))
    (row,) = await claim(db)
    await replace_parts(db, known, "a")
    return known, row


async def test_a_part_that_goes_and_was_to_be_retried_is_never_sent(db: Database) -> None:
    known, row = await unfinished(db, ChatKind.CHANNEL)
    await record(db, row, RetryAt(NOW, "limit"))
    assert await claim(db) == []
    assert await states(db, known) == {DeliveryState.SENT: 1}


async def test_a_part_that_goes_and_was_of_unknown_outcome_is_not_sent_again(db: Database) -> None:
    known, row = await unfinished(db, ChatKind.CHANNEL)
    await record(db, row, Unsure("no answer"))
    async with db.begin() as session:
        assert await unknown_deliveries.resolve(session, row.id, resend=True, now=NOW)
    assert await claim(db) == []
    assert await states(db, known) == {DeliveryState.SENT: 1}


async def test_a_part_that_goes_before_a_crash_is_not_sent_again(db: Database) -> None:
    known, _row = await unfinished(db, ChatKind.PRIVATE)
    async with db.begin() as session:
        await workers.recover(session, NOW)
    assert await claim(db) == []
    assert await states(db, known) == {DeliveryState.SENT: 1}


async def test_an_edit_that_was_refused_is_tried_again_with_the_next_content(db: Database) -> None:
    known, _one = await sent(db, "a")
    await replace_parts(db, known, "too long")
    await record(db, (await claim(db))[0], Refused("message is too long"))
    assert await send_all(db) == []
    assert await replace_parts(db, known, "short") == 1
    assert await send_all(db) == [(7, 100, "short", 0)]


async def test_a_part_that_was_refused_for_good_stays_refused(db: Database) -> None:
    (one,) = await add(db, place())
    known = await planned(db, [one], "a", "b")
    await record(db, (await claim(db))[0], Refused("can't parse"))
    await send_all(db)
    assert await replace_parts(db, known, "A", "b") == 0
    assert await states(db, known) == {DeliveryState.FAILED: 1, DeliveryState.SENT: 1}


async def test_where_nothing_of_a_digest_arrived_its_new_parts_are_not_sent_alone(db: Database) -> None:
    (one,) = await add(db, place())
    known = await planned(db, [one], "a")
    await record(db, (await claim(db))[0], Refused("can't parse"))
    assert await replace_parts(db, known, "a", "b") == 0


async def test_a_destination_that_is_gone_gets_no_edits_until_it_is_back_and_then_what_it_missed(db: Database) -> None:
    known, one = await sent(db, "a")
    await planned(db, [one], "x", arxiv_id="2608.00009")
    await record(db, (await claim(db))[0], Gone("blocked"))
    assert await replace_parts(db, known, "A", "B") == 0
    async with db.begin() as session:
        await subscriptions.resume(session, one.id, NOW)
    assert [text for _, _, text, _ in await send_all(db)] == ["x"]
    assert await replace_parts(db, known, "A", "B") == 2


async def test_a_digest_that_was_only_shown_goes_when_nobody_has_asked_for_it_for_long(db: Database) -> None:
    (one,) = await add(db, place(7))
    delivered = await planned(db, [one], "a")
    later, latest = NOW + SOON, NOW + 2 * SOON
    async with db.begin() as session:
        shown = await digests.save(session, digest("cs.AI"), (), NOW)
        again = await digests.save(session, digest("cs.LG"), (), NOW)
        assert (await digests.save(session, digest("cs.LG"), (), later)).id == again.id
        assert await digests.drop_unsent(session, NOW) == 0
        assert await digests.drop_unsent(session, later) == 1
        assert (await digests.get(session, again.id)).created_at == later
        with pytest.raises(LookupError):
            await digests.get(session, shown.id)
        assert await digests.drop_unsent(session, latest) == 1
        assert (await digests.get(session, delivered.id)).created_at == NOW
