"""Due destinations → groups of equal need → a digest each, composed and rendered once → delivery rows for all of them.

A hundred thousand destinations cost as much as their groups: they are read by one statement, moved on and given their
rows by statements over thousands, and only those that somebody else moved meanwhile are looked at apart.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.arxiv_source import calendar
from bot.digests.compose import GIVE_UP, compose, cursors, waits
from bot.digests.due import following, held_until
from bot.log import event
from storage import announcements, deliveries, digests, needs
from storage.database import Database
from storage.needs import Groups, MovedMeanwhile, Need, Step, Timing
from storage.records import AnnouncedEntry, Announcement, Digest, Now, Part, Subscription

_log = logging.getLogger(__name__)

_TOGETHER = 5_000
_SOON = 0.5

Render = Callable[[Digest], Awaitable[tuple[Part, ...]]]
_Times = Mapping[tuple[datetime | None, datetime | None], Sequence[int]]
"""The ids of destinations by when they were due and when they are due next."""


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
        return [
            announcement
            for announcement in self.announcements
            if announcement.category in since and announcement.mailing_date > since[announcement.category]
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """A digest and its parts."""

    digest: Digest
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    """What is decided for some destinations: how they move on, and the digest that they get."""

    step: Step
    made: _Made | None = None


@dataclass(slots=True)
class Planned:
    """What was planned."""

    digests: int = 0
    rows: int = 0


@dataclass(slots=True)
class _Round:
    """What is known and decided in one round. `standing` waits to be written: what was decided, by destination."""

    now: datetime
    known: _Known
    standing: dict[int, _Course] = field(default_factory=dict)
    made: dict[str, _Made] = field(default_factory=dict)
    stored: dict[_Made, int] = field(default_factory=dict)
    times: dict[Timing, tuple[datetime | None, datetime | None]] = field(default_factory=dict)
    rows: int = 0


class Plan:
    """Plans whatever is due. `render` makes a digest's parts; what is decided waits `patience` seconds for it."""

    def __init__(self, *, db: Database, render: Render, now: Now, patience: float = _SOON) -> None:
        self._db = db
        self._render = render
        self._now = now
        self._patience = patience

    async def run(self) -> Planned:
        """One round. Repeating it changes nothing."""
        now = self._now()
        async with self._db.read() as session:
            groups = await needs.due(session, now)
        if not groups:
            return Planned()
        this = _Round(now, await self._known(groups, now))
        for need, timings in groups.items():
            try:
                await self._decide(need, timings, this)
            except Exception:  # noqa: BLE001 - one digest that cannot be made must not stop the others; the next round tries again
                _log.exception("not_planned categories=%s", ",".join(wish.category for wish in need.wishes))
        await self._write_all(this)
        if this.rows:
            event(_log, "planned", digests=len(this.made), rows=this.rows)
        return Planned(len(this.made), this.rows)

    async def _known(self, groups: Groups, now: datetime) -> _Known:
        since: dict[str, date] = {}
        for need in groups:
            for wish in need.wishes:
                since[wish.category] = min(since.get(wish.category, wish.cursor), wish.cursor)
        async with self._db.read() as session:
            known = await announcements.since(session, since, calendar.mailing_date(now))
            given_up = await announcements.missing(session, since, now - GIVE_UP)
            entries: dict[int, list[AnnouncedEntry]] = {}
            for entry in await announcements.entries(session, [announcement.id for announcement in known]):
                entries.setdefault(entry.announcement_id, []).append(entry)
            among = {entry.arxiv_id for listed in entries.values() for entry in listed}
            holding = await digests.holding(session, among)
        return _Known(tuple(known), entries, frozenset(given_up), holding)

    async def _decide(self, need: Need, timings: Mapping[Timing, Sequence[int]], this: _Round) -> None:
        ready: dict[tuple[datetime | None, datetime | None], list[int]] = {}
        for timing, ids in timings.items():
            if timing not in this.times:
                place = timing.destination(need)
                this.times[timing] = held_until(place, this.now), following(place, this.now)
            until, next_at = this.times[timing]
            if until is not None:
                # It is none of their days: what was announced comes with the next digest.
                this.standing |= dict.fromkeys(ids, _Course(Step(timing.next_run_at, until)))
            else:
                ready.setdefault((timing.next_run_at, next_at), []).extend(ids)
        announced = this.known.for_wishes(need.wishes)
        complete = {(announcement.category, announcement.mailing_date) for announcement in announced}
        if not ready or waits(need.wishes, complete, this.now):
            return
        ahead = cursors(need.wishes, announced, this.now, given_up=this.known.given_up)
        moves = {wish.category: (wish.cursor, ahead[wish.category]) for wish in need.wishes if wish.category in ahead}
        among = {entry.arxiv_id for announcement in announced for entry in this.known.entries.get(announcement.id, ())}
        for delivered, times in (await self._by_history(ready, this.known)).items():
            async with self._db.read() as session:
                versions = await digests.versions(session, delivered, among) if delivered else {}
            digest = compose(need.destination, need.wishes, announced, this.known.entries, delivered=versions)
            made = await self._make(digest, this) if digest is not None else None
            # A timed slot passes in silence when everything there is has come already.
            passes = _nothing_left(need.wishes, this.now)
            for (due_at, next_at), ids in times.items():
                if made is not None or moves or (passes and due_at is not None):
                    this.standing |= dict.fromkeys(ids, _Course(Step(due_at, next_at, moves), made))

    async def _make(self, digest: Digest, this: _Round) -> _Made:
        key = digest.key
        if key not in this.made:
            rendering = asyncio.ensure_future(self._render(digest))
            try:
                if not (await asyncio.wait({rendering}, timeout=self._patience))[0]:
                    # A translator takes its time. What is decided does not wait for that.
                    await self._write_all(this)
                this.made[key] = _Made(digest, await rendering)
            finally:
                rendering.cancel()
        return this.made[key]

    async def _by_history(self, ready: _Times, known: _Known) -> Mapping[tuple[int, ...], _Times]:
        """By which of the digests that hold some of the papers they were sent: papers do not come twice."""
        if not known.digests:
            return {(): ready}
        async with self._db.read() as session:
            everybody = [id_ for ids in ready.values() for id_ in ids]
            delivered = await needs.delivered_digests(session, everybody, known.digests)
        found: dict[tuple[int, ...], dict[tuple[datetime | None, datetime | None], list[int]]] = {}
        for times, ids in ready.items():
            for id_ in ids:
                found.setdefault(delivered.get(id_, ()), {}).setdefault(times, []).append(id_)
        return found

    async def _write_all(self, this: _Round) -> None:
        """What is decided, by destination: a transaction then touches few places of the file, whatever it holds."""
        standing, this.standing = this.standing, {}
        everybody = sorted(standing)
        for start in range(0, len(everybody), _TOGETHER):
            await self._write(everybody[start : start + _TOGETHER], standing, this)

    async def _write(self, ids: Sequence[int], standing: Mapping[int, _Course], this: _Round) -> None:
        """Many in one transaction: they move on and their rows exist, or neither."""
        try:
            await self._write_together(ids, standing, this)
        except MovedMeanwhile:
            # Another process, or a change by a person. The others are found by halves.
            if middle := len(ids) // 2:
                await self._write(ids[:middle], standing, this)
                await self._write(ids[middle:], standing, this)

    async def _write_together(self, everybody: Sequence[int], standing: Mapping[int, _Course], this: _Round) -> None:
        courses: dict[_Course, list[int]] = {}
        for destination_id in everybody:
            courses.setdefault(standing[destination_id], []).append(destination_id)
        whom: dict[_Made, list[int]] = {}
        for course, ids in courses.items():
            if course.made is not None:
                whom.setdefault(course.made, []).extend(ids)
        stored = dict(this.stored)
        async with self._db.begin() as session:
            await needs.advance_all(session, [(course.step, ids) for course, ids in courses.items()])
            for made in whom:
                if made not in stored:
                    stored[made] = (await digests.save(session, made.digest, made.parts, self._now())).id
            rows = await deliveries.plan_all(session, {stored[made]: ids for made, ids in whom.items()})
        this.stored = stored
        this.rows += rows


def _nothing_left(wishes: Sequence[Subscription], now: datetime) -> bool:
    """Whether every subscription already has the newest announcement."""
    day = calendar.mailing_date(now)
    return all(wish.cursor >= day for wish in wishes)
