"""Dates, days of the week, moments and places as people write them, in each interface language (Babel's tables)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, get_day_names, get_timezone_location

from storage.records import EVERY_DAY

_MONTH_AND_DAY = "MMMEd"
_LISTED = 5
_APART = {"zh": "、"}
# The CLDR translates cities under the zones' older names.
_OLDER = {
    "Asia/Kolkata": "Asia/Calcutta",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
    "Asia/Kathmandu": "Asia/Katmandu",
    "Asia/Yangon": "Asia/Rangoon",
    "Europe/Kyiv": "Europe/Kiev",
    "America/Argentina/Buenos_Aires": "America/Buenos_Aires",
}


def long_date(day: date, language: str) -> str:
    """`August 21, 2026`, `2026年8月21日`."""
    return format_date(day, "long", locale=language)


def short_date(day: date, language: str) -> str:
    """`Aug 21, 2026`, `2026年8月21日`: for lists and heads."""
    return format_date(day, "medium", locale=language)


def short_dates(days: Collection[date], language: str) -> str:
    """The days in order, `Aug 17, 2026 · Aug 19, 2026`, or from the first to the last of many: `Aug 17 – 24, 2026`."""
    listed = sorted(days)
    if len(listed) > _LISTED:
        return str(format_interval(listed[0], listed[-1], "yMMMd", locale=language))
    return " · ".join(short_date(day, language) for day in listed)


def moment(at: datetime, zone: str, language: str) -> str:
    """`Fri, Aug 21 09:00`, `8月21日周五 09:00`: an aware moment as calendars and clocks in a zone show it."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{format_skeleton(_MONTH_AND_DAY, local, locale=language)} {local:%H:%M}"


def weekday(number: int, language: str) -> str:
    """`Mon`, `周一`, by its ISO number."""
    return str(get_day_names("abbreviated", locale=language)[number - 1])


def weekdays(numbers: Collection[int], language: str) -> str:
    """`Mon–Fri`, `周一–周五`, `Mon, Wed`: runs of three and more from end to end."""
    runs: list[list[int]] = []
    for number in sorted(EVERY_DAY.intersection(numbers)):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    long, apart = 3, _APART.get(language, ", ")
    shown = [
        f"{weekday(run[0], language)}–{weekday(run[-1], language)}"
        if len(run) >= long
        else apart.join(weekday(day, language) for day in run)
        for run in runs
    ]
    return apart.join(shown)


def city(zone: str, language: str) -> str:
    """`Shanghai`, `上海`; the zone's own name where it is of no city."""
    if "/" not in zone:
        return zone
    older = Locale.parse(language).time_zones.get(_OLDER.get(zone, zone), {}).get("city")
    return str(older or get_timezone_location(zone, locale=language, return_city=True))
