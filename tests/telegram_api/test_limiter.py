"""What handlers send: in its turn, before what is in bulk, and once more where Telegram says when."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from fakes.simulated_time import in_simulated_time
from telegram.error import RetryAfter

from bot.telegram_api.limiter import Limiter
from bot.telegram_api.pace import Pace

Request = tuple[str, int | str]


async def moments(requests: Sequence[Request], *, bulk: int = 0) -> list[float]:
    """When each of these requests went out, in seconds from the first; all are made at once, after so many in bulk."""
    clock = asyncio.get_running_loop().time
    pace = Pace(clock=clock)
    limiter = Limiter(pace)
    others = [asyncio.create_task(pace.slot(1000 + number, group=False)) for number in range(bulk)]
    await asyncio.sleep(0)
    begin = clock()

    async def request() -> float:
        return clock() - begin

    found = [
        await limiter.process_request(request, (), {}, endpoint, {"chat_id": chat}, None) for endpoint, chat in requests
    ]
    for other in others:
        other.cancel()
    return found


@dataclass
class Refused:
    """A message that Telegram refuses so often: when it was tried, whether it was given up, which chats rest then."""

    times: int
    seconds: int
    tried: list[float] = field(default_factory=list)
    given_up: bool = False
    resting: set[int] = field(default_factory=set)

    async def sent(self) -> None:
        clock = asyncio.get_running_loop().time
        pace = Pace(clock=clock)

        async def request() -> None:
            self.tried.append(clock())
            if len(self.tried) <= self.times:
                raise RetryAfter(self.seconds)

        try:
            await Limiter(pace).process_request(request, (), {}, "sendMessage", {"chat_id": 7}, None)
        except RetryAfter:
            self.given_up = True
        self.resting = pace.resting(2.0)


def refused(times: int, seconds: int) -> Refused:
    one = Refused(times, seconds)
    in_simulated_time(one.sent())
    return one


def test_messages_to_a_chat_go_a_second_apart_and_what_is_none_does_not_wait_for_them() -> None:
    kinds = ("sendMessage", "sendChatAction", "getChat", "editMessageText", "sendMessageDraft", "sendMessage")
    first, *between, last = in_simulated_time(moments([(kind, 7) for kind in kinds]))
    assert first == 0
    assert max(between) < 0.1
    assert last >= 1


@pytest.mark.parametrize("chat", [-7, "@daily_cv"])
def test_a_group_and_whatever_has_a_name_gets_twenty_messages_a_minute(chat: int | str) -> None:
    at = in_simulated_time(moments([("sendMessage", chat)] * 21))
    assert at[19] < 30
    assert at[20] >= 60


def test_a_private_chat_gets_one_every_second_for_as_long_as_it_takes() -> None:
    assert 20 <= in_simulated_time(moments([("sendMessage", 7)] * 21))[-1] < 25


def test_an_answer_goes_before_what_is_in_bulk() -> None:
    assert in_simulated_time(moments([("sendMessage", 7)], bulk=300))[0] < 0.3


def test_what_telegram_refuses_for_now_is_tried_again_when_it_says_so() -> None:
    one = refused(2, 3)
    first, second, third = one.tried
    assert second - first >= 3.5
    assert third - second >= 3.5
    assert (one.given_up, one.resting) == (False, set())


def test_it_is_given_up_after_three_times_and_the_chat_rests() -> None:
    one = refused(3, 3)
    assert (len(one.tried), one.given_up, one.resting) == (3, True, {7})


def test_whoever_asks_hears_at_once_of_a_pause_of_minutes() -> None:
    one = refused(1, 90)
    assert (len(one.tried), one.given_up, one.resting) == (1, True, {7})
