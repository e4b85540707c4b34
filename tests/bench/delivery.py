"""Delivery rows in SQLite against python-telegram-bot's own loop without storage: the same digest, side by side.

And a broadcast to a hundred thousand through the limits, in simulated time.

The fast Telegram runs in another process; processor time is this process's own. Both take turns, several times, and the
best of each counts: that is what the machine's other work adds least to.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import time

from fakes.benchmark import NOW, TOKEN, Cost, add_destinations, database, fast_telegram, measured, plain_loop, show
from fakes.broadcast import Broadcast, broadcast, busiest
from fakes.delivering import at, delivering
from fakes.simulated_time import in_simulated_time

from storage import deliveries, digests
from storage.records import AnnounceType, DeliveryState, Digest, DigestEntry, Part, PartKind

PLAIN, OURS, ROUNDS, WORKERS = 600, 8_000, 3, 8
BROADCAST = 100_000
TEXT = "<b>cs.CV</b> 2026-08-21\n\n" + "\n\n".join(
    f'<b>{n}.</b> <a href="https://arxiv.org/abs/2608.{n:05}">一种用于计数的多步方法</a> · 本文提出一种用小型网络'
    f"和少量标注在图片中计数的方法，并在两个公开数据集上取得了更好的结果。<i>Counting with {n} steps</i>"
    for n in range(1, 31)
)


async def rows(url: str) -> Cost:
    """One message as delivery rows, each committed as sending before its request and as sent after it."""
    async with database() as db, delivering(db, f"{url}/bot{TOKEN}", at(NOW)) as ready:
        await add_destinations(db, [{"chat_id": chat + 1} for chat in range(OURS)])
        digest = Digest(("cs.CV",), (NOW.date(),), "zh-CN", "zh", (DigestEntry("2608.00001", 1, AnnounceType.NEW),))
        part = Part(1, PartKind.MESSAGE, {"text": TEXT, "buttons": []}, "bench")
        async with db.begin() as session:
            saved = await digests.save(session, digest, [part], NOW)
            await deliveries.plan(session, saved.id, range(1, OURS + 1))

        async def work() -> None:
            async with ready.running():
                assert await ready.deliverer.settled([saved.id], seconds=120) == {DeliveryState.SENT: OURS}

        return await measured(OURS, work)


def through_the_limits() -> tuple[Broadcast, float]:
    """A broadcast to everybody at 30 a second, in simulated time, with people asking all along."""
    began = time.perf_counter()
    done = in_simulated_time(broadcast(destinations=BROADCAST, parts=1, asked_every=1.0, seed=1))
    return done, time.perf_counter() - began


def limit_figures(done: Broadcast, seconds: float) -> list[tuple[str, str]]:
    by_chat: dict[int, list[float]] = {}
    for at_second, chat in done.sent:
        by_chat.setdefault(chat, []).append(at_second)
    simulated = done.sent[-1][0]
    most = busiest([one for one, _ in done.sent], 1.0)
    in_chat = max(busiest(times, 1.0) for times in by_chat.values())
    in_group = max(busiest(times, 60.0) for chat, times in by_chat.items() if chat < 0)
    median, longest = statistics.median(done.answered_after) * 1e3, max(done.answered_after) * 1e3
    return [
        (
            f"broadcast to {BROADCAST} at 30/s, simulated",
            f"{simulated / 60:.0f} min, {done.rate:.1f} messages/s ({seconds:.0f} s to simulate)",
        ),
        ("    most in any second", f"{most}, in a chat {in_chat}, in a group's minute {in_group}"),
        (f"    {len(done.answered_after)} answers meanwhile", f"{median:.0f} ms median, {longest:.0f} ms at most"),
    ]


async def side_by_side() -> list[tuple[str, str]]:
    async with fast_telegram() as (url, _):
        plain, ours = [], []
        for _round in range(ROUNDS):
            plain.append(await plain_loop(url, TEXT, PLAIN, WORKERS))
            ours.append(await rows(url))
    best_plain = max(plain, key=lambda cost: cost.rate)
    best_ours = max(ours, key=lambda cost: cost.rate)
    return [
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


if __name__ == "__main__":
    logging.disable(logging.INFO)
    show(asyncio.run(side_by_side()))
    show(limit_figures(*through_the_limits()))
