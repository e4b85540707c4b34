"""Until when a backend wants to be left alone, from the headers of its answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MOST = timedelta(days=1)


def until_of(retry_after: str | None, now: datetime) -> datetime | None:
    """The time that a Retry-After header names, as seconds or as a date (RFC 9110), within a day; None if unclear."""
    text = (retry_after or "").strip()
    if not text:
        return None
    if text.replace(".", "", 1).isdecimal():
        return now + timedelta(seconds=min(float(text), _MOST.total_seconds()))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return min(max(at, now), now + _MOST)
