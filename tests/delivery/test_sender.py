"""What the sender makes of Telegram's refusals, and of rows that cannot be sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.simulated_time import Seconds
from telegram.error import BadRequest, RetryAfter

from bot.delivery.permits import Permit
from bot.delivery.sender import Sender
from bot.simulator.chat_state import Chat
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.params import Params
from bot.simulator.telegram import SimulatedTelegram
from bot.telegram_api.pace import Pace
from bot.telegram_api.request import AiohttpRequest
from storage.records import (
    ChatKind,
    Delivery,
    DeliveryState,
    Destination,
    Layout,
    Part,
    PartKind,
    Refused,
    RetryAt,
    Sent,
)

NOW = datetime(2026, 8, 21, 12, 0, tzinfo=UTC)
HELLO = Part(1, PartKind.MESSAGE, {"text": "<b>hello</b>", "buttons": []}, "hash")
RICH = Part(1, PartKind.RICH, {**HELLO.payload, "rich": {"html": "<p>hello, rich</p>"}}, "rich")


@dataclass
class Scene:
    """A sender, the private chat that it sends to, and its pace."""

    telegram: SimulatedTelegram
    sender: Sender
    chat: Chat
    place: Destination
    pace: Pace

    def row(self, part: Part = HELLO) -> Delivery:
        return Delivery(1, 1, self.place, 1, part, DeliveryState.SENDING)

    def texts(self) -> list[str]:
        return [message.text for message in self.telegram.from_bot(self.chat)]


@asynccontextmanager
async def scene(token: str | None = None) -> AsyncIterator[Scene]:
    async with SimulatedTelegram() as telegram, AiohttpRequest() as request:
        seconds = Seconds()
        pace = Pace(clock=seconds, sleep=seconds.sleep)
        address = f"{telegram.url}/bot{token or telegram.token}"
        chat = telegram.private_chat(telegram.add_user("Lin"))
        place = Destination(chat.id, ChatKind.PRIVATE, "zh-CN", "zh", "UTC", id=1)
        yield Scene(telegram, Sender(request=request, address=address, pace=pace, now=lambda: NOW), chat, place, pace)


async def test_a_token_that_is_no_longer_good_holds_everything_and_loses_nothing() -> None:
    async with scene("110201543:" + "C" * 35) as here:
        outcome = await here.sender.send(here.row())
        assert isinstance(outcome, RetryAt)
        assert outcome.whole_bot
        assert await here.pace.slot(8, group=False, patience=60) > 60


async def test_a_row_that_cannot_be_made_into_a_message_is_refused_and_the_next_one_sent() -> None:
    async with scene() as here:
        broken = Part(1, PartKind.MESSAGE, {"buttons": []}, "broken")
        assert await here.sender.send(here.row(broken)) == Refused("cannot be sent: KeyError")
        assert isinstance(await here.sender.send(here.row()), Sent)
        assert here.texts() == ["hello"]


async def test_once_the_program_stops_a_row_whose_turn_has_come_is_left_for_the_next_start() -> None:
    async with scene() as here:
        outcome = await here.sender.send(here.row(), begin=refuse)
        assert outcome == RetryAt(NOW, "it was not begun")
        assert here.texts() == []


async def test_a_process_that_stood_still_after_its_turn_does_not_write_the_request() -> None:
    async with scene() as here:
        outcome = await here.sender.send(here.row(), begin=expired)
        assert outcome == RetryAt(NOW, "it was not begun")
        assert here.texts() == []


async def refuse(_delivery: Delivery) -> Permit | None:
    """The row is another process's by now, or the program stops."""
    return None


async def expired(_delivery: Delivery) -> Permit | None:
    """The row was this process's, too long ago."""
    return lambda: False


async def test_a_chat_whose_turn_is_far_away_does_not_hold_the_others() -> None:
    async with scene() as here:
        here.pace.limited(here.chat.id, 300)
        outcome = await here.sender.send(here.row())
        assert isinstance(outcome, RetryAt)
        assert outcome.at > NOW + timedelta(seconds=290)


async def test_markup_that_is_refused_goes_as_plain_words() -> None:
    async with scene() as here:
        here.telegram.faults.add(Fault(FaultKind.BAD_REQUEST, text="can't parse entities: odd"))
        assert isinstance(await here.sender.send(here.row()), Sent)
        (message,) = here.telegram.from_bot(here.chat)
        assert (message.text, message.entities) == ("hello", ())


async def test_of_a_full_message_in_plain_words_only_the_addresses_are_left_out() -> None:
    async with scene() as here:
        lines = [f'<a href="https://arxiv.org/abs/2608.{number:05}">Paper {number}</a>' for number in range(300)]
        full = replace(HELLO, payload={**HELLO.payload, "text": "\n".join(lines)})
        here.telegram.faults.add(Fault(FaultKind.BAD_REQUEST, text="can't parse entities: odd"))
        assert isinstance(await here.sender.send(here.row(full)), Sent)
        assert here.texts() == ["\n".join(f"Paper {number}" for number in range(300))]


