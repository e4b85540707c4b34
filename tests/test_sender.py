"""What the sender makes of Telegram's refusals that concern more than one chat."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes.house import Seconds

from bot.pace import Pace
from bot.sender import Sender
from bot.simulator.telegram import SimulatedTelegram
from bot.wire import AiohttpRequest
from storage.records import ChatKind, Delivery, DeliveryState, Destination, Part, PartKind, RetryAt

NOW = datetime(2026, 8, 21, 12, 0, tzinfo=UTC)


async def test_a_token_that_is_no_longer_good_holds_everything_and_loses_nothing() -> None:
    async with SimulatedTelegram() as telegram:
        seconds = Seconds()
        pace = Pace(clock=seconds, sleep=seconds.sleep)
        wrong = "110201543:" + "C" * 35
        part = Part(1, PartKind.MESSAGE, {"text": "hello", "buttons": []}, "hash")
        place = Destination(7, ChatKind.PRIVATE, "zh-CN", "zh", "UTC", id=1)
        row = Delivery(1, 1, place, 1, part, DeliveryState.SENDING)
        async with AiohttpRequest() as request:
            sender = Sender(request=request, address=f"{telegram.url}/bot{wrong}", pace=pace, now=lambda: NOW)
            outcome = await sender.send(row)
        assert isinstance(outcome, RetryAt)
        assert outcome.whole_bot
        assert await pace.turn(8, group=False, patience=60) > 60
