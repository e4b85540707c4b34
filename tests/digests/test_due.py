from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.due import following, held_until, next_run
from bot.i18n.languages import zone_of
from bot.i18n.typed_time import nearest_zones, parse_clock, parse_zone
from storage.records import EVERY_DAY, ChatKind, Destination

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("text", ["09:00", "9:00", "9.00", "09：00", " 09:00 ", "9", "9am", "9:00AM", "9点", "09時"])
def test_a_time_of_day_is_understood_as_people_write_it(text: str) -> None:
    assert parse_clock(text) == time(9, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12am", time(0, 0)),
        ("12:05am", time(0, 5)),
        ("12pm", time(12, 0)),
        ("9:15pm", time(21, 15)),
        ("21点半", time(21, 30)),
        ("9点05分", time(9, 5)),
        ("0", time(0, 0)),
    ],
)
def test_halves_of_the_day_and_of_the_hour_are_understood(text: str, expected: time) -> None:
    assert parse_clock(text) == expected


@pytest.mark.parametrize(
    "text", ["25:00", "9:60", "24", "nine", "", "09:00:00", "-1:00", "13pm", "0am", "9点60", "9点半5", "٩:٠٠"]
)
def test_what_is_no_time_of_day_is_not_taken_for_one(text: str) -> None:
    assert parse_clock(text) is None


def test_zones_are_found_whatever_the_letter_case_and_near_ones_are_named() -> None:
    assert parse_zone("asia/shanghai") == "Asia/Shanghai"
    assert parse_zone("北京") == "Asia/Shanghai"
    assert parse_zone("Berlin") == "Europe/Berlin"
    assert parse_zone("Istanbul") == "Europe/Istanbul"
    assert parse_zone("buenos aires") == "America/Argentina/Buenos_Aires"
    assert parse_zone("Mars") is None
    assert parse_zone("Eastern") is None  # of the United States or of Canada
    assert "Europe/Berlin" in nearest_zones("Europe/Berln")


@pytest.mark.parametrize(
    ("text", "hours"),
    [("UTC+8", 8), ("gmt-5", -5), ("UTC+08:00", 8), ("UTC", 0), ("UTC+5:30", 5.5), ("gmt+05:45", 5.75)],
)
def test_an_offset_is_a_zone(text: str, hours: float) -> None:
    zone = parse_zone(text)
    assert zone is not None
    assert datetime(2026, 8, 21, tzinfo=ZoneInfo(zone)).utcoffset() == timedelta(hours=hours)


def test_an_offset_that_no_clock_shows_is_no_zone() -> None:
    assert parse_zone("UTC+25") is None
    assert parse_zone("UTC+8:30") is None
    assert parse_zone("UTC+8:99") is None


def test_a_time_that_the_clock_change_skips_moves_forward() -> None:
    # In New York 02:30 does not exist on 2026-03-08: clocks go from 02:00 to 03:00.
    due = next_run(time(2, 30), "America/New_York", datetime(2026, 3, 8, 5, 0, tzinfo=UTC))
    assert due.astimezone(ZoneInfo("America/New_York")).strftime("%Y-%m-%d %H:%M") == "2026-03-08 03:30"


def test_a_time_that_occurs_twice_is_due_once() -> None:
    # In New York 01:30 occurs at 05:30 and at 06:30 UTC on 2026-11-01.
    first = next_run(time(1, 30), "America/New_York", datetime(2026, 11, 1, 4, 0, tzinfo=UTC))
    second = next_run(time(1, 30), "America/New_York", first)
    assert first == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert second == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


@given(
    local=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
    after=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_the_next_run_is_later_and_at_most_a_day_and_a_clock_change_away(
    local: time, zone: str, after: datetime
) -> None:
    due = next_run(local, zone, after)
    assert after < due <= after + timedelta(hours=26)
    shown = due.astimezone(ZoneInfo(zone))
    assert shown.time() == local or shown.utcoffset() != (shown - timedelta(hours=2)).utcoffset()


def place(weekdays: str, **changes: Any) -> Destination:
    known: dict[str, Any] = {
        "chat_id": 1,
        "kind": ChatKind.PRIVATE,
        "language": "en",
        "interface": "en",
        "timezone": "Asia/Shanghai",
    }
    return Destination(**{**known, "weekdays": frozenset(map(int, weekdays)), **changes})


_days = st.sets(st.sampled_from(sorted(EVERY_DAY)), min_size=1)


@given(
    weekdays=_days,
    zone=st.sampled_from(["UTC", "Asia/Shanghai", "America/Santiago"]),
    after=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_the_next_run_is_the_first_on_one_of_the_days(weekdays: set[int], zone: str, after: datetime) -> None:
    due = next_run(time(9, 0), zone, after, weekdays)
    assert due.astimezone(ZoneInfo(zone)).isoweekday() in weekdays
    every = next_run(time(9, 0), zone, after)
    while every != due:
        assert every.astimezone(ZoneInfo(zone)).isoweekday() not in weekdays
        every = next_run(time(9, 0), zone, every)


def test_no_day_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="no day"):
        next_run(time(9, 0), "UTC", datetime(2026, 8, 21, tzinfo=UTC), ())


@given(weekdays=_days, now=st.datetimes(datetime(2026, 8, 1), datetime(2026, 9, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_is_held_goes_out_when_the_holding_ends(weekdays: set[int], now: datetime) -> None:
    one = place("".join(map(str, weekdays)))
    until = held_until(one, now)
    if until is None:
        assert now.astimezone(ZoneInfo(one.timezone)).isoweekday() in weekdays
    else:
        assert until > now
        assert held_until(one, until) is None


def test_what_comes_as_soon_as_announced_is_held_until_the_day_begins() -> None:
    saturday = datetime(2026, 8, 22, 4, 0, tzinfo=UTC)
    assert held_until(place("12"), saturday) == datetime(2026, 8, 23, 16, 0, tzinfo=UTC)  # Monday in Shanghai


def test_a_slot_late_in_the_evening_is_still_kept_after_midnight_but_not_next_noon() -> None:
    slot = datetime(2026, 8, 21, 15, 50, tzinfo=UTC)  # Friday 23:50 in Shanghai
    one = place("5", delivery_time=time(23, 50), next_run_at=slot)
    assert held_until(one, slot + timedelta(hours=1)) is None
    assert held_until(one, slot + timedelta(hours=12)) == slot + timedelta(days=7)
    assert following(one, slot) == slot + timedelta(days=7)


@pytest.mark.parametrize(
    ("app", "zone"),
    [
        ("zh-hans", "Asia/Shanghai"),
        ("zh-TW", "Asia/Taipei"),
        ("de-AT", "Europe/Berlin"),
        ("pt-br", "America/Sao_Paulo"),
    ],
)
def test_a_zone_is_guessed_from_the_apps_language(app: str, zone: str) -> None:
    assert zone_of(app) == zone


@pytest.mark.parametrize("app", ["en", "es", "", "tlh"])
def test_no_zone_is_guessed_for_a_language_of_the_whole_world(app: str) -> None:
    assert zone_of(app) is None
