"""Delivery rows in SQLite against python-telegram-bot's own loop without storage: the same digest, side by side.

The fast Telegram runs in another process; processor time is this process's own. Both take turns, several times, and the
best of each counts: that is what the machine's other work adds least to.
"""

from __future__ import annotations

import asyncio
import logging

from fakes.benchmark import NOW, TOKEN, Cost, add_destinations, database, fast_telegram, measured, plain_loop, show
from fakes.delivering import at, delivering, until

from storage import deliveries, digests
from storage.records import AnnounceType, DeliveryState, Digest, DigestEntry, Part, PartKind

PLAIN, OURS, ROUNDS, WORKERS = 600, 8_000, 3, 8
TEXT = "<b>cs.CV</b> 2026-08-21\n\n" + "\n\n".join(
    f'<b>{n}.</b> <a href="https://arxiv.org/abs/2608.{n:05}">一种用于计数的多步方法</a> · 本文提出一种用小型网络'
    f"和少量标注在图片中计数的方法，并在两个公开数据集上取得了更好的结果。<i>Counting with {n} steps</i>"
    for n in range(1, 31)
)


async def rows(url: str) -> Cost:
    """The same message as delivery rows, each committed as sending before its request and as sent after it."""
    async with database() as db, delivering(db, f"{url}/bot{TOKEN}", at(NOW)) as ready:
        await add_destinations(db, [{"chat_id": chat + 1} for chat in range(OURS)])
        digest = Digest(("cs.CV",), (NOW.date(),), "zh-CN", "zh", (DigestEntry("2608.00001", 1, AnnounceType.NEW),))
        part = Part(1, PartKind.MESSAGE, {"text": TEXT, "buttons": []}, "bench")
        async with db.begin() as session:
            saved = await digests.save(session, digest, [part], NOW)
            await deliveries.plan(session, saved.id, range(1, OURS + 1))

        async def work() -> None:
            async with ready.at_work():
                await until(db, saved.id, {DeliveryState.SENT: OURS}, seconds=120)

        return await measured(OURS, work)


async def main() -> None:
    logging.disable(logging.INFO)
    async with fast_telegram() as (url, _):
        plain, ours = [], []
        for _round in range(ROUNDS):
            plain.append(await plain_loop(url, TEXT, PLAIN, WORKERS))
            ours.append(await rows(url))
    best_plain = max(plain, key=lambda cost: cost.rate)
    best_ours = max(ours, key=lambda cost: cost.rate)
    show(
        [
            (
                f"plain PTB loop, {WORKERS} workers, no storage",
                f"{best_plain.rate:.0f} messages/s, {best_plain.cpu_us:.0f} µs CPU each",
            ),
            ("delivery rows in SQLite", f"{best_ours.rate:.0f} messages/s, {best_ours.cpu_us:.0f} µs CPU each"),
            (
                "    against the plain loop",
                f"{best_ours.rate / best_plain.rate:.1f} x rate, {best_ours.cpu_us / best_plain.cpu_us:.2f} x CPU",
            ),
        ]
    )


if __name__ == "__main__":
    asyncio.run(main())
