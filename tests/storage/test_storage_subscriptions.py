from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.stored import FRIDAY, MONDAY, NOW, add, announcement, open_database, place

from storage import announcements, moves, needs, subscriptions
from storage.database import Database
from storage.needs import MovedMeanwhile, Step
from storage.records import DEFAULT_ANNOUNCE_TYPES, AnnouncementState, AnnounceType, ChatKind, Destination

NINE = time(9, 0)
THURSDAY = FRIDAY - timedelta(days=1)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


async def subscribed(db: Database, *wanted: str, cursor: date = THURSDAY, **changes: Any) -> Destination:
    (one,) = await add(db, place(**changes))
    async with db.begin() as session:
        for category in wanted:
            await subscriptions.subscribe(session, one.id, category, cursor)
    return one


async def announced(db: Database, category: str, day: date, state: AnnouncementState) -> None:
    async with db.begin() as session:
        await announcements.save(session, announcement(category, day, state=state), [], None)


async def due(db: Database, now: datetime = NOW) -> list[int]:
    """The chats that are due, in the order in which they came."""
    async with db.read() as session:
        groups = await needs.due(session, now)
        ids = [one for timings in groups.values() for some in timings.values() for one in some]
        found = [await subscriptions.by_id(session, id_) for id_ in sorted(ids)]
    return [one.chat_id for one in found if one is not None]


async def advance(
    db: Database,
    destination_id: int,
    cursors: dict[str, tuple[date, date]],
    expected: datetime | None,
    following: datetime | None,
) -> bool:
    """Move one on; whether it still stood there."""
    try:
        async with db.begin() as session:
            await needs.advance_all(session, [(Step(expected, following, cursors), [destination_id])])
    except MovedMeanwhile:
        return False
    return True


async def cursors(db: Database, destination_id: int) -> dict[str, date]:
    async with db.read() as session:
        return {wish.category: wish.cursor for wish in await subscriptions.of(session, destination_id)}


async def test_a_destination_comes_back_as_it_was_stored(db: Database) -> None:
    full = place(
        -1001234567890,
        thread_id=12,
        kind=ChatKind.SUPERGROUP,
        title="羊群",
        username="sheep",
        owner_id=2**40,
        delivery_time=NINE,
        next_run_at=NOW,
        answer_links=True,
        paused="kicked",
    )
    (stored,) = await add(db, full)
    assert stored == replace(full, id=stored.id)
    async with db.read() as session:
        assert await subscriptions.destination(session, full.chat_id, 12) == stored
        assert await subscriptions.by_id(session, stored.id) == stored
        assert await subscriptions.destination(session, full.chat_id) is None
        assert await subscriptions.by_id(session, stored.id + 1) is None


async def test_a_chat_that_is_there_stays_as_it_is_when_it_is_saved_again(db: Database) -> None:
    first = await subscribed(db, "cs.CV")
    (again,) = await add(db, place(language="ja"))
    assert again == first
    async with db.read() as session:
        assert await subscriptions.by_id(session, first.id) == first
    assert list(await cursors(db, first.id)) == ["cs.CV"]


async def test_topics_of_a_forum_are_destinations_of_their_own(db: Database) -> None:
    general, topic = await add(db, place(-100, kind=ChatKind.SUPERGROUP), place(-100, thread_id=3))
    assert general.id != topic.id


async def test_fields_can_be_changed_one_by_one(db: Database) -> None:
    (one,) = await add(db, place())
    async with db.begin() as session:
        changed = await subscriptions.update(session, one.id, language="en", answer_links=True)
        assert changed == replace(one, language="en", answer_links=True)
        assert await subscriptions.by_id(session, one.id) == changed
        assert await subscriptions.update(session, one.id) == changed


async def test_a_change_that_makes_no_sense_is_refused(db: Database) -> None:
    (one,) = await add(db, place())
    async with db.begin() as session:
        with pytest.raises(TypeError, match="colour"):
            await subscriptions.update(session, one.id, colour="red")
        with pytest.raises(TypeError, match="keeps its id"):
            await subscriptions.update(session, one.id, id=9)
        with pytest.raises(LookupError, match="no destination 99"):
            await subscriptions.update(session, 99, language="en")


