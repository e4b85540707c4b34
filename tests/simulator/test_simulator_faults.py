from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from fakes.simulated import Clock, bot_on
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.simulator.chat_state import Chat
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.flood import Flood
from bot.simulator.params import Params
from bot.simulator.telegram import PATIENCE, SimulatedTelegram

# Said by the library at every 429.
pytestmark = pytest.mark.filterwarnings("ignore:.*attribute `retry_after` will be of type")


@pytest.fixture
async def telegram() -> AsyncIterator[SimulatedTelegram]:
    async with SimulatedTelegram() as running:
        yield running


@pytest.fixture
async def bot(telegram: SimulatedTelegram) -> AsyncIterator[Bot]:
    async with bot_on(telegram) as talking:
        yield talking


@pytest.fixture
def group(telegram: SimulatedTelegram) -> Chat:
    return telegram.add_group("Readers", creator=telegram.add_user("Ada"), supergroup=False)


@pytest.mark.parametrize(
    ("kind", "error", "accepted"),
    [
        (FaultKind.RATE_LIMIT, RetryAfter, 0),
        (FaultKind.FORBIDDEN, Forbidden, 0),
        (FaultKind.BAD_REQUEST, BadRequest, 0),
        (FaultKind.SERVER_ERROR, NetworkError, 0),
        (FaultKind.MIGRATE, ChatMigrated, 0),
        (FaultKind.HANG, TimedOut, 0),
        (FaultKind.HANG_AFTER, TimedOut, 1),
        (FaultKind.CUT_BEFORE, NetworkError, 0),
        (FaultKind.CUT_AFTER, NetworkError, 1),
    ],
)
async def test_each_fault_looks_to_the_bot_as_it_does_out_there(
    telegram: SimulatedTelegram, bot: Bot, group: Chat, kind: FaultKind, error: type[Exception], accepted: int
) -> None:
    telegram.faults.add(Fault(kind))
    with pytest.raises(error) as raised:
        # Only what never comes is waited for so briefly.
        await bot.send_message(group.id, "x", read_timeout=0.15 if error is TimedOut else PATIENCE)
    assert type(raised.value) is error
    assert len(telegram.record) == len(telegram.from_bot(group)) == accepted
    new_id = raised.value.new_chat_id if isinstance(raised.value, ChatMigrated) else group.id
    await bot.send_message(new_id, "once is enough")
    assert telegram.from_bot(group)[-1].text == "once is enough"


async def test_a_slow_answer_still_arrives(telegram: SimulatedTelegram, bot: Bot, group: Chat) -> None:
    telegram.faults.add(Fault(FaultKind.SLOW, seconds=0.01))
    await bot.send_message(group.id, "x")
    assert len(telegram.record) == 1


async def test_a_fault_meets_only_the_method_and_chat_it_is_for(
    telegram: SimulatedTelegram, bot: Bot, group: Chat
) -> None:
    other = telegram.private_chat(telegram.add_user("Bo"))
    telegram.faults.add(Fault(FaultKind.RATE_LIMIT, "sendMessage", group.id, times=2, retry_after=7))
    await bot.send_message(other.id, "x")
    await bot.send_chat_action(group.id, "typing")
    for _ in range(2):
        with pytest.raises(RetryAfter) as limited:
            await bot.send_message(group.id, "x")
        assert limited.value._retry_after.total_seconds() == 7
    await bot.send_message(group.id, "x")
    assert [method for _, method, _ in telegram.faults.struck] == ["sendMessage", "sendMessage"]


async def test_polling_is_spared_unless_it_is_named(telegram: SimulatedTelegram, bot: Bot) -> None:
    telegram.faults.add(Fault(FaultKind.SERVER_ERROR, times=None))
    assert await bot.get_updates() == ()
    telegram.faults.add(Fault(FaultKind.SERVER_ERROR, "getUpdates"))
    with pytest.raises(NetworkError):
        await bot.get_updates()
    telegram.faults.clear()
    assert await bot.get_updates() == ()


async def test_a_plan_decides_by_the_order_of_requests(telegram: SimulatedTelegram, bot: Bot, group: Chat) -> None:
    def plan(method: str, _params: Params, sequence: int) -> Fault | None:
        return Fault(FaultKind.FORBIDDEN) if method == "sendMessage" and sequence % 2 == 0 else None

    telegram.faults.plan = plan
    outcomes = []
    for text in "abcd":
        try:
            outcomes.append((await bot.send_message(group.id, text)).text)
        except Forbidden:
            outcomes.append(None)
    assert outcomes == ["a", None, "c", None]


async def test_a_seed_makes_chance_repeatable() -> None:
    async def run(seed: int) -> list[int]:
        async with SimulatedTelegram(seed=seed) as telegram, bot_on(telegram) as bot:
            chat = telegram.private_chat(telegram.add_user("Ada"))
            telegram.faults.add(Fault(FaultKind.FORBIDDEN, times=None, probability=0.5))
            for number in range(20):
                try:
                    await bot.send_message(chat.id, str(number))
                except Forbidden:
                    continue
            return [int(message.text) for message in telegram.messages(chat)]

    first = await run(1)
    assert 0 < len(first) < 20
    assert await run(1) == first
    assert await run(2) != first


async def test_stopping_lets_go_of_those_who_hang(telegram: SimulatedTelegram, group: Chat) -> None:
    telegram.faults.add(Fault(FaultKind.HANG))
    async with bot_on(telegram) as bot:
        sending = asyncio.create_task(bot.send_message(group.id, "x"))
        await telegram.wait_for(lambda: telegram.faults.struck)
        await telegram.stop()
        with pytest.raises(NetworkError):
            await sending


async def send_until_limited(bot: Bot, chats: list[Chat]) -> tuple[int, int]:
    """How many got through, one to each chat in turn, and how long the bot then has to wait."""
    for number, chat in enumerate(chats):
        try:
            await bot.send_message(chat.id, "x")
        except RetryAfter as limited:
            return number, int(limited._retry_after.total_seconds())
    return len(chats), 0


async def test_floods_are_let_through_at_telegrams_pace() -> None:
    clock = Clock()
    async with SimulatedTelegram(flood=Flood(), now=clock) as telegram, bot_on(telegram) as bot:
        chats = [telegram.private_chat(telegram.add_user(str(number))) for number in range(31)]
        assert await send_until_limited(bot, chats) == (30, 1)
        clock.now += 1
        assert await send_until_limited(bot, [chats[0], chats[0]]) == (1, 1)

        group = telegram.add_group("Readers", creator=telegram.add_user("Ada"))
        sent = wait = 0
        for _ in range(25):
            clock.now += 1
            got, wait = await send_until_limited(bot, [group])
            sent += got
        assert sent == 20
        # The first of the twenty went out 25 seconds ago, less one.
        assert wait == 60 - 24
        clock.now += wait
        assert await send_until_limited(bot, [group]) == (1, 0)


async def test_a_refused_message_does_not_count_towards_the_flood() -> None:
    async with SimulatedTelegram(flood=Flood(), now=Clock()) as telegram, bot_on(telegram) as bot:
        chat = telegram.private_chat(telegram.add_user("Ada"))
        with pytest.raises(BadRequest):
            await bot.send_message(chat.id, "<foo>", parse_mode="HTML")
        assert await send_until_limited(bot, [chat]) == (1, 0)
