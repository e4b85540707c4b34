"""What a search costs on 100,000 papers (or as many as the first argument says): twenty cases, each found or not.

Texts are made up with word frequencies like those of real ones: a few words stand in most abstracts, most in few.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from fakes.search_cases import papers_and_cases, translated
from fakes.stored import address, new_database
from sqlalchemy import insert

from bot.handlers.search_query import parse_query
from storage import papers, search
from storage.database import Database
from storage.models import translations as translation_table
from storage.records import Paper, Translation

PAPERS = 100_000
REPEATS = 5
_FIRST = date(2025, 1, 1)
# From what stands in half of all abstracts to what stands in one of thirty.
_COMMON = (
    "model learning data method network training language large task based performance result propose approach deep",
    "neural show state art existing system framework paper using graph time image algorithm problem analysis agent",
    "representation domain generation reasoning theory robust efficient transformer attention video policy benchmark",
    "evaluation dataset human diffusion reinforcement optimization quantum field detection segmentation medical robot",
)
_VOCABULARY = 20_000
_HAN = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多"
    "定行学法所民得经之三进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由"
)
_FAMILIES = ("Zhang", "Li", "Wang", "Chen", "Liu", "Yang", "Smith", "Müller", "García", "Rossi", "Kim", "Sato", "Novák")
_GIVEN = ("Wei", "Jing", "Ming", "Ana", "Jürgen", "María", "Yuki", "José", "Anna", "Lukas", "Hao", "Priya", "Léa")
_Words = tuple[list[str], list[float]]
_CATEGORIES = ("cs.CV", "cs.LG", "cs.CL", "cs.AI", "cs.RO", "stat.ML", "math.OC", "quant-ph", "eess.IV", "hep-th")
_COMMON_SEARCHES = ("model", "learning model data", "diffusion model cat:cs.CV", "Zhang", "model since:2026-06-01")
_DAYS = 600


def vocabulary(common: Sequence[str], syllables: str, size: int) -> tuple[list[str], list[float]]:
    """Words and how many of all words they or one before them are: the frequency falls as their rank grows (Zipf)."""
    chance = random.Random(7)  # noqa: S311 - the same words every time
    made = ["".join(chance.choice(syllables) for _ in range(8)) for _ in range(size - len(common))]
    words = [*common, *made]
    return words, list(accumulate(1 / (rank + 16) for rank in range(size)))


def made_up(
    number: int, count: int, chance: random.Random, english: _Words, chinese: _Words
) -> tuple[Paper, Translation]:
    """A paper and its translation."""
    words = chance.choices(english[0], cum_weights=english[1], k=160)
    han = "".join(chance.choices(chinese[0], cum_weights=chinese[1], k=160))
    day = _FIRST + timedelta(days=number * _DAYS // count)
    paper = Paper(
        f"{day:%y%m}.{number % 99_990:05}",
        1,
        " ".join(words[:9]).capitalize(),
        " ".join(words),
        tuple(f"{chance.choice(_GIVEN)} {chance.choice(_FAMILIES)}" for _ in range(5)),
        chance.choice(_CATEGORIES),
        (chance.choice(_CATEGORIES),),
        submitted_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    return paper, translated(paper, han[:24], han)


def batches(count: int) -> Iterator[list[tuple[Paper, Translation]]]:
    """All papers in the order of their days, those that the cases look for in the middle."""
    chance = random.Random(2026)  # noqa: S311 - the same texts every time
    english = vocabulary(" ".join(_COMMON).split(), "abcdefghijklmnoprstuvwy", _VOCABULARY)
    pairs = [first + second for first in _HAN[:60] for second in _HAN[60:]]
    random.Random(7).shuffle(pairs)  # noqa: S311 - the same order every time
    chinese = vocabulary(pairs, _HAN, len(pairs))
    middle = count // 2000 * 1000
    for start in range(0, count, 1000):
        batch = [made_up(number, count, chance, english, chinese) for number in range(start, min(start + 1000, count))]
        yield [*batch, *(papers_and_cases()[0] if start == middle else ())]


async def fill(db: Database, count: int) -> None:
    """Store everything; translations first, in bulk, so that each paper is indexed once."""
    for batch in batches(count):
        async with db.begin() as session:
            await session.execute(insert(translation_table), [asdict(translation) for _, translation in batch])
            await papers.save(session, [paper for paper, _ in batch])


async def searched(db: Database, typed: str) -> tuple[float, search.Hits]:
    """Milliseconds of the median search, and what it found."""
    times = []
    hits = search.Hits((), 0)
    for _ in range(REPEATS):
        started = time.perf_counter()
        async with db.read() as session:
            hits = await search.find(session, parse_query(typed), limit=5)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)[REPEATS // 2], hits


async def measure(db: Database) -> None:
    """Print what each search takes."""
    slowest = 0.0
    known, cases = papers_and_cases()
    for case in cases:
        ms, hits = await searched(db, case.typed)
        slowest = max(slowest, ms)
        place = (
            f"found at {hits.arxiv_ids.index(case.arxiv_id) + 1}" if case.arxiv_id in hits.arxiv_ids else "NOT FOUND"
        )
        print(f"{ms:7.2f} ms, {place} of {hits.total}: {case.typed}")
    print(f"slowest of the {len(cases)} cases: {slowest:.2f} ms")
    for typed in _COMMON_SEARCHES:
        ms, hits = await searched(db, typed)
        print(f"{ms:7.2f} ms, {hits.total} found: {typed}")
    for paper, _ in known:
        started = time.perf_counter()
        async with db.read() as session:
            near = await search.similar(session, paper.arxiv_id, paper.title, paper.categories, 5)
        print(f"{(time.perf_counter() - started) * 1000:7.2f} ms, {len(near)} papers like it: {paper.title}")


def main(count: int) -> None:
    """Fill a database, then search it."""

    async def run(address: str) -> float:
        db = Database(address)
        started = time.perf_counter()
        await fill(db, count)
        seconds = time.perf_counter() - started
        await measure(db)
        await db.close()
        return seconds

    with tempfile.TemporaryDirectory() as name, new_database(folder := Path(name)):
        seconds = asyncio.run(run(address(folder)))
        size = sum(file.stat().st_size for file in folder.glob("*.sqlite3")) / count / 1000
        on_disk = f" and {size:.1f} kB" if size else ""
        print(f"{count} papers made, stored and indexed: {seconds / count * 1000:.2f} ms{on_disk} each")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAPERS)
