"""A hundred thousand destinations with zones and hours of their own: ticks with nothing due, and one with all of them.

The goals are 5 ms for a tick, and for all of them 3 s of processor time and 150 MB. Rendering is left out: it is done
once per distinct digest and measured in `run.py`. Memory is Linux's: what the process grew by while it planned.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from fakes.benchmark import NOW, add_destinations, measured, show
from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcements.watch import Watch
from bot.app import core
from bot.arxiv_source import calendar
from bot.config import Settings
from bot.digests.daily import Daily
from bot.digests.due import next_run
from bot.digests.plan import Plan
from bot.digests.rendering import DigestRenderer
from storage import announcements
from storage.database import Database, migrate
from storage.models import destinations, subscriptions
from storage.records import Announcement, AnnouncementState, AnnounceType, Digest, Entry, Paper, Part, PartKind

DESTINATIONS = 100_000
PAPERS = 60
PARTS = (1, 2)
TICKS = 30
CATEGORIES = ("cs.CV", "cs.LG", "cs.CL", "cs.AI", "cs.RO", "stat.ML", "eess.IV", "math.CO", "hep-th", "quant-ph")
WISHES = [CATEGORIES[first : first + count] for first in range(0, 10, 2) for count in (1, 2)]
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")
FRIDAY = calendar.mailing_date(NOW)
MONDAY = FRIDAY + timedelta(days=3)
MONDAY_NIGHT = NOW.replace(day=MONDAY.day, hour=23, minute=59)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def fill(db: Database) -> None:
    """Everybody has what came on Friday, and waits for Monday."""
    dice = random.Random(1)  # noqa: S311 - repeatable on purpose, guards nothing
    places: list[dict[str, object]] = []
    wishes: list[dict[str, object]] = []
    for number in range(1, DESTINATIONS + 1):
        zone, at = dice.choice(ZONES), NOW.replace(hour=dice.randrange(24), minute=dice.choice((0, 15, 30))).time()
        timed = number % 4 != 0
        places.append(
            {
                "id": number,
                "chat_id": number,
                "timezone": zone,
                "delivery_time": at if timed else None,
                "next_run_at": next_run(at, zone, NOW) if timed else None,
            }
        )
        wishes += [
            {
                "destination_id": number,
                "category": one,
                "cursor": FRIDAY,
                "announce_types": ["new", "cross"],
                "at_once": not timed,
            }
            for one in dice.choice(WISHES)
        ]
    await add_destinations(db, places)
    async with db.begin() as session:
        await (await session.connection()).execute(sa.insert(subscriptions), wishes)
        for category in CATEGORIES:
            await announce(session, category, FRIDAY, 0)


async def announce(session: AsyncSession, category: str, day: object, first: int) -> None:
    assert isinstance(day, type(FRIDAY))
    first += CATEGORIES.index(category) * PAPERS
    listed = [
        Entry(Paper(f"2608.{first + n:05}", 1, "Counting", "We count.", ("A",), category, ()), AnnounceType.NEW)
        for n in range(PAPERS)
    ]
    known = Announcement(0, category, day, AnnouncementState.FETCHED, PAPERS, source="bench", fetched_at=NOW)
    await announcements.save(session, known, listed, None)


def rendered(parts: int) -> Callable[[Digest], Awaitable[tuple[Part, ...]]]:
    made = tuple(Part(n, PartKind.MESSAGE, {"text": "x" * 3_000, "buttons": []}, f"part {n}") for n in range(parts))

    async def render(_digest: Digest) -> tuple[Part, ...]:
        return made

    return render


async def nobody_is_told(*_: object, **__: object) -> None:
    return


def memory(name: str) -> float:
    """MB in Linux's /proc."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


async def plan_all(address: str, parts: int) -> None:
    """Plan Monday for everybody and print the figures."""
    db = Database(address)
    plan = Plan(db=db, render=rendered(parts), now=lambda: MONDAY_NIGHT)
    before = memory("VmRSS")
    cost = await measured(DESTINATIONS, plan.run)
    grown = memory("VmHWM") - before
    again = await measured(1, plan.run)
    async with db.read() as session:
        rows = await session.scalar(sa.text("SELECT count(*) FROM deliveries"))
    await db.close()
    figures = {"seconds": cost.seconds, "cpu": cost.cpu, "memory": grown, "again": again.seconds, "rows": rows}
    sys.stdout.write(json.dumps(figures))


async def ticks(settings: Settings, clock: Clock) -> list[float]:
    """The seconds of each, a minute after another, without the first."""
    took = []
    async with core(settings, now=clock) as parts:
        watch = Watch(db=parts.db, now=clock, tell=nobody_is_told)
        renderer = DigestRenderer(db=parts.db, chain=parts.chain, now=clock)
        daily = Daily(
            db=parts.db,
            fetcher=parts.fetcher,
            chain=parts.chain,
            renderer=renderer,
            now=clock,
            looked=watch.look,
        )
        for _ in range(TICKS + 1):
            took.append((await measured(1, daily.tick)).seconds)
            clock.now += timedelta(minutes=1)
    return took[1:]


async def between_times(db: Database) -> None:
    """Whoever wants it as soon as announced has Monday's, the others wait for their time on Tuesday."""
    async with db.begin() as session:
        await session.execute(sa.update(subscriptions).where(subscriptions.c.at_once).values(cursor=MONDAY))
        timed = sa.update(destinations).where(destinations.c.next_run_at.is_not(None))
        await session.execute(timed.values(next_run_at=MONDAY_NIGHT + timedelta(hours=1)))


async def main() -> None:
    logging.disable(logging.INFO)
    clock = Clock()
    with tempfile.TemporaryDirectory(prefix="arxiv-digest-bench-") as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), translators=(), arxiv_interval=0.0)
        await migrate(settings.database_address)
        db = Database(settings.database_address)
        await fill(db)
        empty = await ticks(settings, clock)
        async with db.begin() as session:
            for category in CATEGORIES:
                await announce(session, category, MONDAY, 10_000)
        await db.close()
        planned = [plan_apart(Path(folder), parts) for parts in PARTS]
        await between_times(db)
        clock.now = MONDAY_NIGHT
        waiting = await ticks(settings, clock)
        await db.close()
    named = {"nothing announced": empty, "announced, its times not come": waiting}
    show(
        [
            *(
                (
                    f"tick with {name}",
                    f"{statistics.median(took) * 1e3:.1f} ms, {min(took) * 1e3:.1f} to {max(took) * 1e3:.1f} ms",
                )
                for name, took in named.items()
            ),
            *(
                (
                    f"planning {DESTINATIONS} destinations, {figures['rows']} rows",
                    f"{figures['seconds']:.2f} s, {figures['cpu']:.2f} s CPU, {figures['memory']:.0f} MB",
                )
                for figures in planned
            ),
            ("planning again, nothing left", f"{planned[-1]['again'] * 1e3:.1f} ms"),
        ]
    )


def plan_apart(folder: Path, parts: int) -> dict[str, float]:
    """In a copy of the database and a process that has done nothing else, so that its memory is that of planning."""
    copy = folder / f"{parts}.sqlite3"
    shutil.copy(folder / "bot.sqlite3", copy)
    command = [sys.executable, __file__, f"sqlite+aiosqlite:///{copy}", str(parts)]
    figures: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - this file itself
    return figures


if __name__ == "__main__":
    asyncio.run(plan_all(sys.argv[1], int(sys.argv[2])) if len(sys.argv) > 1 else main())
