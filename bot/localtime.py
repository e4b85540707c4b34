"""Local delivery times: what a person writes, and when it is due. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from storage.records import EVERY_DAY, Destination

LATE = timedelta(hours=2)
"""How long after its time a digest that waited for the last of its categories may still begin the day after."""

_CLOCK = re.compile(r"(\d{1,2})(?:[:：.](\d{2})|[点點时時](?:(半)|(?:(\d{1,2})分?)?))?(am|pm)?", re.ASCII)
_NOON = 12
_OFFSET = re.compile(r"(?:utc|gmt)(?P<sign>[+-])(?P<hours>\d{1,2})(?::(?P<minutes>\d\d))?")
# Where clocks differ by parts of an hour and never change.
_PARTS_OF_HOURS = {
    "+3:30": "Asia/Tehran",
    "+4:30": "Asia/Kabul",
    "+5:30": "Asia/Kolkata",
    "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon",
    "+9:30": "Australia/Darwin",
}
_CONTINENTS = ("Africa/", "America/", "Asia/", "Europe/")
_SHORTHAND = {
    "beijing": "Asia/Shanghai",
    "北京": "Asia/Shanghai",
    "上海": "Asia/Shanghai",
    "utc": "UTC",
    "gmt": "UTC",
    # What people call the clock of a place, summer and winter; as a zone's name EST has no summer.
    **dict.fromkeys(("est", "edt", "et"), "America/New_York"),
    **dict.fromkeys(("pst", "pdt", "pt"), "America/Los_Angeles"),
    **dict.fromkeys(("cet", "cest"), "Europe/Berlin"),
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
}


def parse_clock(text: str) -> time | None:
    """`09:00`, `9.00` (also with a full-width colon), `9`, `9pm` or `9点半` as a time; None for others, as `25:00`."""
    found = _CLOCK.fullmatch(text.strip().lower())
    if found is None:
        return None
    hour, minutes, half, after, part = found.groups()
    number = int(hour)
    if part is not None:
        if not 1 <= number <= _NOON:
            return None
        number = number % _NOON + (_NOON if part == "pm" else 0)
    try:
        return time(number, 30 if half else int(minutes or after or 0))
    except ValueError:
        return None


@cache
def zone_names() -> frozenset[str]:
    """The IANA names that this machine knows, read from its files once."""
    return frozenset(available_timezones())


def parse_zone(text: str) -> str | None:
    """The IANA name that is meant, or None: `asia/shanghai`, a city such as `Berlin`, an offset such as `UTC+8`."""
    name = text.strip().replace(" ", "_").lower()
    if name in _SHORTHAND:
        return _SHORTHAND[name]
    if found := _OFFSET.fullmatch(name):
        hours = int(found["hours"])
        if found["minutes"] not in {None, "00"}:
            return _PARTS_OF_HOURS.get(f"{found['sign']}{hours}:{found['minutes']}")
        # These zones count westwards: what everybody calls UTC+8 is Etc/GMT-8.
        name = f"etc/gmt{'-' if found['sign'] == '+' else '+'}{hours}"
    zones = zone_names()
    exact = next((zone for zone in zones if zone.lower() == name), None)
    cities = sorted((zone for zone in zones if "/" in zone and zone.lower().rpartition("/")[2] == name), key=_place)
    # One city in two places of a continent's files, such as Europe/Istanbul and Asia/Istanbul, is one city.
    one = len(cities) == 1 or (bool(cities) and all(zone.startswith(_CONTINENTS) for zone in cities))
    return exact or (cities[-1] if one else None)


def _place(zone: str) -> tuple[int, str]:
    return zone.count("/"), zone


def nearest_zones(text: str, count: int = 3) -> tuple[str, ...]:
    """Zones whose names (or cities) look most like the text."""
    wanted = text.strip().replace(" ", "_").lower()
    cities = {zone.rpartition("/")[2].lower(): zone for zone in sorted(zone_names()) if "/" in zone}
    return tuple(
        cities[city] for city in difflib.get_close_matches(wanted.rpartition("/")[2], cities, n=count, cutoff=0.6)
    )


def next_run(local: time, zone: str, after: datetime, weekdays: Collection[int] = EVERY_DAY) -> datetime:
    """The first moment (UTC) later than `after` at which clocks in `zone` show `local` on one of those days (ISO).

    A time that a clock change skips is due when the change happens to have carried the clock past it (02:30 becomes
    03:30); a time that occurs twice is due the first time only. A day that a zone left out, as Samoa did when it went
    over to the other side of the date line, has none. ValueError for no day of the week at all.
    """
    if EVERY_DAY.isdisjoint(weekdays):
        raise ValueError(f"no day of the week among {sorted(weekdays)}")
    tz = ZoneInfo(zone)
    day = after.astimezone(tz).date() - timedelta(days=1)
    while True:
        # fold=0 is the first of two; for a skipped time Python's offset before the change carries it forward.
        moment = datetime.combine(day, local, tzinfo=tz).astimezone(UTC)
        if moment > after and day.isoweekday() in weekdays and _exists(day, tz):
            return moment
        day += timedelta(days=1)


def _exists(day: date, tz: ZoneInfo) -> bool:
    return datetime.combine(day, time(12), tzinfo=tz).astimezone(UTC).astimezone(tz).date() == day


def following(destination: Destination, now: datetime) -> datetime | None:
    """When the next digest of a destination with a delivery time is due; None for as soon as announced."""
    if destination.delivery_time is None:
        return None
    return next_run(destination.delivery_time, destination.timezone, now, destination.weekdays)


def held_until(destination: Destination, now: datetime) -> datetime | None:
    """Until when a digest that is due now waits for one of the destination's days; None when it need not wait.

    Without a delivery time that is the beginning of the day.
    """
    due, zone = destination.next_run_at, destination.timezone
    if now.astimezone(ZoneInfo(zone)).isoweekday() in destination.weekdays:
        return None
    if destination.delivery_time is None:
        return next_run(time(), zone, now, destination.weekdays)
    return None if due is not None and due <= now < due + LATE else following(destination, now)
