"""What destinations want, stored: the one writer of settings, for commands and buttons alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from bot.digests.due import following
from storage import subscriptions
from storage.database import Database
from storage.records import AnnounceType, Destination, Now

_WHEN = frozenset({"delivery_time", "timezone", "weekdays"})


class DestinationSettings:
    """Writes settings. Each call is one transaction."""

    def __init__(self, *, db: Database, now: Now) -> None:
        self._db = db
        self._now = now

    async def stored(self, place: Destination) -> Destination:
        """The destination with an id: stored, unless it is."""
        if place.id:
            return place
        async with self._db.begin() as session:
            return await subscriptions.save(session, place)

    async def change(self, place: Destination, *, by: int | None = None, **fields: Any) -> Destination:
        """Change fields of a stored destination, and when its next digest is due by that.

        `by` is the person who changes them; they own a destination that nobody owns yet.
        """
        if _WHEN.intersection(fields):
            fields["next_run_at"] = following(replace(place, **fields), self._now())
        if place.owner_id is None and by is not None:
            fields["owner_id"] = by
        async with self._db.begin() as session:
            return await subscriptions.update(session, place.id, **fields)

    async def want(self, place: Destination, types: Collection[AnnounceType]) -> None:
        """Let all subscriptions of a destination bring entries of these announce types."""
        async with self._db.begin() as session:
            await subscriptions.want(session, place.id, frozenset(types))

    async def announce_types(self, place: Destination) -> frozenset[AnnounceType]:
        """The announce types that a destination wants; none where it has no subscriptions."""
        async with self._db.read() as session:
            wishes = await subscriptions.of(session, place.id) if place.id else []
        return wishes[0].announce_types if wishes else frozenset()