async def test_subscribing_twice_keeps_the_first_cursor(db: Database) -> None:
    (one,) = await add(db, place())
    async with db.begin() as session:
        assert await subscriptions.subscribe(session, one.id, "cs.CV", FRIDAY, frozenset(AnnounceType))
        assert not await subscriptions.subscribe(session, one.id, "cs.CV", MONDAY)
        (wish,) = await subscriptions.of(session, one.id)
    assert (wish.cursor, wish.announce_types) == (FRIDAY, frozenset(AnnounceType))


async def test_subscriptions_come_by_category_and_leave_by_name_or_all_together(db: Database) -> None:
    one = await subscribed(db, "math.NA", "cs.CV", "cs.LG")
    async with db.begin() as session:
        wishes = await subscriptions.of(session, one.id)
        assert [wish.category for wish in wishes] == ["cs.CV", "cs.LG", "math.NA"]
        assert wishes[0].announce_types == DEFAULT_ANNOUNCE_TYPES
        assert await subscriptions.unsubscribe(session, one.id, ["cs.LG", "hep-th"]) == ["cs.LG"]
        assert await subscriptions.unsubscribe(session, one.id, []) == []
        assert await subscriptions.unsubscribe(session, one.id) == ["cs.CV", "math.NA"]
        assert await subscriptions.of(session, one.id) == []


async def test_a_person_owns_what_the_person_set_up(db: Database) -> None:
    mine, _other, also = await add(db, place(1, owner_id=5), place(2, owner_id=6), place(3, owner_id=5))
    async with db.read() as session:
        assert await subscriptions.owned(session, 5) == [mine, also]


async def test_categories_of_paused_destinations_are_not_asked_for(db: Database) -> None:
    await subscribed(db, "cs.LG", "cs.CV", chat_id=1)
    await subscribed(db, "cs.CV", chat_id=2)
    paused = await subscribed(db, "math.NA", chat_id=3)
    async with db.begin() as session:
        await subscriptions.pause(session, paused.id, "blocked")
        assert sorted(await subscriptions.oldest_cursors(session)) == ["cs.CV", "cs.LG"]
        assert await subscriptions.resume(session, paused.id, NOW)
        assert sorted(await subscriptions.oldest_cursors(session)) == ["cs.CV", "cs.LG", "math.NA"]


async def test_a_category_is_wanted_in_the_languages_of_its_destinations_with_all_their_announce_types(
    db: Database,
) -> None:
    await subscribed(db, "cs.CV", chat_id=1)
    replacements = await subscribed(db, chat_id=2)
    await subscribed(db, "cs.CV", chat_id=3, language="ja")
    await subscribed(db, "cs.LG", chat_id=4, language="fr")
    await subscribed(db, "cs.CV", chat_id=5, language="de", paused="blocked")
    async with db.begin() as session:
        kinds = frozenset({AnnounceType.REPLACE})
        await subscriptions.subscribe(session, replacements.id, "cs.CV", FRIDAY, kinds)
        assert await subscriptions.languages(session, "cs.CV") == {
            "zh-CN": DEFAULT_ANNOUNCE_TYPES | kinds,
            "ja": DEFAULT_ANNOUNCE_TYPES,
        }


async def test_a_timed_destination_is_due_when_its_time_has_come(db: Database) -> None:
    await subscribed(db, "cs.CV", chat_id=1, delivery_time=NINE, next_run_at=NOW)
    await subscribed(db, "cs.CV", chat_id=2, delivery_time=NINE, next_run_at=NOW + timedelta(seconds=1))
    await announced(db, "cs.CV", FRIDAY, AnnouncementState.FETCHED)
    assert await due(db) == [1]
    assert await due(db, NOW + timedelta(seconds=1)) == [1, 2]


@pytest.mark.parametrize("state", AnnouncementState)
async def test_without_a_time_a_destination_is_due_when_something_complete_is_new(
    db: Database, state: AnnouncementState
) -> None:
    await subscribed(db, "cs.CV", chat_id=1)
    await subscribed(db, "cs.CV", chat_id=2, cursor=FRIDAY)
    await subscribed(db, "cs.LG", chat_id=3)
    await announced(db, "cs.CV", FRIDAY, state)
    assert await due(db) == ([1] if state.complete else [])


