"""What the benchmarks of delivery share: a fast Telegram, a database of destinations, costs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from fakes.processes import ends_with_us
from telegram import LinkPreviewOptions
from telegram.ext import Application

from storage.database import Database, migrate
from storage.models import destinations

TOKEN = "110201543:" + "benchmark-token-that-opens-nothing-"
BENCH = Path(__file__).parent.parent / "bench"
NOW = datetime(2026, 8, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a number of units took."""

    units: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.units / self.seconds

    @property
    def cpu_us(self) -> float:
        return self.cpu / self.units * 1e6


async def measured(units: int, work: Callable[[], Awaitable[object]]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    await work()
    return Cost(units, time.perf_counter() - wall, time.process_time() - cpu)


@asynccontextmanager
async def fast_telegram() -> AsyncIterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, str(BENCH / "_fast_telegram.py")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0)  # noqa: ASYNC220, S603
    try:
        assert process.stdout is not None
        with ends_with_us(process.pid):
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}", process
    finally:
        process.kill()
        process.communicate()


async def plain_loop(url: str, text: str, messages: int, workers: int) -> Cost:
    """The baseline: PTB's own send_message without storage."""
    application = Application.builder().token(TOKEN).base_url(f"{url}/bot").connection_pool_size(64).build()
    async with application.bot as bot:
        left = iter(range(messages))

        async def worker() -> None:
            for chat in left:
                await bot.send_message(
                    chat + 1, text, parse_mode="HTML", link_preview_options=LinkPreviewOptions(is_disabled=True)
                )

        async def work() -> None:
            await asyncio.gather(*[worker() for _ in range(workers)])

        return await measured(messages, work)


@asynccontextmanager
async def database() -> AsyncIterator[Database]:
    with tempfile.TemporaryDirectory(prefix="arxiv-digest-bench-") as folder:
        address = f"sqlite+aiosqlite:///{folder}/bot.sqlite3"
        await migrate(address)
        db = Database(address)
        try:
            yield db
        finally:
            await db.close()


async def add_destinations(db: Database, rows: list[dict[str, object]]) -> None:
    """Many at once; what a row leaves out is a private chat's usual."""
    usual = {
        "kind": "private",
        "thread_id": 0,
        "title": "",
        "language": "zh-CN",
        "interface": "zh",
        "timezone": "UTC",
        "layout": "classic",
        "answer_links": False,
    }
    async with db.begin() as session:
        await (await session.connection()).execute(sa.insert(destinations), [{**usual, **row} for row in rows])


def show(rows: list[tuple[str, str]]) -> None:
    for name, figures in rows:
        sys.stdout.write(f"{name:<52} {figures}\n")
