"""What translating takes is counted for whom it was, kept under its caps, and told once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fakes.stored import NOW, open_database

from bot.translate.backends.protocol import Tally
from bot.translate.budget import Budget, Cap, Payer, Price
from storage import costs
from storage.database import Database
from storage.records import Cost, Usage

NO_ALARMS = Counter[tuple[str, str]]()
DAILY = Payer(announcement="cs.CV 2026-08-21")
CHAT = Payer(chat_id=7)


@dataclass
class Desk:
    """A ledger with a clock that the test sets, and what it told."""

    db: Database
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    now: Any = NOW

    def budget(self, **options: Any) -> Budget:
        made = Budget(db=self.db, now=lambda: self.now, **options)
        made.tells(self.tell)
        return made

    async def tell(self, key: str, **values: Any) -> None:
        self.told.append((key, values))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_database(tmp_path) as db:
        yield Desk(db)


async def spend(budget: Budget, payer: Payer, backend: str = "google", **used: int) -> bool:
    """Ask for something as the chain does; whether it was allowed."""
    reserved = await budget.reserve(payer, backend, used.get("characters", 100))
    if reserved is None:
        return False
    await budget.settle(reserved, Tally(**{"requests": 1, **used}), alarms=NO_ALARMS)
    return True


async def test_what_was_used_is_found_by_day_chat_announcement_and_backend(desk: Desk) -> None:
    budget = desk.budget(prices={"openai": Price(Decimal("0.15"), Decimal("0.60"))})
    await spend(budget, DAILY, characters=900)
    await spend(budget, DAILY, characters=100)
    await spend(budget, CHAT, "openai", characters=1200, tokens_in=400, tokens_out=460)
    reserved = await budget.reserve(DAILY, "google", 5)
    assert reserved is not None
    await budget.settle(reserved, Tally(1, 5), failed=True, alarms=Counter({("abstract", "echo"): 2}))
    await budget.flush()
    openai = Usage(1, 1200, 400, 460, Decimal("0.000336"))
    async with desk.db.read() as session:
        assert (await costs.newest_announcements(session, 9))["cs.CV 2026-08-21"] == Cost(Usage(3, 1005), 1, 2)
        assert await costs.of_day(session, NOW.date()) == (Usage(3, 1005) + openai, {(7, True): openai})
        assert list(await costs.by_backend(session, NOW.date())) == [("google", ""), ("openai", "")]
        assert await costs.alarms_by_gate(session, NOW.date()) == {"echo": 2}
        assert await costs.by_backend(session, NOW.date() + timedelta(days=1)) == {}


@pytest.mark.parametrize(
    ("cap", "backend", "used"),
    [
        (Cap(requests=2), "google", {}),
        (Cap(characters=250), "google", {"characters": 100}),
        (Cap(tokens=2000), "openai", {"tokens_in": 400, "tokens_out": 460}),
        (Cap(money=Decimal("0.003")), "openai", {"tokens_in": 400, "tokens_out": 460}),
    ],
)
async def test_a_cap_holds_and_is_told_once_a_day(cap: Cap, backend: str, used: dict[str, int], desk: Desk) -> None:
    budget = desk.budget(cap=cap, prices={"openai": Price(Decimal(1), Decimal(2))})
    assert [await spend(budget, DAILY, backend, **used) for _ in range(5)] == [True, True, False, False, False]
    assert [key for key, _ in desk.told] == ["cap-reached"]
    desk.now += timedelta(days=1)
    assert [await spend(budget, DAILY, backend, **used) for _ in range(4)] == [True, True, False, False]
    assert len(desk.told) == 2


async def test_what_is_free_and_what_has_no_tokens_is_not_held_by_caps_on_money_and_tokens(desk: Desk) -> None:
    budget = desk.budget(cap=Cap(tokens=0, money=Decimal(0)), prices={"deepl": Price(characters=Decimal(20))})
    assert await spend(budget, DAILY, "google")
    assert not await spend(budget, DAILY, "deepl")


async def test_one_chat_cannot_use_up_what_the_others_have(desk: Desk) -> None:
    budget = desk.budget(chat_cap=Cap(requests=1))
    assert await spend(budget, CHAT)
    assert not await spend(budget, CHAT)
    assert await spend(budget, Payer(chat_id=8))
    assert await spend(budget, DAILY)
    assert [key for key, _ in desk.told] == ["chat-cap-reached"]


async def test_what_a_chat_had_set_aside_and_did_not_use_it_has_again(desk: Desk) -> None:
    budget = desk.budget(chat_cap=Cap(requests=1))
    for _ in range(3):
        reserved = await budget.reserve(CHAT, "google", 10)
        assert reserved is not None
        await budget.settle(reserved, Tally(), alarms=NO_ALARMS)
    assert await spend(budget, CHAT)
    assert not await spend(budget, CHAT)


async def test_what_chats_ask_for_together_leaves_half_of_the_day_to_the_digests(desk: Desk) -> None:
    budget = desk.budget(cap=Cap(requests=10))
    assert sum([await spend(budget, Payer(chat_id=chat)) for chat in range(1, 21)]) == 5
    # Also when it was stored meanwhile, or by another process.
    await budget.flush()
    assert not await spend(desk.budget(cap=Cap(requests=10)), CHAT)
    assert sum([await spend(budget, DAILY) for _ in range(20)]) == 5


async def test_what_a_chat_asks_for_and_what_it_alone_subscribes_to_have_caps_of_their_own(desk: Desk) -> None:
    budget = desk.budget(chat_cap=Cap(requests=1), subscription_cap=Cap(requests=2))
    alone = Payer(CHAT.chat_id, DAILY.announcement)
    assert [await spend(budget, alone) for _ in range(3)] == [True, True, False]
    assert [await spend(budget, CHAT) for _ in range(2)] == [True, False]
    assert await budget.exhausted(CHAT, ["google"])
    assert not await budget.exhausted(DAILY, ["google"])


async def test_the_bots_administrators_have_no_cap_of_their_own(desk: Desk) -> None:
    budget = desk.budget(cap=Cap(requests=3), chat_cap=Cap(requests=0), trusted=[CHAT.chat_id])
    assert [await spend(budget, CHAT) for _ in range(4)] == [True, True, True, False]


async def test_what_is_asked_at_the_same_time_is_set_aside(desk: Desk) -> None:
    budget = desk.budget(cap=Cap(requests=2))
    first = await budget.reserve(DAILY, "google", 10)
    second = await budget.reserve(DAILY, "google", 10)
    assert first is not None
    assert second is not None
    assert await budget.reserve(DAILY, "google", 10) is None
    # What was set aside and not used is there for others.
    await budget.settle(first, Tally(), alarms=NO_ALARMS)
    assert await budget.reserve(DAILY, "google", 10) is not None


async def test_a_restart_and_another_process_know_what_was_used(desk: Desk) -> None:
    first = desk.budget(cap=Cap(requests=2))
    assert await spend(first, DAILY)
    await first.flush()
    second = desk.budget(cap=Cap(requests=2))
    assert await spend(second, DAILY)
    assert not await spend(second, DAILY)


async def test_who_asks_while_what_was_used_is_being_read_is_held_as_well(desk: Desk) -> None:
    first = desk.budget(cap=Cap(requests=2))
    assert [await spend(first, DAILY) for _ in range(2)] == [True, True]
    await first.flush()
    after_a_restart = desk.budget(cap=Cap(requests=2))
    asked = await asyncio.gather(*(after_a_restart.reserve(DAILY, "google", 10) for _ in range(4)))
    assert asked == [None] * 4


async def test_who_asks_while_what_was_used_is_being_written_is_held_as_well(desk: Desk) -> None:
    budget = desk.budget(cap=Cap(requests=3))
    assert [await spend(budget, DAILY) for _ in range(3)] == [True, True, True]
    writing = asyncio.create_task(budget.flush())
    while not writing.done():
        assert await budget.reserve(DAILY, "google", 10) is None
        await asyncio.sleep(0)


async def test_what_cannot_be_written_now_is_written_the_next_time(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    budget = desk.budget()
    assert await spend(budget, DAILY, characters=5)
    reserved = await budget.reserve(DAILY, "google", 5)
    assert reserved is not None
    await budget.settle(reserved, Tally(1, 5), alarms=Counter({("abstract", "echo"): 1}))
    async with desk.db.begin() as session:
        await session.execute(sa.text("ALTER TABLE gate_alarms RENAME TO elsewhere"))
    await budget.flush()
    assert "spending_later" in caplog.text
    async with desk.db.begin() as session:
        await session.execute(sa.text("ALTER TABLE elsewhere RENAME TO gate_alarms"))
    await budget.flush()
    async with desk.db.read() as session:
        assert (await costs.newest_announcements(session, 9))["cs.CV 2026-08-21"] == Cost(Usage(2, 10), 0, 1)
        assert await costs.alarms_by_gate(session, NOW.date()) == {"echo": 1}
