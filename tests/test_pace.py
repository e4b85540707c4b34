"""Everything that the bot sends goes through one limiter; here time is simulated, and every window is looked at."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest
from fakes.broadcast import Broadcast, broadcast, busiest
from fakes.simulated_time import in_simulated_time

from bot.pace import OPEN, PAID, Limits, NoTurn, Pace

SECOND, MINUTE = 1.0, 60.0


def pace(limits: Limits = Limits()) -> Pace:  # noqa: B008 - frozen
    return Pace(clock=asyncio.get_running_loop().time, limits=limits)


def now() -> float:
    return asyncio.get_running_loop().time()


@pytest.fixture(scope="module")
def done() -> Broadcast:
    """A broadcast of three parts to private chats, groups and channels, with people asking all along."""
    return in_simulated_time(broadcast(destinations=900, parts=3, asked_every=0.5, seed=7))


def test_no_second_holds_more_than_thirty_messages_and_hardly_one_holds_less(done: Broadcast) -> None:
    assert busiest([at for at, _ in done.sent], SECOND) == 30
    assert done.rate > 29


def test_no_chat_gets_two_messages_in_a_second_nor_a_group_more_than_twenty_in_a_minute(done: Broadcast) -> None:
    by_chat: dict[int, list[float]] = {}
    for at, chat in done.sent:
        by_chat.setdefault(chat, []).append(at)
    assert max(busiest(times, SECOND) for times in by_chat.values()) == 1
    assert max(busiest(times, MINUTE) for chat, times in by_chat.items() if chat < 0) <= 20


def test_messages_are_spread_evenly_over_a_second(done: Broadcast) -> None:
    assert busiest([at for at, _ in done.sent], SECOND / 10) <= 4


def test_nobody_waits_for_an_answer_behind_a_broadcast(done: Broadcast) -> None:
    assert len(done.answered_after) > 100
    assert max(done.answered_after) < 0.3


def test_a_paid_broadcast_goes_at_a_thousand_a_second() -> None:
    done = in_simulated_time(broadcast(destinations=2_500, parts=1, asked_every=0.1, seed=7, limits=PAID))
    assert 950 < busiest([at for at, _ in done.sent], SECOND) <= 1000
    assert done.rate > 950


def test_once_the_bot_stops_nobody_waits_for_a_turn_that_is_far_away() -> None:
    async def work() -> None:
        limiter = pace()
        limiter.hold(120.0)
        answer = asyncio.create_task(limiter.turn(1, group=False, urgent=True))
        delivery = asyncio.create_task(limiter.turn(2, group=False, patience=300.0))
        await asyncio.sleep(2.5)
        limiter.close(4.0)
        with pytest.raises(NoTurn):
            await answer
        assert await delivery > 100
        assert now() < 4.0

    in_simulated_time(work())


def test_while_telegram_does_not_answer_bulk_is_tried_one_by_one_and_people_are_answered() -> None:
    async def work() -> None:
        limiter = pace()
        for chat in range(3):
            limiter.outage.failed(chat)
        await limiter.turn(4, group=False, urgent=True)
        assert now() < 0.1
        await limiter.turn(5, group=False)
        assert now() >= 1.0
        assert limiter.room(0.25, 50) == 0
        assert limiter.room(1.5, 50) == 1
        waiting = asyncio.create_task(limiter.turn(6, group=False))
        await asyncio.sleep(0.1)
        limiter.outage.answered()
        await waiting
        assert now() < 2.5
        assert limiter.room(1.5, 50) > 1

    in_simulated_time(work())


def test_a_group_gets_at_most_twenty_messages_a_minute_and_one_a_second() -> None:
    async def work() -> list[float]:
        limiter, moments = pace(), []
        for _ in range(50):
            await limiter.turn(-5, group=True)
            moments.append(now())
        return moments

    moments = in_simulated_time(work())
    assert busiest(moments, MINUTE) == 20
    assert all(later - earlier >= 1 for earlier, later in pairwise(moments))


def test_a_chat_whose_turn_is_far_off_takes_nothing_and_keeps_nobody_waiting() -> None:
    async def work() -> None:
        limiter = pace()
        for _ in range(20):
            await limiter.turn(-5, group=True)
        before = now()
        assert await limiter.turn(-5, group=True, patience=2.0) > 2
        assert limiter.resting(2.0) == {-5}
        await limiter.turn(6, group=False)
        assert now() - before < 1

    in_simulated_time(work())


def test_an_answer_to_a_chat_goes_before_the_next_part_of_its_digest() -> None:
    async def work() -> list[str]:
        limiter, order = pace(), []

        async def send(what: str, *, urgent: bool) -> None:
            await limiter.turn(5, group=False, urgent=urgent)
            order.append(what)

        await send("first part", urgent=False)
        rest = asyncio.create_task(send("second part", urgent=False))
        await asyncio.sleep(0.5)
        await send("answer", urgent=True)
        await rest
        return order

    assert in_simulated_time(work()) == ["first part", "answer", "second part"]


def test_changing_a_message_counts_for_the_bot_but_not_for_its_chat() -> None:
    async def work() -> None:
        limiter = pace()
        await limiter.turn(5, group=False)
        for _ in range(30):
            await limiter.turn(5, group=False, urgent=True, message=False)
        assert 0.95 < now() < 1.1

    in_simulated_time(work())


def test_a_limit_on_the_whole_bot_holds_everything() -> None:
    async def work() -> None:
        limiter = pace()
        limiter.hold(10)
        assert limiter.room(0.25, 50) == 0
        await limiter.turn(1, group=False)
        assert now() >= 10

    in_simulated_time(work())


def test_a_refused_chat_waits_alone() -> None:
    async def work() -> None:
        limiter = pace()
        assert not limiter.limited(1, 30)
        await limiter.turn(2, group=False)
        assert now() < 1
        await limiter.turn(1, group=False)
        assert now() >= 30

    in_simulated_time(work())


def test_refusals_of_several_chats_at_once_hold_the_bot_which_then_goes_slower_until_all_is_well() -> None:
    async def work() -> None:
        limiter = pace()
        usual = limiter.interval
        assert [limiter.limited(chat, 5) for chat in (1, 2, 3)] == [False, False, True]
        await limiter.turn(4, group=False)
        assert now() >= 5
        assert limiter.interval > 1.3 * usual
        for chat in range(10, 4_000):
            await limiter.turn(chat, group=False)
        assert limiter.interval == usual

    in_simulated_time(work())


def test_processes_that_send_for_one_bot_share_its_limit() -> None:
    async def work() -> None:
        limiter = pace()
        limiter.share(3)
        for chat in range(1, 32):
            await limiter.turn(chat, group=False)
        assert 2.9 < now() < 3.2

    in_simulated_time(work())


def test_a_server_without_limits_is_not_waited_for() -> None:
    async def work() -> None:
        limiter = pace(OPEN)
        for _ in range(100):
            await limiter.turn(-random.Random(1).randint(1, 5), group=True)  # noqa: S311 - guards nothing
        assert now() == 0
        assert limiter.room(0.25, 50) == 50
        assert not limiter.resting(0)

    in_simulated_time(work())