async def test_an_answer_in_a_layout_that_is_refused_comes_in_a_simpler_one() -> None:
    async with scene() as here:
        here.telegram.faults.add(Fault(FaultKind.BAD_REQUEST, method="sendRichMessage", text="RICH_MESSAGE_INVALID"))
        await here.sender.post(replace(here.place, layout=Layout.RICH), RICH)
        await here.sender.post(here.place, RICH)
        assert here.texts() == ["hello", "hello"]
        here.telegram.faults.add(Fault(FaultKind.BAD_REQUEST, text="chat not found"))
        with pytest.raises(BadRequest, match="hat not found"):
            await here.sender.post(here.place, HELLO)


async def test_a_page_that_is_turned_while_telegram_asks_for_patience_is_turned_when_that_is_over() -> None:
    async with scene() as here:
        number = await here.sender.post(here.place, HELLO)
        other = replace(HELLO, payload={**HELLO.payload, "text": "page 2"}, content_hash="two")
        here.telegram.faults.add(Fault(FaultKind.RATE_LIMIT, method="editMessageText", retry_after=3, times=2))
        assert await here.sender.change(here.place, number, other) == other
        assert here.texts() == ["page 2"]
        here.telegram.faults.add(Fault(FaultKind.RATE_LIMIT, method="editMessageText", retry_after=3, times=None))
        with pytest.raises(RetryAfter):
            await here.sender.change(here.place, number, HELLO)
        assert here.texts() == ["page 2"]


async def test_whatever_else_is_limited_makes_its_chat_wait() -> None:
    async with scene() as here:
        here.telegram.faults.add(Fault(FaultKind.RATE_LIMIT, method="pinChatMessage", retry_after=30))
        with pytest.raises(RetryAfter):
            await here.sender.call("pinChatMessage", here.chat.id, message_id=1)
        assert await here.pace.slot(here.chat.id, group=False, patience=1) > 25


async def test_content_that_is_refused_three_times_for_other_reasons_comes_in_two_and_keeps_its_words() -> None:
    async with scene() as here:
        odd = replace(HELLO, payload={"text": "a &lt;b&gt; c " + "x" * 4000, "buttons": [[{"text": "?", "url": "?"}]]})
        for text in ("can't parse entities: odd", "BUTTON_URL_INVALID", "message is too long"):
            here.telegram.faults.add(Fault(FaultKind.BAD_REQUEST, method="sendMessage", text=text))
        assert isinstance(await here.sender.send(here.row(odd)), Sent)
        first, second = here.texts()
        assert first.startswith("a <b> c xxx")
        assert max(len(first), len(second)) <= 2048
        assert first + second == "a <b> c " + "x" * 4000


async def test_a_refusal_about_rights_that_cannot_be_looked_into_before_the_end_waits_for_the_next_start() -> None:
    async with scene() as here:

        def plan(method: str, _params: Params, _sequence: int) -> Fault | None:
            if method.lower() != "sendmessage":
                return None
            here.pace.close(-1.0)
            return Fault(FaultKind.BAD_REQUEST, text="not enough rights to send text messages to the chat")

        here.telegram.faults.plan = plan
        group = replace(here.place, kind=ChatKind.SUPERGROUP)
        outcome = await here.sender.send(replace(here.row(HELLO), destination=group))
        assert isinstance(outcome, RetryAt)
        assert outcome.refused


async def test_a_message_that_is_too_long_after_all_comes_in_two_at_the_end_of_a_line_and_its_correction_in_one() -> (
    None
):
    async with scene() as here:
        lines = [f"{number}. " + "w" * 60 for number in range(50)]
        part = replace(HELLO, payload={"text": "\n".join(lines), "buttons": []})
        here.telegram.faults.add(Fault(FaultKind.BAD_REQUEST, method="sendMessage", text="message is too long"))
        here.telegram.faults.add(Fault(FaultKind.BAD_REQUEST, method="editMessageText", text="message is too long"))
        sent = await here.sender.send(here.row(part))
        assert isinstance(sent, Sent)
        first, second = here.texts()
        assert [*first.splitlines(), *second.splitlines()] == lines
        corrected = replace(here.row(part), message_id=sent.message_id)
        assert isinstance(await here.sender.send(corrected), Sent)
        assert here.texts() == [first, second]


async def test_a_rich_message_whose_content_is_refused_comes_in_the_classic_layout() -> None:
    async with scene() as here:
        place = replace(here.place, layout=Layout.RICH)
        here.telegram.faults.add(Fault(FaultKind.BAD_REQUEST, method="sendRichMessage", text="message is too long"))
        assert isinstance(await here.sender.send(replace(here.row(RICH), destination=place)), Sent)
        assert here.texts() == ["hello"]
