"""`make bench`: what reading a day's feed costs, against feedparser on the same bytes, and what storing it adds.

The figures are this process's processor time, the least of several runs; memory is the peak of a process of its own
above its start.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import feedparser

from bot.arxiv_source.feed import parse_feed
from bot.simulator.arxiv_answers import atom_feed, rss_feed
from storage import announcements
from storage.database import Database, migrate
from storage.records import Announcement, AnnouncementState, AnnounceType, Entry, Paper

DAY = date(2026, 8, 21)
NOW = datetime(2026, 8, 21, 4, 0, tzinfo=UTC)
ENTRIES = 700
LARGE = 2_000
RUNS = 7
# As in a day of cs.CV: an abstract in seven has a macro, one in nine some math, hardly any an accent; six authors.
SENTENCES = (
    "We propose a small network that learns dense features from few labels, and show where it improves on others.",
    "Existing methods (images, video, text) trade accuracy for cost; ours keeps both within one & the same budget.",
    "A second stage refines what the first one found, without any further annotation or a larger backbone.",
    "Experiments on six public benchmarks show that the proposed method is robust and stable across domains.",
    "Code and models are available at https://example.org/code, under a licence that permits every use.",
    "Ablations tell which parts matter: the loss, the sampling of hard examples, and the order of the views.",
)
MATH = (
    " Its cost grows as $O(n \\log n)$ while the error stays below $\\epsilon < 10^{-3}$ in every one of the settings."
)
MACRO = " It improves on the strongest baseline by 3.2\\% and on the weakest one by far more."
ACCENT = " We also bound the cost of a Schr\\\"odinger bridge on the graphs of Erd\\H{o}s and R\\'enyi."
NAMES = ("Jan Jakub\\r{u}v", "Wei Zhang", "Priya Natarajan", "John Smith", "Søren Østergaard", "李明", "Ana Müller")
TYPES = (AnnounceType.NEW, AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE)


def entry(number: int) -> Entry:
    text = " ".join(SENTENCES[(number + step * (number // 6)) % len(SENTENCES)] for step in range(13))
    for often, sentence in ((7, MACRO), (9, MATH), (100, ACCENT)):
        text += sentence if number % often == 0 else ""
    made = Paper(
        arxiv_id=f"2608.{number:05}",
        version=1,
        title=f"On {number} Things: {text[:60].strip()}",
        abstract=text,
        authors=NAMES[:6] if number % 20 == 0 else NAMES[1:],
        primary_category="cs.CV",
        cross_lists=("cs.LG", "eess.IV"),
    )
    return Entry(made, TYPES[number % len(TYPES)])


def entries(count: int, *, first: int = 1) -> tuple[Entry, ...]:
    return tuple(entry(number) for number in range(first, first + count))


def cpu(*works: Callable[[], object]) -> list[float]:
    """The least seconds of each, which is what the machine's other work adds nothing to; they take turns."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for times, work in zip(taken, works, strict=True):
            began = time.process_time()
            work()
            times.append(time.process_time() - began)
    return [min(times) for times in taken]


def fetched(day: date, count: int) -> Announcement:
    return Announcement(0, "cs.CV", day, AnnouncementState.FETCHED, count, source="bench", fetched_at=NOW)


async def stored(body: bytes, before: Sequence[Entry]) -> float:
    """Seconds to read a feed, compare it with the last announcement and store it, in a database that has only that."""
    with tempfile.TemporaryDirectory(prefix="arxiv-digest-bench-") as folder:
        address = f"sqlite+aiosqlite:///{folder}/bot.sqlite3"
        await migrate(address)
        db = Database(address)
        try:
            yesterday = DAY - timedelta(days=1)
            async with db.begin() as session:
                await announcements.save(session, fetched(yesterday, len(before)), before, None)
            began = time.process_time()
            feed = parse_feed(body)
            async with db.read() as session:
                known = await announcements.ids(session, "cs.CV", after=DAY - timedelta(days=21), before=DAY)
            assert len(known) == len(before)
            assert known.isdisjoint((entry.paper.arxiv_id, entry.paper.version) for entry in feed.entries)
            found = [replace(entry, paper=replace(entry.paper, announced_on=DAY)) for entry in feed.entries]
            async with db.begin() as session:
                await announcements.save(session, fetched(DAY, len(found)), found, body)
            return time.process_time() - began
        finally:
            await db.close()


def peak(body: bytes) -> float:
    """MB that reading takes at its height, in a process that has done nothing else."""
    with tempfile.NamedTemporaryFile(prefix="arxiv-digest-bench-") as file:
        file.write(body)
        file.flush()
        command = [sys.executable, __file__, file.name]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - itself


def memory(name: str) -> float:
    """MB in Linux's /proc. Not getrusage: that begins with the height of the process which started this one."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


def show_peak(path: str) -> None:
    body = Path(path).read_bytes()
    before = memory("VmRSS")
    feed = parse_feed(body)
    assert len(feed.entries) == LARGE
    print(memory("VmHWM") - before)


async def main() -> None:
    day = entries(ENTRIES)
    rows: list[tuple[str, str]] = []
    for name, make in (("Atom", atom_feed), ("RSS", rss_feed)):
        body = make("cs.CV", day, DAY)
        assert len(parse_feed(body).entries) == len(feedparser.parse(body).entries) == ENTRIES
        ours, theirs = cpu(partial(parse_feed, body), partial(feedparser.parse, body))
        size = f"{len(body) / 1e6:.1f} MB"
        rows += [
            (
                f"{name} feed of {ENTRIES} entries, {size}",
                f"{ours * 1e3:.0f} ms CPU, {ours / ENTRIES * 1e6:.0f} µs each",
            ),
            ("    feedparser", f"{theirs * 1e3:.0f} ms CPU, {theirs / ours:.1f} x ours"),
        ]
    body = atom_feed("cs.CV", day, DAY)
    before = entries(ENTRIES, first=ENTRIES + 1)
    whole = min([await stored(body, before) for _ in range(RUNS)])
    rows += [
        ("read, compared with the last, stored", f"{whole * 1e3:.0f} ms CPU"),
        (f"reading {LARGE} entries", f"{peak(atom_feed('cs.CV', entries(LARGE), DAY)):.0f} MB at its peak"),
    ]
    for name, figures in rows:
        print(f"{name:<42} {figures}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        show_peak(sys.argv[1])
    else:
        asyncio.run(main())
