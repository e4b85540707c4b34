from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arxiv_source import calendar
from bot.digests.compose import compose, cursors, refetched, waits
from storage.records import (
    DEFAULT_ANNOUNCE_TYPES,
    AnnouncedEntry,
    Announcement,
    AnnouncementState,
    AnnounceType,
    ChatKind,
    Destination,
    DigestEntry,
    Subscription,
)

pytestmark = pytest.mark.pure

FRIDAY = date(2026, 8, 21)
THURSDAY = date(2026, 8, 20)
READER = Destination(chat_id=1, kind=ChatKind.PRIVATE, language="zh-CN", interface="zh", timezone="UTC", id=7)
NOON = datetime(2026, 8, 21, 16, 0, tzinfo=UTC)
NEW, CROSS, REPLACE = AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE


def announced(id_: int, category: str, day: date = FRIDAY) -> Announcement:
    return Announcement(id_, category, day, AnnouncementState.FETCHED)


def entry(
    announcement: int, position: int, arxiv_id: str, kind: AnnounceType = NEW, version: int = 1
) -> AnnouncedEntry:
    return AnnouncedEntry(announcement, position, arxiv_id, version, kind)


def wish(category: str, cursor: date = THURSDAY, **changes: Any) -> Subscription:
    return Subscription(7, category, cursor, **changes)


def ids(entries: tuple[DigestEntry, ...]) -> list[str]:
    return [entry.arxiv_id for entry in entries]


def test_a_paper_in_several_of_a_chats_categories_appears_once_and_as_new() -> None:
    digest = compose(
        READER,
        [wish("cs.CV"), wish("cs.LG")],
        [announced(1, "cs.CV"), announced(2, "cs.LG")],
        {1: [entry(1, 0, "2608.00001"), entry(1, 1, "2608.00002", CROSS)], 2: [entry(2, 0, "2608.00002", NEW)]},
    )
    assert digest is not None
    assert [(entry.arxiv_id, entry.announce_type) for entry in digest.entries] == [
        ("2608.00001", NEW),
        ("2608.00002", NEW),
    ]


def test_replacements_come_only_to_those_who_asked_for_them() -> None:
    listed = {1: [entry(1, 0, "2608.00001"), entry(1, 1, "2607.00009", REPLACE, 2)]}
    default = compose(READER, [wish("cs.CV")], [announced(1, "cs.CV")], listed)
    asked = compose(
        READER, [wish("cs.CV", announce_types=DEFAULT_ANNOUNCE_TYPES | {REPLACE})], [announced(1, "cs.CV")], listed
    )
    assert default is not None
    assert asked is not None
    assert ids(default.entries) == ["2608.00001"]
    assert ids(asked.entries) == ["2608.00001", "2607.00009"]


def test_what_was_delivered_before_does_not_come_again_as_new() -> None:
    listed = {1: [entry(1, 0, "2608.00001"), entry(1, 1, "2608.00002")]}
    digest = compose(READER, [wish("cs.CV")], [announced(1, "cs.CV")], listed, delivered={"2608.00001": 1})
    assert digest is not None
    assert ids(digest.entries) == ["2608.00002"]


def test_a_paper_that_was_delivered_does_not_come_again_as_a_cross_list_of_a_later_version() -> None:
    listed = {1: [entry(1, 0, "2608.00001", CROSS, 2)]}
    assert compose(READER, [wish("cs.LG")], [announced(1, "cs.LG")], listed, delivered={"2608.00001": 1}) is None


def test_what_stands_at_the_cursor_was_delivered() -> None:
    listed = {1: [entry(1, 0, "2608.00001")]}
    assert compose(READER, [wish("cs.CV", cursor=FRIDAY)], [announced(1, "cs.CV")], listed) is None


def test_a_paper_that_was_replaced_meanwhile_comes_as_new_in_its_newest_version_whatever_the_order() -> None:
    wishes = [wish("cs.CV", date(2026, 8, 19), announce_types=DEFAULT_ANNOUNCE_TYPES | {REPLACE})]
    days = [announced(1, "cs.CV", THURSDAY), announced(2, "cs.CV", FRIDAY)]
    listed = {1: [entry(1, 0, "2608.00001")], 2: [entry(2, 0, "2608.00001", REPLACE, 2)]}
    for order in (days, days[::-1]):
        digest = compose(READER, wishes, order, listed)
        assert digest is not None
        assert digest.entries == (DigestEntry("2608.00001", 2, NEW),)


