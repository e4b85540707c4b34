"""When a digest is due, by the local delivery time of a destination. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.records import EVERY_DAY, Destination

LATE = timedelta(hours=2)
"""How long after its time a digest that waited for the last of its categories may still begin the day after."""


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