async def test_one_category_with_news_is_enough_and_all_subscriptions_come_along(db: Database) -> None:
    await subscribed(db, "cs.CV", "cs.LG")
    await announced(db, "cs.LG", FRIDAY, AnnouncementState.FETCHED)
    async with db.read() as session:
        groups = await needs.due(session, NOW)
    ((need, _timings),) = groups.items()
    assert [wish.category for wish in need.wishes] == ["cs.CV", "cs.LG"]


async def test_paused_destinations_are_never_due_and_are_again_when_they_go_on(db: Database) -> None:
    places = [
        await subscribed(db, "cs.CV", chat_id=1, paused="blocked"),
        await subscribed(db, "cs.CV", chat_id=2, paused="blocked", delivery_time=NINE, next_run_at=NOW),
    ]
    await announced(db, "cs.CV", FRIDAY, AnnouncementState.FETCHED)
    assert await due(db) == []
    async with db.begin() as session:
        for place in places:
            await subscriptions.resume(session, place.id, NOW)
    assert await due(db) == [1, 2]
    async with db.begin() as session:
        await subscriptions.pause(session, places[0].id, "blocked")
    assert await due(db) == [2]


async def test_who_changes_between_a_time_and_as_soon_as_announced_is_due_accordingly(db: Database) -> None:
    one = await subscribed(db, "cs.CV", delivery_time=NINE, next_run_at=NOW + timedelta(hours=1))
    await announced(db, "cs.CV", FRIDAY, AnnouncementState.FETCHED)
    assert await due(db) == []
    for at, next_run_at, expected in ((None, None, [7]), (NINE, NOW + timedelta(hours=1), [])):
        async with db.begin() as session:
            await subscriptions.reschedule(session, one.id, at, "UTC", next_run_at)
        assert await due(db) == expected


async def test_without_subscriptions_only_a_time_is_due_to_pass(db: Database) -> None:
    await subscribed(db, chat_id=3, delivery_time=NINE, next_run_at=NOW)
    await subscribed(db, chat_id=4)
    assert await due(db) == [3]
    async with db.read() as session:
        ((need, _timings),) = (await needs.due(session, NOW)).items()
    assert need.wishes == ()


async def test_advancing_moves_the_time_and_the_cursors_that_are_named(db: Database) -> None:
    one = await subscribed(db, "cs.CV", "cs.LG", delivery_time=NINE, next_run_at=NOW)
    tomorrow = NOW + timedelta(days=1)
    assert await advance(db, one.id, {"cs.CV": (THURSDAY, FRIDAY)}, NOW, tomorrow)
    assert await cursors(db, one.id) == {"cs.CV": FRIDAY, "cs.LG": THURSDAY}
    assert await due(db) == []
    assert await due(db, tomorrow) == [7]


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        pytest.param({"cs.CV": (FRIDAY, MONDAY)}, NOW - timedelta(days=1), id="another time was due"),
        pytest.param({"cs.CV": (FRIDAY, MONDAY)}, None, id="there was no time"),
        pytest.param({"cs.CV": (THURSDAY, FRIDAY)}, NOW, id="somebody planned this date"),
        pytest.param({"cs.CV": (FRIDAY, MONDAY), "cs.LG": (THURSDAY, FRIDAY)}, NOW, id="somebody planned one of them"),
        pytest.param({"cs.CV": (FRIDAY, MONDAY), "hep-th": (FRIDAY, MONDAY)}, NOW, id="a subscription is gone"),
    ],
)
async def test_a_destination_that_moved_meanwhile_is_not_advanced_at_all(
    db: Database, moves: dict[str, tuple[date, date]], expected: datetime | None
) -> None:
    one = await subscribed(db, "cs.CV", "cs.LG", cursor=FRIDAY, delivery_time=NINE, next_run_at=NOW)
    assert not await advance(db, one.id, moves, expected, NOW + timedelta(days=1))
    async with db.read() as session:
        assert await subscriptions.by_id(session, one.id) == one
    assert await cursors(db, one.id) == {"cs.CV": FRIDAY, "cs.LG": FRIDAY}


async def test_a_slot_in_which_nothing_is_new_only_moves_the_time(db: Database) -> None:
    one = await subscribed(db, "cs.CV", delivery_time=NINE, next_run_at=NOW)
    assert await advance(db, one.id, {}, NOW, NOW + timedelta(days=1))
    assert await cursors(db, one.id) == {"cs.CV": THURSDAY}
    assert await due(db) == []