def test_a_day_is_approximate_when_one_of_its_categories_does_not_know_it() -> None:
    guessed, told = replace(announced(1, "cs.CV"), approximate=True), announced(2, "cs.LG")
    listed = {1: [entry(1, 0, "2608.00001")], 2: [entry(2, 0, "2608.00002")]}
    for order in ([guessed, told], [told, guessed]):
        digest = compose(READER, [wish("cs.CV"), wish("cs.LG")], order, listed)
        assert digest is not None
        assert digest.approximate == (FRIDAY,)


def test_a_replacement_comes_once_for_each_version() -> None:
    wishes = [wish("cs.CV", announce_types=DEFAULT_ANNOUNCE_TYPES | {REPLACE})]
    listed = {1: [entry(1, 0, "2607.00009", REPLACE, 2)]}
    assert compose(READER, wishes, [announced(1, "cs.CV")], listed, delivered={"2607.00009": 2}) is None
    again = compose(READER, wishes, [announced(1, "cs.CV")], listed, delivered={"2607.00009": 1})
    assert again is not None
    assert ids(again.entries) == ["2607.00009"]


def test_a_cursor_stops_before_a_date_that_is_unknown_and_passes_it_over_once_given_up() -> None:
    behind = [wish("cs.CV", cursor=date(2026, 8, 18))]
    known = [announced(1, "cs.CV", date(2026, 8, 19)), announced(2, "cs.CV", FRIDAY)]
    assert cursors(behind, known, NOON) == {"cs.CV": date(2026, 8, 19)}
    assert cursors(behind, known, NOON, given_up={("cs.CV", THURSDAY)}) == {"cs.CV": FRIDAY}


def test_missed_days_come_as_one_digest_that_names_its_dates() -> None:
    digest = compose(
        READER,
        [wish("cs.CV", cursor=date(2026, 8, 19))],
        [announced(1, "cs.CV", THURSDAY), announced(2, "cs.CV", FRIDAY)],
        {1: [entry(1, 0, "2608.00001")], 2: [entry(2, 0, "2608.00002")]},
    )
    assert digest is not None
    assert digest.mailing_dates == (THURSDAY, FRIDAY)
    assert ids(digest.entries) == ["2608.00001", "2608.00002"]


@pytest.mark.parametrize(
    "state", [AnnouncementState.LATE, AnnouncementState.STALE, AnnouncementState.INCOMPLETE, AnnouncementState.DUE]
)
def test_an_announcement_that_is_not_known_in_full_is_not_delivered(state: AnnouncementState) -> None:
    unsure = Announcement(1, "cs.CV", FRIDAY, state)
    assert compose(READER, [wish("cs.CV")], [unsure], {1: [entry(1, 0, "2608.00001")]}) is None
    assert cursors([wish("cs.CV")], [unsure], NOON) == {}


def test_a_category_of_which_nothing_is_known_is_not_named_as_if_it_had_no_papers() -> None:
    known = [announced(1, "cs.CV"), Announcement(2, "cs.LG", FRIDAY, AnnouncementState.STALE)]
    empty = Announcement(3, "stat.ML", FRIDAY, AnnouncementState.EMPTY)
    wishes = [wish("cs.CV"), wish("cs.LG"), wish("stat.ML")]
    digest = compose(READER, wishes, [*known, empty], {1: [entry(1, 0, "2608.00001")]})
    assert digest is not None
    assert digest.categories == ("cs.CV", "stat.ML")


def test_a_chat_waits_for_the_last_of_its_categories_for_two_hours() -> None:
    change = calendar.feed_changes_at(FRIDAY)
    wishes = [wish("cs.CV"), wish("cs.LG")]
    assert waits(wishes, {("cs.CV", FRIDAY)}, change + timedelta(minutes=10))
    assert not waits(wishes, {("cs.CV", FRIDAY), ("cs.LG", FRIDAY)}, change + timedelta(minutes=10))
    assert waits(wishes, {("cs.CV", FRIDAY)}, change + timedelta(hours=2, seconds=-1))
    assert not waits(wishes, {("cs.CV", FRIDAY)}, change + timedelta(hours=2))


