"""Times of day and time zones as people type them. Pure."""

from __future__ import annotations

import difflib
import re
from datetime import time
from functools import cache
from zoneinfo import available_timezones

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
    unambiguous = len(cities) == 1 or (bool(cities) and all(zone.startswith(_CONTINENTS) for zone in cities))
    return exact or (cities[-1] if unambiguous else None)


def _place(zone: str) -> tuple[int, str]:
    return zone.count("/"), zone


def nearest_zones(text: str, count: int = 3) -> tuple[str, ...]:
    """Zones whose names (or cities) look most like the text."""
    wanted = text.strip().replace(" ", "_").lower()
    cities = {zone.rpartition("/")[2].lower(): zone for zone in sorted(zone_names()) if "/" in zone}
    return tuple(
        cities[city] for city in difflib.get_close_matches(wanted.rpartition("/")[2], cities, n=count, cutoff=0.6)
    )
