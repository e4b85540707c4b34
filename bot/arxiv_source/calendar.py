"""arXiv's mailing calendar. A mailing date is the date that arXiv's listing page shows, in US Eastern time.

Mailings go out at 20:00 Eastern from Sunday to Thursday and are dated the following day; the feeds change four hours
later, at 00:00 Eastern of that date (https://info.arxiv.org/help/availability.html). So mailing dates are Monday to
Friday, except the weekday after an arXiv holiday.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
HOLIDAYS = frozenset(
    date(2026, month, day)
    for month, day in ((1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31))
)
"""The days on which arXiv prepares no mailing, as announced for 2026. Those of other years are not known here: their
weekdays all count as mailing dates, because a holiday taken for one is only late for a while, and a mailing taken for a
holiday would be lost."""

_DAY = timedelta(days=1)
_SATURDAY = 5
_DEADLINE = time(14)


def is_mailing_date(day: date) -> bool:
    """Whether an announcement is dated that day: a weekday, but not the first one after a holiday."""
    if day.weekday() >= _SATURDAY:
        return False
    return _weekday_before(day) not in HOLIDAYS


def holidays_known(day: date) -> bool:
    """Whether it is known for sure that this mailing date is one: arXiv's holidays of the weekday before are known."""
    return any(holiday.year == _weekday_before(day).year for holiday in HOLIDAYS)


def previous(day: date) -> date:
    """The mailing date before that day."""
    day -= _DAY
    while not is_mailing_date(day):
        day -= _DAY
    return day


def following(day: date) -> date:
    """The mailing date after that day."""
    day += _DAY
    while not is_mailing_date(day):
        day += _DAY
    return day


def mailing_dates(after: date, until: date) -> tuple[date, ...]:
    """All mailing dates later than `after` and up to `until`, in order."""
    return tuple(takewhile(lambda day: day <= until, _onwards(after)))


def feed_changes_at(day: date) -> datetime:
    """When the feeds change to the announcement of that date, in UTC."""
    return datetime.combine(day, time(), EASTERN).astimezone(UTC)


def mailing_date(now: datetime) -> date:
    """The newest mailing date whose announcement should be in the feeds at `now`. ValueError if it has no zone."""
    if now.tzinfo is None:
        raise ValueError("a time without a zone says nothing about a mailing; use an aware datetime")
    return previous(now.astimezone(EASTERN).date() + _DAY)


def submissions(day: date) -> tuple[datetime, datetime]:
    """From when until when (UTC, exclusive) papers were submitted that are announced on that mailing date.

    The deadline is 14:00 Eastern on weekdays, six hours before the mailing; what comes later goes into the next one
    (https://info.arxiv.org/help/availability.html). Papers that moderators held back come later than that.
    """
    return _deadline(previous(day)), _deadline(day)


def _deadline(day: date) -> datetime:
    return datetime.combine(_weekday_before(day), _DEADLINE, EASTERN).astimezone(UTC)


def _weekday_before(day: date) -> date:
    before = day - _DAY
    while before.weekday() >= _SATURDAY:
        before -= _DAY
    return before


def _onwards(day: date) -> Iterator[date]:
    while True:
        day = following(day)
        yield day
