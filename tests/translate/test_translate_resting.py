"""Backends that fail, limit or hang are left alone in time, and no more is asked at once than is allowed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.stub_backends import BAD, GOOD, PAPER, START, Clock, Hanging, Stub, chain

from bot.simulator.telegram import PATIENCE
from bot.translate.backends.protocol import Draft, Limited, Order, Unavailable, UnknownPaper
from bot.translate.breaker import FAILURES, FIRST_REST, LONGEST_REST, Breaker
from bot.translate.chain import Chain


async def test_no_more_papers_are_in_work_than_allowed() -> None:
    at_once, most = 0, 0

    class Counting(Stub):
        async def translate(self, order: Order) -> Draft:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.001)
            at_once -= 1
            return await super().translate(order)

    asked = chain(Counting("counting", GOOD), concurrency=3)
    await asyncio.gather(*(asked.translate(replace(PAPER, title=f"{PAPER.title} {n}"), "zh-CN") for n in range(12)))
    assert most == 3


async def papers(asked: Chain, count: int) -> None:
    for number in range(count):
        await asked.translate(replace(PAPER, title=f"{PAPER.title} {number}"), "zh-CN")


async def test_a_backend_that_keeps_failing_rests_and_is_tried_again() -> None:
    clock, broken = Clock(), Stub("broken", Unavailable("down"))
    asked = chain(broken, clock=clock)
    await papers(asked, 20)
    assert len(broken.asked) == FAILURES
    clock.at += FIRST_REST
    await papers(asked, 5)
    assert len(broken.asked) == FAILURES + 1
    clock.at += 2 * FIRST_REST
    broken.gives = GOOD
    await papers(asked, 5)
    assert len(broken.asked) == FAILURES + 6


async def test_answers_that_never_pass_count_as_failures() -> None:
    echoing = Stub("echoing", BAD["echo"])
    await papers(chain(echoing), 20)
    # Each paper's texts are asked for once more before the next backend has its turn.
    assert len(echoing.asked) == 2 * FAILURES


async def test_papers_that_a_backend_does_not_know_do_not_count() -> None:
    recorded = Stub("recorded", UnknownPaper("not here"))
    await papers(chain(recorded), 20)
    assert len(recorded.asked) == 20


async def test_a_limit_is_kept_until_its_end() -> None:
    clock, limited = Clock(), Stub("limited", Limited("enough", START + timedelta(hours=7)))
    asked = chain(limited, clock=clock)
    await papers(asked, 3)
    assert len(limited.asked) == 1
    clock.at += timedelta(hours=7)
    limited.gives = GOOD
    await papers(asked, 3)
    assert len(limited.asked) == 4


def test_rests_double_up_to_half_an_hour_and_late_failures_do_not_count_twice() -> None:
    breaker, at = Breaker(), START
    rests = []
    for _ in range(FAILURES - 1):
        breaker.failed(at)
    assert not breaker.resting(at)
    for _ in range(9):
        breaker.failed(at)
        breaker.failed(at)
        rest = next(minutes for minutes in range(1, 60) if not breaker.resting(at + timedelta(minutes=minutes)))
        rests.append(rest)
        at += timedelta(minutes=rest)
    assert rests == [1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert timedelta(minutes=rests[-1]) == LONGEST_REST
    breaker.succeeded()
    breaker.failed(at)
    assert not breaker.resting(at)


def test_a_limit_without_an_end_is_a_rest() -> None:
    breaker = Breaker()
    breaker.limited(START, None)
    assert breaker.resting(START)
    assert not breaker.resting(START + FIRST_REST)


@pytest.mark.parametrize("how", ["resting", "given up"])
async def test_who_waited_for_a_place_does_not_ask_when_it_is_no_use_any_more(how: str) -> None:
    hanging = Hanging("hanging", GOOD)
    asked = chain(hanging, deadline=0.01 if how == "resting" else PATIENCE, concurrency=20, at_each=1)
    waiting = asyncio.create_task(
        asyncio.wait_for(
            asyncio.gather(*(asked.translate(replace(PAPER, title=f"{PAPER.title} {n}"), "zh-CN") for n in range(20))),
            PATIENCE,
        )
    )
    await hanging.waiting.wait()
    if how == "given up":
        asked.give_up()
    assert [one.complete for one in await waiting] == [False] * 20
    assert len(hanging.asked) == (FAILURES if how == "resting" else 1)
