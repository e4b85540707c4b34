"""Backends that do as they are told, and a chain of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fakes.pseudo import pseudo

from bot.translate.backends.protocol import (
    BadAnswer,
    Draft,
    Limited,
    Order,
    RefusedByBackend,
    Source,
    Unavailable,
    UnknownPaper,
)
from bot.translate.chain import Chain
from storage.records import Paper, TextField

START = datetime(2026, 8, 21, 12, 0, tzinfo=UTC)
SENTENCE = "We propose GraphEase, a training schedule for graph neural networks that needs no tuning."
PAPER = Paper(
    arxiv_id="2401.00001",
    version=2,
    title="GraphEase: Training Graph Neural Networks with Ease",
    abstract=(
        "Graph neural networks are popular in many fields of science and engineering, but they are hard to train well. "
        f"{SENTENCE} It is faster than others by 12.5 percent. Code: https://example.org/graphease."
    ),
    authors=("A. Author",),
    primary_category="cs.LG",
)
GOOD = Draft(pseudo(PAPER.title, "zh"), pseudo(PAPER.abstract, "zh"), pseudo(SENTENCE, "zh"), SENTENCE, "large")


@dataclass
class Clock:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Stub:
    """A backend that gives what it is told to give and remembers what it was asked."""

    name: str
    gives: Draft | Exception | Callable[[Source, frozenset[TextField]], Draft]
    asked: list[tuple[Source, frozenset[TextField]]] = field(default_factory=list)
    closed: bool = False

    async def translate(self, order: Order) -> Draft:
        assert order.language
        self.asked.append((order.source, order.wanted))
        await asyncio.sleep(0)
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives(order.source, order.wanted) if callable(self.gives) else self.gives

    async def close(self) -> None:
        self.closed = True


@dataclass
class Hanging(Stub):
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    async def translate(self, order: Order) -> Draft:
        await super().translate(order)
        self.waiting.set()
        await asyncio.Event().wait()
        raise AssertionError


def chain(
    *backends: Stub, clock: Clock | None = None, deadline: float = 5, concurrency: int = 4, at_each: int = 4
) -> Chain:
    concurrencies = {backend.name: at_each for backend in backends}
    return Chain(
        backends, deadline=deadline, now=clock or Clock(), concurrency=concurrency, concurrencies=concurrencies
    )


PAGE = "<html><body>502 Bad Gateway</body></html>"
BAD: dict[str, Draft | Exception] = {
    "nothing": Draft(),
    "empty": Draft("", " ", ""),
    "error page": Draft(PAGE, PAGE, PAGE),
    "echo": Draft(PAPER.title, PAPER.abstract, SENTENCE),
    "megabytes": Draft(GOOD.title and GOOD.title * 9000, GOOD.abstract and GOOD.abstract * 9000, "好" * 900_000),
    "the wrong script": Draft(pseudo(PAPER.title, "ru"), pseudo(PAPER.abstract, "ru"), pseudo(SENTENCE, "ru")),
    "a stray mask": Draft(f"{GOOD.title}{{v7}}", f"{GOOD.abstract}{{v7}}", f"{GOOD.summary}{{v7}}"),
    "talk": Draft(f"Sure! {GOOD.title}", f"以下是翻译：{GOOD.abstract}", f"译文：{GOOD.summary}"),
    "unavailable": Unavailable("down"),
    "bad answer": BadAnswer("no JSON"),
    "refused": RefusedByBackend("the key is refused"),
    "limited": Limited("slow down"),
    "unknown": UnknownPaper("not here"),
    "a fault of its own": RuntimeError("bug"),
}
