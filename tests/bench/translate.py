"""Translating an announcement: 500 papers through a service on the loopback that takes 300 ms for each, 16 at a time.

Prints how long it took against the ideal, and the processor time of all that is ours: masking, gates, summary, storing.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
from fakes.pseudo import pseudo
from fakes.stored import open_database
from fakes.translator_server import TranslatorServer

from bot.config import Settings
from bot.translate.backends.plain_engine import PlainBackend
from bot.translate.backends.protocol import Tally
from bot.translate.build import build_budget, build_chain
from bot.translate.chain import Chain
from bot.translate.stored import stored_translations
from bot.translate.text.masking import Form
from storage.database import Database
from storage.records import Paper

PAPERS = 500
LATENCY = 0.3
CONCURRENCY = 16
BUDGET = 3
IDEAL = PAPERS * LATENCY / CONCURRENCY
SENTENCES = (
    "Graph neural networks are popular in many fields, but they are hard to train on large collections of data.",
    "We propose a schedule with $O(n \\log n)$ steps for number {n}, which needs no tuning by hand at all.",
    "It was trained on 1.5 million examples, and it is better than {n} others by 12.5 points on four public data sets.",
    "Our analysis of $\\mathcal{{L}}(\\theta_{n})$ explains why, and when it fails, e.g. for very small graphs.",
    "Code and data are at https://example.org/graphs/{n} for everybody who would like to try it.",
    "In the last part, we discuss what the result means for practice and which of the questions remain open.",
)


def papers() -> list[Paper]:
    """Abstracts of about 700 characters with formulas, an address and numbers, as arXiv has them."""
    return [
        Paper(
            arxiv_id=f"2608.{number:05}",
            version=1,
            title=f"GraphEase: Training Graph Neural Networks with $k_{{{number}}}$ Steps",
            abstract=" ".join(SENTENCES).format(n=number),
            authors=("A. Author",),
            primary_category="cs.LG",
        )
        for number in range(PAPERS)
    ]


async def through(db: Database, chain: Chain, wanted: list[Paper]) -> tuple[float, float, int]:
    """Seconds by the clock, seconds of the processor, and how many papers came out in full."""
    clock, processor = time.perf_counter(), time.process_time()
    made = await stored_translations(db, chain, wanted, "zh-CN")
    took = time.perf_counter() - clock, time.process_time() - processor
    return *took, sum(translation.complete for translation in made.values())


async def main() -> None:
    """Measure and print."""
    logging.disable(logging.CRITICAL)
    addresses = serve()
    for service in ("openai", "libretranslate", "deepl"):
        with tempfile.TemporaryDirectory() as folder:
            async with open_database(Path(folder)) as db, aiohttp.ClientSession() as http:
                settings = _settings(addresses, service)
                budget = build_budget(settings, db=db, now=now)
                chain = build_chain(settings, http=http, now=now, budget=budget)
                took, processor, complete = await through(db, chain, papers())
                await chain.close()
                print(
                    f"{service}: {complete} of {PAPERS} in full, {took:.2f} s = {took / IDEAL:.3f} x ideal "
                    f"({IDEAL:.2f} s), {1000 * processor / PAPERS:.2f} ms of processor a paper with its requests"
                )
    await own_work()


class Engine:
    """An engine that answers at once, in this process, and takes the time that its own work takes."""

    name = "engine"
    form = Form.BRACES

    def __init__(self) -> None:
        self.seconds = 0.0

    async def translate_texts(self, texts: Sequence[str], language: str, tally: Tally) -> list[str]:
        """Made-up translations."""
        tally.asked(sum(map(len, texts)))
        started = time.process_time()
        made = [pseudo(text, language) for text in texts]
        self.seconds += time.process_time() - started
        return made

    async def close(self) -> None:
        """Nothing is held."""


async def own_work() -> None:
    """The processor time without requests: masking, gates, summary, counting, storing."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder)) as db:
            engine = Engine()
            chain = Chain(
                [PlainBackend(engine)],
                deadline=60,
                now=now,
                concurrency=CONCURRENCY,
                budget=build_budget(Settings(_env_file=None), db=db, now=now),
            )
            _, processor, complete = await through(db, chain, papers())
            own = 1000 * (processor - engine.seconds) / PAPERS
            print(
                f"our own work: {complete} of {PAPERS} in full, {own:.2f} ms a paper = {own / BUDGET:.2f} x {BUDGET} ms"
            )


def _settings(addresses: dict[str, str], service: str) -> Settings:
    return Settings(
        _env_file=None,
        translators=(service,),
        translate_concurrency=CONCURRENCY,
        openai_base_url=addresses["openai"],
        openai_api_key="sk-bench",
        libretranslate_url=addresses["libretranslate"],
        deepl_url=addresses["deepl"],
        deepl_api_key="bench",
    )


def now() -> datetime:
    """A moment."""
    return datetime(2026, 8, 21, 12, 0, tzinfo=UTC)


def serve() -> dict[str, str]:
    """Start the services in a process of their own, which ends with this one; their addresses by name."""
    here, there = multiprocessing.Pipe()
    multiprocessing.Process(target=_serve, args=(there,), daemon=True).start()
    addresses: dict[str, str] = here.recv()
    return addresses


def _serve(pipe: Connection) -> None:
    async def run() -> None:
        async with TranslatorServer() as server:
            server.latency = LATENCY
            pipe.send({name: server.address(name) for name in ("openai", "libretranslate", "deepl")})
            await asyncio.Event().wait()

    asyncio.run(run())


if __name__ == "__main__":
    asyncio.run(main())
