"""Mailing dates, in US Eastern time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arxiv_source import calendar

pytestmark = pytest.mark.pure

days = st.dates(date(2015, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        # Friday 2026-08-21: the feed changes at 04:00 UTC, midnight in summer.
        (datetime(2026, 8, 21, 3, 59, 59, tzinfo=UTC), date(2026, 8, 20)),
        (datetime(2026, 8, 21, 4, 0, tzinfo=UTC), date(2026, 8, 21)),
        (datetime(2026, 8, 23, 12, 0, tzinfo=UTC), date(2026, 8, 21)),
        (datetime(2026, 8, 24, 3, 59, tzinfo=UTC), date(2026, 8, 21)),
        (datetime(2026, 8, 24, 4, 0, tzinfo=UTC), date(2026, 8, 24)),
        # In winter midnight is 05:00 UTC.
        (datetime(2026, 2, 3, 4, 30, tzinfo=UTC), date(2026, 2, 2)),
        (datetime(2026, 2, 3, 5, 0, tzinfo=UTC), date(2026, 2, 3)),
        # Monday 2026-09-07 is a holiday, so nothing is dated Tuesday.
        (datetime(2026, 9, 8, 12, 0, tzinfo=UTC), date(2026, 9, 7)),
        (datetime(2026, 9, 9, 12, 0, tzinfo=UTC), date(2026, 9, 9)),
        # Friday 2026-07-03 is a holiday, so nothing is dated the Monday after.
        (datetime(2026, 7, 6, 12, 0, tzinfo=UTC), date(2026, 7, 3)),
    ],
)
def test_the_newest_mailing_date_is_the_one_whose_feed_is_out(now: datetime, newest: date) -> None:
    assert calendar.mailing_date(now) == newest


def test_only_the_weekday_after_a_holiday_and_weekends_have_no_mailing() -> None:
    without = [
        day
        for offset in range(365)
        if (day := date(2026, 1, 1) + timedelta(offset)).weekday() < 5 and not calendar.is_mailing_date(day)
    ]
    assert [day.strftime("%m-%d") for day in without] == [
        "01-02", "01-20", "06-22", "07-06", "09-08", "11-27", "12-28", "12-30",
    ]  # fmt: skip
    assert not calendar.is_mailing_date(date(2027, 1, 1))
    assert not calendar.is_mailing_date(date(2026, 8, 22))


def test_whether_a_date_follows_a_holiday_is_known_for_the_years_whose_holidays_are() -> None:
    assert all(map(calendar.holidays_known, (date(2026, 1, 2), date(2027, 1, 1))))
    unknown = (date(2026, 1, 1), date(2027, 1, 4))
    assert not any(map(calendar.holidays_known, unknown))
    assert all(map(calendar.is_mailing_date, unknown))


def test_mailing_dates_between_two_days_leave_out_the_first_and_keep_the_last() -> None:
    assert calendar.mailing_dates(date(2026, 9, 3), date(2026, 9, 9)) == (
        date(2026, 9, 4),
        date(2026, 9, 7),
        date(2026, 9, 9),
    )
    assert calendar.mailing_dates(date(2026, 9, 9), date(2026, 9, 9)) == ()


def test_feeds_change_at_midnight_eastern_whatever_the_season() -> None:
    assert calendar.feed_changes_at(date(2026, 8, 21)) == datetime(2026, 8, 21, 4, tzinfo=UTC)
    assert calendar.feed_changes_at(date(2026, 1, 15)) == datetime(2026, 1, 15, 5, tzinfo=UTC)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        calendar.mailing_date(datetime(2026, 8, 21, 4))  # noqa: DTZ001 - the very mistake


@given(days)
def test_previous_and_following_undo_each_other(day: date) -> None:
    after, before = calendar.following(day), calendar.previous(day)
    assert before < day < after
    assert calendar.is_mailing_date(after)
    assert calendar.is_mailing_date(before)
    assert calendar.previous(after) <= day
    assert calendar.following(before) >= day
    assert calendar.mailing_dates(before, after)[-1] == after


@given(st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - the zone is added
def test_the_newest_feed_is_out_and_the_next_is_not(now: datetime) -> None:
    day = calendar.mailing_date(now)
    assert calendar.is_mailing_date(day)
    assert calendar.feed_changes_at(day) <= now < calendar.feed_changes_at(calendar.following(day))


@pytest.mark.parametrize(
    ("day", "begin", "end"),
    [
        # Tuesday's carries a weekend, Monday's what came on Thursday evening and Friday.
        (date(2026, 8, 25), "2026-08-21 14:00", "2026-08-24 14:00"),
        (date(2026, 8, 24), "2026-08-20 14:00", "2026-08-21 14:00"),
        (date(2026, 8, 20), "2026-08-18 14:00", "2026-08-19 14:00"),
        # Nothing is mailed on the holiday 2026-09-07, so Wednesday's carries two days.
        (date(2026, 9, 9), "2026-09-04 14:00", "2026-09-08 14:00"),
    ],
)
def test_papers_of_a_mailing_were_submitted_between_two_deadlines(day: date, begin: str, end: str) -> None:
    told = [moment.astimezone(calendar.EASTERN).strftime("%Y-%m-%d %H:%M") for moment in calendar.submissions(day)]
    assert told == [begin, end]


@given(st.dates(date(2026, 1, 2), date(2027, 6, 30)))
def test_the_submissions_of_one_mailing_end_where_those_of_the_next_begin(day: date) -> None:
    this = calendar.following(day)
    begin, end = calendar.submissions(this)
    assert begin < end == calendar.submissions(calendar.following(this))[0]
    assert end <= calendar.feed_changes_at(this)
