"""Due destinations → groups of equal need → a digest each, composed and rendered once → delivery rows for all of them.

A hundred thousand destinations cost as much as their groups: they are read, moved on and given their rows by statements
over many at a time, and only those that somebody else moved meanwhile are looked at one by one.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.arxiv_source import calendar
from bot.compose import GIVE_UP, compose, cursors, waits
from bot.localtime import following, held_until
from bot.log import event
from storage import announcements, deliveries, digests, needs, subscriptions
from storage.database import Database
from storage.needs import Groups, MovedMeanwhile, Need
from storage.records import AnnouncedEntry, Announcement, Digest, Now, Part, Subscription

_log = logging.getLogger(__name__)

_PAGE = 4_500
_TOGETHER = 2_700

Render = Callable[[Digest], Awaitable[tuple[Part, ...]]]
Standing = tuple[int, datetime | None, datetime | None]
"""A destination's id, when it was due, and when it is due next."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is announced and not yet with all of the due destinations, and which digests hold some of its papers."""

    announcements: tuple[Announcement, ...]
    entries: Mapping[int, Sequence[AnnouncedEntry]]
    given_up: frozenset[tuple[str, date]]
    digests: frozenset[int]

    def for_wishes(self, wishes: Sequence[Subscription]) -> list[Announcement]:
        """The announcements after these subscriptions' cursors."""
        since = {wish.category: wish.cursor for wish in wishes}
        return [one for one in self.announcements if one.category in since and one.mailing_date > since[one.category]]


@dataclass(slots=True)
class Planned:
    """What was planned."""

    digests: int = 0
    rows: int = 0


class Plan:
    """Plans whatever is due. `render` makes a digest's parts."""

    def __init__(self, *, db: Database, render: Render, now: Now) -> None:
        self._db = db
        self._render = render
        self._now = now

    async def run(self) -> Planned:
        """One round. Repeating it changes nothing."""
        now, planned = self._now(), Planned()
        async with self._db.read() as session:
            due = await subscriptions.due(session, now)
        if not due:
            return planned
        groups = await self._groups(due)
        known = await self._known(groups, now)
        rendered: dict[str, tuple[Part, ...]] = {}
        for need, timings in groups.items():
            ready: list[Standing] = []
            for timing, ids in timings.items():
                place, due_at = timing.destination(need), timing.next_run_at
                if (until := held_until(place, now)) is not None:
                    # It is none of their days: what was announced comes with the next digest.
                    await self._move([(one, due_at, until) for one in ids], {}, None)
                else:
                    next_at = following(place, now)
                    ready += [(one, due_at, next_at) for one in ids]
            await self._plan(need, ready, known, rendered, planned)
        planned.digests = len(rendered)
        if planned.rows:
            event(_log, "planned", digests=planned.digests, rows=planned.rows)
        return planned

    async def _groups(self, due: Sequence[int]) -> Groups:
        groups: Groups = {}
        for start in range(0, len(due), _PAGE):
            async with self._db.read() as session:
                await needs.add_groups(session, due[start : start + _PAGE], groups)
        return groups

    async def _known(self, groups: Groups, now: datetime) -> _Known:
        since: dict[str, date] = {}
        for need in groups:
            for wish in need.wishes:
                since[wish.category] = min(since.get(wish.category, wish.cursor), wish.cursor)
        async with self._db.read() as session:
            known = await announcements.since(session, since, calendar.mailing_date(now))
            given_up = await announcements.missing(session, since, now - GIVE_UP)
            entries: dict[int, list[AnnouncedEntry]] = {}
            for entry in await announcements.entries(session, [one.id for one in known]):
                entries.setdefault(entry.announcement_id, []).append(entry)
            among = {entry.arxiv_id for listed in entries.values() for entry in listed}
            holding = await digests.holding(session, among)
        return _Known(tuple(known), entries, frozenset(given_up), holding)

    async def _plan(
        self,
        need: Need,
        ready: Sequence[Standing],
        known: _Known,
        rendered: dict[str, tuple[Part, ...]],
        planned: Planned,
    ) -> None:
        now = self._now()
        announced = known.for_wishes(need.wishes)
        if not ready or waits(need.wishes, {(one.category, one.mailing_date) for one in announced}, now):
            return
        ahead = cursors(need.wishes, announced, now, given_up=known.given_up)
        moves = {wish.category: (wish.cursor, ahead[wish.category]) for wish in need.wishes if wish.category in ahead}
        for delivered, standing in (await self._by_history(ready, known)).items():
            among = {entry.arxiv_id for one in announced for entry in known.entries.get(one.id, ())}
            async with self._db.read() as session:
                versions = await digests.versions(session, delivered, among) if delivered else {}
            digest = compose(need.destination, need.wishes, announced, known.entries, delivered=versions)
            if digest is None and not moves:
                # A timed slot passes in silence when everything there is has come already.
                passes = _nothing_left(need.wishes, now)
                standing = [one for one in standing if passes and one[1] is not None]  # noqa: PLW2901
            if digest is not None and digest.key not in rendered:
                rendered[digest.key] = await self._render(digest)
            parts = rendered[digest.key] if digest is not None else ()
            planned.rows += await self._move(standing, moves, digest, parts)

    async def _by_history(self, ready: Sequence[Standing], known: _Known) -> Mapping[tuple[int, ...], list[Standing]]:
        """By which of the digests that hold some of the papers they were sent: papers do not come twice."""
        async with self._db.read() as session:
            delivered = await needs.delivered_digests(session, [one for one, _, _ in ready], known.digests)
        found: dict[tuple[int, ...], list[Standing]] = {}
        for one in ready:
            found.setdefault(delivered.get(one[0], ()), []).append(one)
        return found

    async def _move(
        self,
        standing: Sequence[Standing],
        cursors_from_to: Mapping[str, tuple[date, date]],
        digest: Digest | None,
        parts: Sequence[Part] = (),
    ) -> int:
        """Many in one transaction: they move on and their rows exist, or neither. Returns the number of rows."""
        rows = 0
        for start in range(0, len(standing), _TOGETHER):
            some = standing[start : start + _TOGETHER]
            try:
                rows += await self._move_some(some, cursors_from_to, digest, parts)
            except MovedMeanwhile:
                for one in some:
                    try:
                        rows += await self._move_some([one], cursors_from_to, digest, parts)
                    except MovedMeanwhile:
                        continue
        return rows

    async def _move_some(
        self,
        standing: Sequence[Standing],
        cursors_from_to: Mapping[str, tuple[date, date]],
        digest: Digest | None,
        parts: Sequence[Part],
    ) -> int:
        async with self._db.begin() as session:
            await needs.advance_all(session, standing, cursors_from_to)
            if digest is None:
                return 0
            saved = await digests.save(session, digest, parts, self._now())
            return await deliveries.plan(session, saved.id, [one for one, _, _ in standing])


def _nothing_left(wishes: Sequence[Subscription], now: datetime) -> bool:
    """Whether every subscription already has the newest announcement."""
    day = calendar.mailing_date(now)
    return all(wish.cursor >= day for wish in wishes)
