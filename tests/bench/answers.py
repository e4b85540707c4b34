"""What an answer from the archive costs: processor time and seconds of the whole exchange, local Telegram included.

So both are more than the bot's own; the promise is less than 50 ms.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from pathlib import Path

from fakes.house import FRIDAY, House, announcement, open_house
from fakes.search_cases import papers_and_cases

from storage import papers, translations

TIMES = 30
LARGE = 324
"""Papers of the announcement: those of cs.CV on a usual day."""


async def answered(house: House, said: str) -> None:
    """Say it and wait for all that is answered."""
    before = len(house.telegram.from_bot(house.private))
    house.telegram.say(house.private, house.person, said)
    await house.telegram.wait_for_messages(house.private, before + (2 if said.startswith("/digest") else 1), timeout=30)


async def cost(house: House, said: str) -> tuple[float, float]:
    """Milliseconds of processor time and of waiting, of one of many; the median of the waiting."""
    waits = []
    started = time.process_time()
    for _ in range(TIMES):
        before = time.perf_counter()
        await answered(house, said)
        waits.append((time.perf_counter() - before) * 1000)
    return (time.process_time() - started) * 1000 / TIMES, sorted(waits)[TIMES // 2]


async def main() -> None:
    """Fill, ask, print."""
    logging.disable(logging.CRITICAL)
    known, _ = papers_and_cases()
    with tempfile.TemporaryDirectory() as folder:
        async with open_house(Path(folder)) as house, house.running():
            async with house.bot.services.db.begin() as session:
                await papers.save(session, [paper for paper, _ in known])
                for _, translation in known:
                    await translations.save(session, translation)
            house.arxiv.announce("cs.CV", announcement(LARGE), FRIDAY)
            await house.say("/subscribe cs.CV")
            await house.tick()
            first, second = known[0][0].arxiv_id, known[1][0].arxiv_id
            for said in (
                first,
                f"https://arxiv.org/abs/{first} and {second}",
                "/search 扩散模型",
                "/search model cat:cs.CV",
                f"/save {first} {second}",
                "/saved",
                "/saved bib",
                f"/bibtex {first}",
                "/export",
                "/help",
                "/settings",
                "/categories",
                "/digest",
            ):
                await answered(house, said)
                processor, waiting = await cost(house, said)
                print(f"{processor:6.2f} ms of processor, {waiting:6.2f} ms of waiting: {said}")


asyncio.run(main())