async def test_as_soon_as_announced_only_one_of_two_planners_gets_to_plan(db: Database) -> None:
    one = await subscribed(db, "cs.CV")
    moves = {"cs.CV": (THURSDAY, FRIDAY)}
    assert [await advance(db, one.id, moves, None, None) for _ in range(2)] == [True, False]


async def test_destinations_that_need_the_same_stand_together_whenever_it_comes(db: Database) -> None:
    ids = [
        (await subscribed(db, "cs.CV", "cs.LG", chat_id=1)).id,
        (await subscribed(db, "cs.LG", "cs.CV", chat_id=2, delivery_time=NINE, next_run_at=NOW)).id,
        (await subscribed(db, "cs.CV", chat_id=3)).id,
        (await subscribed(db, "cs.CV", "cs.LG", chat_id=4, cursor=FRIDAY)).id,
        (await subscribed(db, "cs.CV", "cs.LG", chat_id=5, language="en")).id,
    ]
    for category, day in (("cs.CV", MONDAY), ("cs.LG", FRIDAY)):
        await announced(db, category, day, AnnouncementState.FETCHED)
    async with db.read() as session:
        groups = await needs.due(session, NOW)
        wishes = [await subscriptions.of(session, id_) for id_ in ids]
    assert sorted(sorted(number for some in group.values() for number in some) for group in groups.values()) == [
        [ids[0], ids[1]],
        [ids[2]],
        [ids[3]],
        [ids[4]],
    ]
    for need, timings in groups.items():
        for timing, there in timings.items():
            for number in there:
                of_one = tuple(replace(wish, destination_id=0) for wish in wishes[ids.index(number)])
                assert (need.wishes, timing.next_run_at) == (of_one, NOW if number == ids[1] else None)


async def test_a_time_of_day_can_be_set_and_taken_back(db: Database) -> None:
    (one,) = await add(db, place())
    async with db.begin() as session:
        await subscriptions.reschedule(session, one.id, NINE, "Europe/Berlin", NOW)
        timed = await subscriptions.by_id(session, one.id)
        assert timed == replace(one, delivery_time=NINE, timezone="Europe/Berlin", next_run_at=NOW)
        await subscriptions.reschedule(session, one.id, None, "Europe/Berlin", None)
        assert await subscriptions.by_id(session, one.id) == replace(one, timezone="Europe/Berlin")


async def test_a_group_that_became_a_supergroup_keeps_its_subscriptions(db: Database) -> None:
    one = await subscribed(db, "cs.CV", chat_id=-5, kind=ChatKind.GROUP)
    async with db.begin() as session:
        assert await moves.move_chat(session, -5, -1005) == 1
        assert await subscriptions.destination(session, -5) is None
        moved = await subscriptions.destination(session, -1005)
        assert await moves.move_chat(session, -5, -1005) == 0
    assert moved == replace(one, chat_id=-1005, kind=ChatKind.SUPERGROUP)
    assert await cursors(db, one.id) == {"cs.CV": THURSDAY}


async def test_every_topic_moves_with_its_chat(db: Database) -> None:
    await add(db, place(-5), place(-5, thread_id=2), place(-6))
    async with db.begin() as session:
        assert await moves.move_chat(session, -5, -1005) == 2
        assert await subscriptions.destination(session, -1005, 2) is not None
        assert await subscriptions.destination(session, -6) is not None


async def test_moving_to_a_chat_that_is_known_merges_the_subscriptions(db: Database) -> None:
    old = await subscribed(db, "cs.CV", "cs.LG", "math.NA", chat_id=-5, cursor=FRIDAY)
    new = await subscribed(db, "cs.CV", chat_id=-1005, cursor=THURSDAY)
    async with db.begin() as session:
        await subscriptions.subscribe(session, new.id, "cs.LG", MONDAY)
        assert await moves.move_chat(session, -5, -1005) == 1
        assert await subscriptions.by_id(session, old.id) is None
    # What either of them had already got is not sent again.
    assert await cursors(db, new.id) == {"cs.CV": FRIDAY, "cs.LG": MONDAY, "math.NA": FRIDAY}


async def test_moving_a_chat_to_where_it_is_changes_nothing(db: Database) -> None:
    one = await subscribed(db, "cs.CV", chat_id=-1005)
    async with db.begin() as session:
        assert await moves.move_chat(session, -1005, -1005) == 0
        assert await subscriptions.by_id(session, one.id) == one