def test_two_chats_that_want_the_same_share_one_digest() -> None:
    other = Destination(chat_id=2, kind=ChatKind.GROUP, language="zh-CN", interface="zh", timezone="UTC", id=8)
    listed = {1: [entry(1, 0, "2608.00001")]}
    first = compose(READER, [wish("cs.CV")], [announced(1, "cs.CV")], listed)
    second = compose(other, [Subscription(8, "cs.CV", THURSDAY)], [announced(1, "cs.CV")], listed)
    assert first is not None
    assert second is not None
    assert first.key == second.key
    # A channel's digest has no pages to turn.
    channel = compose(replace(other, kind=ChatKind.CHANNEL), [wish("cs.CV")], [announced(1, "cs.CV")], listed)
    assert channel is not None
    assert channel.key != first.key


def test_after_a_refetch_lost_papers_go_and_missed_ones_come_while_other_categories_stay() -> None:
    digest = compose(
        READER,
        [wish("cs.CV"), wish("cs.LG")],
        [announced(1, "cs.CV"), announced(2, "cs.LG")],
        {1: [entry(1, 0, "2608.00001"), entry(1, 1, "2608.00002")], 2: [entry(2, 0, "2608.00003")]},
    )
    assert digest is not None
    before = [entry(1, 0, "2608.00001"), entry(1, 1, "2608.00002")]
    again = refetched(digest, before, [entry(1, 0, "2608.00001"), entry(1, 1, "2608.00004")])
    assert ids(again.entries) == ["2608.00001", "2608.00003", "2608.00004"]


def test_a_refetch_brings_no_papers_of_a_type_that_the_digest_left_out() -> None:
    first, crossed, late = entry(1, 0, "2608.00001"), entry(1, 1, "2608.00002", CROSS), entry(1, 2, "2608.00003", CROSS)
    new_only = compose(READER, [wish("cs.CV", announce_types=frozenset({NEW}))], [announced(1, "cs.CV")], {1: [first]})
    assert new_only is not None
    # Crosses that were there were not wanted; where there were none, nobody knows.
    assert ids(refetched(new_only, [first, crossed], [first, crossed, late]).entries) == ["2608.00001"]
    assert ids(refetched(new_only, [first], [first, late]).entries) == ["2608.00001", "2608.00003"]


def test_a_refetch_brings_nothing_that_a_destination_left_out_before_and_keeps_the_order_of_types() -> None:
    digest = compose(
        READER,
        [wish("cs.CV")],
        [announced(1, "cs.CV")],
        {1: [entry(1, 0, "2608.00001"), entry(1, 1, "2608.00002"), entry(1, 2, "2608.00003", CROSS)]},
        delivered={"2608.00002": 1},
    )
    assert digest is not None
    found = [entry(1, 0, "2608.00001"), entry(1, 1, "2608.00002"), entry(1, 2, "2608.00003", CROSS)]
    missed = [entry(1, 3, "2608.00004"), entry(1, 4, "2607.00009", REPLACE, 2)]
    again = refetched(digest, found, [*found, *missed])
    assert ids(again.entries) == ["2608.00001", "2608.00004", "2608.00003"]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.integers(0, 40),
            st.sampled_from(list(AnnounceType)),
            st.integers(1, 3),
        ),
        max_size=60,
    )
)
def test_every_wanted_paper_comes_exactly_once_whatever_the_announcements(
    rows: list[tuple[int, int, AnnounceType, int]],
) -> None:
    names = {1: "cs.AI", 2: "cs.CV", 3: "cs.LG"}
    listed: dict[int, list[AnnouncedEntry]] = {1: [], 2: [], 3: []}
    for number, paper, kind, version in rows:
        listed[number].append(entry(number, len(listed[number]), f"2608.{paper:05}", kind, version))
    digest = compose(
        READER, [wish(name) for name in names.values()], [announced(i, n) for i, n in names.items()], listed
    )
    wanted = {f"2608.{paper:05}" for _, paper, kind, _ in rows if kind in DEFAULT_ANNOUNCE_TYPES}
    got = ids(digest.entries) if digest is not None else []
    assert len(got) == len(set(got))
    assert set(got) == wanted


def test_the_clock_decides_nothing_but_the_grace() -> None:
    assert not waits([wish("cs.CV", cursor=FRIDAY)], set(), datetime(2026, 8, 21, 5, 0, tzinfo=UTC))
