"""Delivery times over changes of clocks, in every zone, against a count of what clocks really show."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.digests.due import next_run
from bot.i18n.typed_time import zone_names
from storage.records import EVERY_DAY

pytestmark = pytest.mark.pure

DAY = timedelta(days=1)
ZONES = sorted(zone_names() - {"localtime"})


def offsets(day: date, tz: ZoneInfo) -> list[timedelta]:
    """Those that clocks there have around a day, in the order in which they come."""
    middle = datetime.combine(day, time(12), UTC)
    found = [(middle + timedelta(hours=hours)).astimezone(tz).utcoffset() for hours in range(-48, 49, 6)]
    return list(dict.fromkeys(pause for pause in found if pause is not None))


def shown(day: date, local: time, tz: ZoneInfo) -> list[datetime]:
    """The moments at which clocks show that time on that day."""
    wanted = datetime.combine(day, local)
    moments = [(wanted - offset).replace(tzinfo=UTC) for offset in offsets(day, tz)]
    return sorted({moment for moment in moments if moment.astimezone(tz).replace(tzinfo=None) == wanted})


def exists(day: date, tz: ZoneInfo) -> bool:
    return any(shown(day, time(hour), tz) for hour in range(24))


def slot(day: date, local: time, tz: ZoneInfo) -> datetime:
    """The first of the moments; where there is none, as much after the change as it would have been without it."""
    moments = shown(day, local, tz)
    if moments:
        return moments[0]
    before = offsets(day, tz)[0]
    return (datetime.combine(day, local) - before).replace(tzinfo=UTC)


def slots(local: time, zone: str, after: datetime, weekdays: Collection[int]) -> Iterator[datetime]:
    tz = ZoneInfo(zone)
    day = after.astimezone(tz).date() - 2 * DAY
    while True:
        if day.isoweekday() in weekdays and exists(day, tz) and (moment := slot(day, local, tz)) > after:
            yield moment
        day += DAY


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@settings(max_examples=40)
@given(
    zone=st.sampled_from(ZONES),
    local=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    after=st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    weekdays=st.sets(st.sampled_from(sorted(EVERY_DAY)), min_size=1),
)
@example("Pacific/Apia", time(9), moment("2011-12-28 12:00"), EVERY_DAY)  # there was no 30 December
@example("Pacific/Apia", time(9), moment("2011-12-28 12:00"), {5})
@example("Pacific/Kwajalein", time(0), moment("1993-08-20 00:00"), {6})
@example("America/Santiago", time(0), moment("2022-09-10 12:00"), EVERY_DAY)  # midnight is skipped
@example("Asia/Beirut", time(0, 30), moment("2022-03-26 12:00"), {7})
@example("Africa/Cairo", time(0), moment("2023-04-27 12:00"), {5})
@example("America/Havana", time(0, 15), moment("2026-10-31 12:00"), {7})  # occurs twice
@example("America/Santiago", time(23, 30), moment("2026-04-04 12:00"), {6})
@example("Australia/Lord_Howe", time(2, 15), moment("2026-10-02 12:00"), EVERY_DAY)  # half an hour
@example("Australia/Lord_Howe", time(1, 45), moment("2026-04-04 00:00"), EVERY_DAY)
@example("Antarctica/Troll", time(2, 30), moment("2026-03-28 12:00"), EVERY_DAY)  # two hours
@example("America/Scoresbysund", time(23, 30), moment("2025-03-28 12:00"), {6})  # carried over midnight
@example("Africa/Casablanca", time(2, 30), moment("2026-02-14 00:00"), EVERY_DAY)
def test_every_day_that_exists_has_its_slot_once_and_in_order(
    zone: str, local: time, after: datetime, weekdays: set[int]
) -> None:
    expected = slots(local, zone, after, weekdays)
    runs = [after]
    for _ in range(3):
        runs.append(next_run(local, zone, runs[-1], weekdays))
        assert runs[-1] == next(expected)


@settings(max_examples=60)
@given(
    zone=st.sampled_from(ZONES),
    year=st.integers(1971, 2036),
    which=st.integers(0, 3),
    minutes=st.integers(0, 24 * 4 - 1).map(lambda quarter: 15 * quarter),
)
def test_a_change_of_any_zones_clock_skips_no_day_and_repeats_none(
    zone: str, year: int, which: int, minutes: int
) -> None:
    tz = ZoneInfo(zone)
    weeks = [datetime(year, 1, 1, 12, tzinfo=UTC) + 7 * DAY * number for number in range(53)]
    changes = [
        first
        for first, second in pairwise(weeks)
        if first.astimezone(tz).utcoffset() != second.astimezone(tz).utcoffset()
    ]
    run = (changes or weeks)[which % len(changes or weeks)] - DAY
    local = time(minutes // 60, minutes % 60)
    expected = slots(local, zone, run, EVERY_DAY)
    for _ in range(9):
        run = next_run(local, zone, run)
        assert run == next(expected)


@given(
    zone=st.sampled_from(ZONES),
    due=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    down=st.timedeltas(timedelta(), timedelta(days=40)),
)
def test_after_downtime_the_next_run_is_the_first_that_has_not_passed(
    zone: str, due: datetime, down: timedelta
) -> None:
    now = due + down
    assert next_run(time(9), zone, now) == next(slots(time(9), zone, now, EVERY_DAY))
