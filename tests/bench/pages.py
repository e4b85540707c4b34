"""What turning a page costs: every page of a stored digest, in each layout, from the database to the finished message.

The first argument says of how many papers (501, the largest announcement seen); ten thousand others are in the archive.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from fakes.house import paper
from fakes.render_material import TRANSLATION

from bot.digests.digest_pages import DigestPages
from bot.i18n import read_catalogues
from storage import digests, papers, translations
from storage.database import Database, migrate
from storage.records import AnnounceType, Digest, DigestEntry, DigestStyle, Layout

PAPERS = 501
OTHERS = 10_000
_NOW = datetime(2026, 8, 21, 12, 0, tzinfo=UTC)


def _name() -> str:
    return "arxiv_bot"


async def fill(db: Database, count: int) -> int:
    """Store the papers, their translations and their digest; its id."""
    made = [paper(number) for number in range(1, count + OTHERS + 1)]
    abstract = "我们提出一种方法，用小型网络从航拍图像中统计草原上的羊群。" * 12
    async with db.begin() as session:
        await papers.save(session, made)
        for one in made[:count]:
            known = replace(TRANSLATION, arxiv_id=one.arxiv_id, source_hash=one.source_hash)
            await translations.save(session, replace(known, abstract=abstract, made_at=_NOW))
        entries = tuple(DigestEntry(paper.arxiv_id, 1, AnnounceType.NEW) for paper in made[:count])
        style = DigestStyle(show_abstracts=True, paged=True)
        digest = Digest(("cs.CV",), (date(2026, 8, 21),), "zh-CN", "zh", entries, style)
        return (await digests.save(session, digest, (), _NOW)).id


async def measure(db: Database, digest_id: int) -> None:
    """Print what a page takes of processor time: half of them less, the slowest."""
    pages = DigestPages(db=db, bot_name=_name)
    for layout in Layout:
        times, seen, number = [], "", 1
        while True:
            started = time.process_time()
            part = await pages.page(digest_id, number, layout)
            times.append((time.process_time() - started) * 1000)
            if part.content_hash == seen:
                break
            seen, number = part.content_hash, number + 1
        times.sort()
        print(f"{layout}: {number - 1} pages, median {times[len(times) // 2]:.1f} ms, slowest {times[-1]:.1f} ms")


def main(count: int) -> None:
    """Fill a database, then turn pages."""

    async def run(address: str) -> None:
        await migrate(address)
        db = Database(address)
        await measure(db, await fill(db, count))
        await db.close()

    read_catalogues()  # as the bot does at its start
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite3'}"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAPERS)
