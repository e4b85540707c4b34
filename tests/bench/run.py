"""`make bench`: what things cost, as ratios and processor time per unit against a baseline in the same run.

Telegram answers at once in another process; processor time is this process's own. Deliveries: `delivery.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from fakes.benchmark import NOW, TOKEN, fast_telegram, measured, plain_loop, show

from bot.app import core
from bot.config import Settings
from bot.digests.rendering import DigestRenderer
from bot.i18n import words_for
from bot.render.card import render_card
from storage import papers, translations
from storage.database import Database, migrate
from storage.records import AnnounceType, BilingualPaper, Digest, DigestEntry, Paper, Translation

MESSAGES = 400
PAPERS = 500
CARDS = 200
WORKERS = 8


def paper(number: int) -> Paper:
    return Paper(
        arxiv_id=f"2608.{number:05}",
        version=1,
        title=f"A Method of {number} Steps for Counting Things with $O(n^{{{number % 9}}})$ Work",
        abstract="We propose a method. " + "It counts things in pictures with a small network and few labels. " * 18,
        authors=tuple(f"Author {letter}" for letter in "ABCDEFGH"),
        primary_category="cs.CV",
        cross_lists=("cs.LG", "eess.IV"),
        announced_on=date(2026, 8, 21),
    )


def translation(of: Paper) -> Translation:
    return Translation(
        arxiv_id=of.arxiv_id,
        version=1,
        language="zh-CN",
        source_hash=of.source_hash,
        title="一种用于计数的多步方法",
        abstract="我们提出一种方法，用小型网络和少量标注在图片中计数。" * 16,
        summary="本文提出一种用小型网络和少量标注在图片中计数的方法。",
        summary_en="We propose a method.",
        made_by={"title": "bench"},
        made_at=NOW,
    )


def digest_of(count: int) -> Digest:
    entries = tuple(DigestEntry(f"2608.{number:05}", 1, AnnounceType.NEW) for number in range(count))
    return Digest(("cs.CV",), (date(2026, 8, 21),), "zh-CN", "zh", entries)


async def fill(db: Database, count: int) -> None:
    found = [paper(number) for number in range(count)]
    async with db.begin() as session:
        await papers.save(session, found)
        for one in found:
            await translations.save(session, translation(one))


async def start_up(url: str, process: subprocess.Popen[str], folder: str) -> tuple[float, float]:
    """Seconds from the start of the process to its first poll, and its memory in MB when idle."""
    inherited = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)}
    began = time.time()
    bot = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-m", "bot", "run"],
        env={**inherited, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": url, "DATA_DIR": folder, "LOG_LEVEL": "ERROR"},
        cwd=folder,
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        while True:
            await asyncio.sleep(0.1)
            process.stdin.write("\n")
            process.stdin.flush()
            first = json.loads(process.stdout.readline())["first"]
            if "getupdates" in first:
                break
        await asyncio.sleep(2)
        status = Path(f"/proc/{bot.pid}/status")
        lines = status.read_text("utf-8").splitlines() if status.exists() else []  # noqa: ASYNC240
        memory = next((float(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), float("nan"))
        return first["getupdates"] - began, memory
    finally:
        bot.send_signal(signal.SIGTERM)
        bot.wait(15)


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="arxiv-digest-bench-") as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), translators=(), arxiv_interval=0.0)
        await migrate(settings.database_address)
        async with core(settings, now=lambda: NOW) as parts, fast_telegram() as (url, process):
            await fill(parts.db, PAPERS)
            renderer = DigestRenderer(db=parts.db, chain=parts.chain, now=lambda: NOW)
            rendered = await renderer.translated(digest_of(PAPERS))
            plain = await plain_loop(url, rendered[0].payload["text"], MESSAGES, WORKERS)
            built = await measured(PAPERS, lambda: renderer.translated(digest_of(PAPERS)))
            cards = await measured(CARDS, lambda: show_cards(parts.db))
            (Path(folder) / "start").mkdir()
            first_poll, memory = await start_up(url, process, str(Path(folder) / "start"))
    show(
        [
            (
                f"plain PTB loop, {WORKERS} workers, no storage",
                f"{plain.rate:.0f} messages/s, {plain.cpu_us:.0f} µs CPU each",
            ),
            (
                f"digest of {PAPERS} papers, stored texts",
                f"{built.cpu * 1e3:.0f} ms CPU, {built.cpu_us:.0f} µs a paper",
            ),
            ("    against one plain message", f"{built.cpu_us / plain.cpu_us:.2f} x CPU for a paper"),
            ("card from the archive", f"{cards.cpu_us:.0f} µs CPU"),
            ("    against one plain message", f"{cards.cpu_us / plain.cpu_us:.2f} x CPU"),
            ("start to first poll", f"{first_poll:.2f} s, idle memory {memory:.0f} MB"),
        ]
    )


async def show_cards(db: Database) -> None:
    words = words_for("zh")
    for number in range(CARDS):
        async with db.read() as session:
            found = (await papers.newest(session, [f"2608.{number:05}"]))[f"2608.{number:05}"]
            known = (await translations.current(session, [found.source_hash], "zh-CN"))[found.source_hash]
        render_card(BilingualPaper(found, known), words)


if __name__ == "__main__":
    asyncio.run(main())
