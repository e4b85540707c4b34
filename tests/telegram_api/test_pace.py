"""Everything that the bot sends goes through one limiter; here time is simulated, and every window is looked at."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest
from fakes.broadcast import Broadcast, broadcast, busiest
from fakes.simulated_time import in_simulated_time
from fakes.talkers import broadcast_among, digest_in_a_chat_of_talkers, order_of_slots

from bot.telegram_api.pace import OPEN, PAID, Limits, NoSlot, Pace

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


@pytest.mark.parametrize("talkers", [1, 5, 10, 30])
def test_strangers_who_ask_without_an_end_leave_half_of_the_bots_messages_to_a_broadcast(talkers: int) -> None:
    talk = in_simulated_time(broadcast_among(talkers))
    assert talk.digests_per_second >= 15
    # Nothing is left unused meanwhile, and no limit is broken.
    assert talk.digests_per_second + len(talk.answers) / talk.seconds > 29
    assert busiest(talk.moments, SECOND) == 30
    assert all(busiest(talk.moments_of(chat), SECOND) == 1 for chat in range(1, talkers + 1))


@pytest.mark.parametrize("talkers", [1, 5, 10])
def test_during_a_broadcast_an_answer_comes_when_its_chats_own_limit_lets_it(talkers: int) -> None:
    talk = in_simulated_time(broadcast_among(talkers))
    assert max(talk.longest_gap(chat) for chat in range(1, talkers + 1)) < Limits().chat_interval + 0.5


def test_whoever_asks_once_is_answered_before_those_who_ask_without_an_end() -> None:
    talk = in_simulated_time(broadcast_among(60, visitors_every=1.7))
    # At first all of them ask for the first time.
    visits = [after for at, chat, after in talk.answers if chat > 60 and at > 5]
    assert len(visits) > 30
    assert max(visits) < 0.3


def test_answers_go_before_bulk_at_the_bots_moments_and_bulk_has_every_third() -> None:
    assert in_simulated_time(order_of_slots(digests=4, answers=6)) == "daadaadaad"
    assert in_simulated_time(order_of_slots(digests=3, answers=1)) == "dadd"


@pytest.mark.parametrize("group", [False, True])
def test_a_chat_in_which_people_ask_without_an_end_gets_its_digest_by_turns_with_the_answers(group: bool) -> None:  # noqa: FBT001
    talk = in_simulated_time(digest_in_a_chat_of_talkers(group=group))
    assert len(talk.answers) <= len(talk.digests) + 2
    assert len(talk.digests) + len(talk.answers) >= (95 if group else 290)


def test_a_digest_that_was_told_to_come_back_keeps_its_turn_in_a_chat_of_talkers_for_a_moment() -> None:
    async def work() -> None:
        limiter = pace()
        answers = [asyncio.create_task(limiter.slot(-5, group=True, urgent=True)) for _ in range(25)]
        await asyncio.sleep(30)
        away = await limiter.slot(-5, group=True, patience=2.0)
        assert away > 20
        await asyncio.sleep(away + 0.5)
        assert await limiter.slot(-5, group=True, patience=2.0) == 0
        assert sum(answer.done() for answer in answers) == 20
        for answer in answers:
            answer.cancel()

    in_simulated_time(work())


def test_while_telegram_does_not_answer_nobody_waits_behind_the_digest_of_their_chat() -> None:
    async def work() -> None:
        limiter = pace()
        for chat in (*range(3), *range(3)):
            await asyncio.sleep(max(limiter.outage.until - now(), 0))
            limiter.outage.failed(chat)
        begin = now()
        digest = asyncio.create_task(limiter.slot(5, group=False))
        await asyncio.sleep(0)
        await limiter.slot(5, group=False, urgent=True)
        await limiter.slot(5, group=False, urgent=True)
        assert now() < begin + 1.1
        digest.cancel()

    in_simulated_time(work())


def test_what_waits_in_line_when_the_bot_stops_is_given_back() -> None:
    async def work() -> None:
        limiter = pace()
        rows = [asyncio.create_task(limiter.slot(chat, group=False, patience=2.0)) for chat in range(300)]
        await asyncio.sleep(1.0)
        limiter.close(1.0)
        away = await asyncio.gather(*rows)
        assert 55 <= sum(not seconds for seconds in away) <= 62
        assert now() < 2.1

    in_simulated_time(work())


def test_a_paid_broadcast_goes_at_a_thousand_a_second() -> None:
    done = in_simulated_time(broadcast(destinations=2_500, parts=1, asked_every=0.1, seed=7, limits=PAID))
    assert 950 < busiest([at for at, _ in done.sent], SECOND) <= 1000
    assert done.rate > 950


def test_once_the_bot_stops_nobody_waits_for_a_turn_that_is_far_away() -> None:
    async def work() -> None:
        limiter = pace()
        limiter.hold(120.0)
        answer = asyncio.create_task(limiter.slot(1, group=False, urgent=True))
        delivery = asyncio.create_task(limiter.slot(2, group=False, patience=300.0))
        await asyncio.sleep(2.5)
        limiter.close(4.0)
        with pytest.raises(NoSlot):
            await answer
        assert await delivery > 100
        assert now() < 4.0

    in_simulated_time(work())


def test_while_telegram_does_not_answer_bulk_is_tried_one_by_one_and_people_are_answered() -> None:
    async def work() -> None:
        limiter = pace()
        for chat in range(3):
            limiter.outage.failed(chat)
        await limiter.slot(4, group=False, urgent=True)
        assert now() < 0.1
        await limiter.slot(5, group=False)
        assert now() >= 1.0
        assert limiter.room(0.25, 50) == 0
        assert limiter.room(1.5, 50) == 1
        waiting = asyncio.create_task(limiter.slot(6, group=False))
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
            await limiter.slot(-5, group=True)
            moments.append(now())
        return moments

    moments = in_simulated_time(work())
    assert busiest(moments, MINUTE) == 20
    assert all(later - earlier >= 1 for earlier, later in pairwise(moments))


def test_a_chat_whose_turn_is_far_off_takes_nothing_and_keeps_nobody_waiting() -> None:
    async def work() -> None:
        limiter = pace()
        for _ in range(20):
            await limiter.slot(-5, group=True)
        before = now()
        assert await limiter.slot(-5, group=True, patience=2.0) > 2
        assert limiter.resting(2.0) == {-5}
        await limiter.slot(6, group=False)
        assert now() - before < 1

    in_simulated_time(work())


def test_an_answer_to_a_chat_goes_before_the_next_part_of_its_digest() -> None:
    async def work() -> list[str]:
        limiter, order = pace(), []

        async def send(what: str, *, urgent: bool) -> None:
            await limiter.slot(5, group=False, urgent=urgent)
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
        await limiter.slot(5, group=False)
        for _ in range(30):
            await limiter.slot(5, group=False, urgent=True, message=False)
        assert 0.95 < now() < 1.1

    in_simulated_time(work())


def test_a_limit_on_the_whole_bot_holds_everything() -> None:
    async def work() -> None:
        limiter = pace()
        limiter.hold(10)
        assert limiter.room(0.25, 50) == 0
        await limiter.slot(1, group=False)
        assert now() >= 10

    in_simulated_time(work())


def test_a_refused_chat_waits_alone() -> None:
    async def work() -> None:
        limiter = pace()
        assert not limiter.limited(1, 30)
        await limiter.slot(2, group=False)
        assert now() < 1
        await limiter.slot(1, group=False)
        assert now() >= 30

    in_simulated_time(work())


def test_refusals_of_several_chats_at_once_hold_the_bot_which_then_goes_slower_until_all_is_well() -> None:
    async def work() -> None:
        limiter = pace()
        usual = limiter.interval
        assert [limiter.limited(chat, 5) for chat in (1, 2, 3)] == [False, False, True]
        await limiter.slot(4, group=False)
        assert now() >= 5
        assert limiter.interval > 1.3 * usual
        for chat in range(10, 4_000):
            await limiter.slot(chat, group=False)
        assert limiter.interval == usual

    in_simulated_time(work())


def test_processes_that_send_for_one_bot_share_its_limit() -> None:
    async def work() -> None:
        limiter = pace()
        limiter.share(3)
        for chat in range(1, 32):
            await limiter.slot(chat, group=False)
        assert 2.9 < now() < 3.2

    in_simulated_time(work())


def test_a_server_without_limits_is_not_waited_for() -> None:
    async def work() -> None:
        limiter = pace(OPEN)
        for _ in range(100):
            await limiter.slot(-random.Random(1).randint(1, 5), group=True)  # noqa: S311 - guards nothing
        assert now() == 0
        assert limiter.room(0.25, 50) == 50
        assert not limiter.resting(0)

    in_simulated_time(work())
