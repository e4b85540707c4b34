"""Telegram out of reach for a while, or its answers only: few messages meet it, and nobody gets one again and again."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.benchmark import NOW
from fakes.delivering import counts, delivering
from fakes.delivering_scene import PARTS, FastClock, scene, verdict
from fakes.house import Clock
from fakes.stored import open_database

from bot.delivery.unknown import REPEATS
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.telegram import PATIENCE, SimulatedTelegram
from storage.records import DeliveryState

DESTINATIONS = 40
TEN_MINUTES = 600.0


async def test_few_messages_meet_an_outage_and_afterwards_all_arrive(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.delivery.sender")
    async with SimulatedTelegram() as telegram, open_database(tmp_path) as db:
        made = await scene(telegram, db, DESTINATIONS)
        clock = FastClock(faster=1000.0)
        before = len(telegram.faults.struck)
        telegram.faults.add(Fault(FaultKind.SERVER_ERROR, method="sendMessage", times=None))
        bot = f"{telegram.url}/bot{telegram.token}"
        async with delivering(db, bot, clock.now, operations=made.operations.id, clock=clock) as ready, ready.running():
            await clock.sleep(TEN_MINUTES)
            met = len(telegram.faults.struck) - before
            telegram.faults.clear()
            async with asyncio.timeout(PATIENCE):
                while await counts(db, made.digest_id) != {DeliveryState.SENT: DESTINATIONS * PARTS}:
                    ready.deliverer.wake()  # it waits in seconds, of which each is a quarter of an hour here
                    await asyncio.sleep(0.05)
        found = await verdict(made, ready.sender.unanswered)
    assert found.complaints == []
    assert DESTINATIONS <= met < 2 * DESTINATIONS
    events = Counter(record.getMessage().split()[0] for record in caplog.records)
    assert events["telegram_out_of_reach"] == events["telegram_answers"] >= 1


async def test_who_gets_a_message_whose_answer_never_comes_through_gets_it_a_few_times_and_then_somebody_is_asked(
    tmp_path: Path,
) -> None:
    clock = Clock(NOW)
    async with SimulatedTelegram() as telegram, open_database(tmp_path) as db:
        made = await scene(telegram, db, 3)
        telegram.faults.add(Fault(FaultKind.CUT_AFTER, method="sendMessage", chat_id=made.chats[1].id, times=None))
        bot = f"{telegram.url}/bot{telegram.token}"
        async with delivering(db, bot, clock, operations=made.operations.id) as ready, ready.running():
            async with asyncio.timeout(PATIENCE):
                while DeliveryState.UNKNOWN not in await counts(db, made.digest_id):
                    clock.now += timedelta(minutes=10)
                    ready.deliverer.wake()
                    await asyncio.sleep(0.02)
            assert len(telegram.from_bot(made.chats[1])) == 1 + len(REPEATS)
        assert [one.delivery.destination.chat_id for one in ready.unknown] == [made.chats[1].id]
