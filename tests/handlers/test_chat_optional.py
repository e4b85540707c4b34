"""What only shows that the bot is at work never costs the answer, whatever Telegram says to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.house import FRIDAY, House, announcement, open_house, paper
from fakes.translator_server import Trouble

from bot.simulator.faults import Fault, FaultKind
from storage import papers

FAULTS = [
    Fault(FaultKind.RATE_LIMIT, times=None, retry_after=3),
    Fault(FaultKind.SERVER_ERROR, times=None),
    Fault(FaultKind.CUT_BEFORE, times=None),
    Fault(FaultKind.CUT_AFTER, times=None),
    Fault(FaultKind.BAD_REQUEST, times=None, text="TOPIC_CLOSED"),
    Fault(FaultKind.FORBIDDEN, times=None, text="bot was kicked from the group chat"),
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        house.arxiv.announce("cs.CV", announcement(), FRIDAY)
        async with house.bot.services.db.begin() as session:
            await papers.save(session, [paper(1)])
        yield house


def strike(house: House, fault: Fault, method: str) -> None:
    house.telegram.faults.plan = lambda called, _params, _sequence: fault if called.lower() == method.lower() else None


def struck(house: House, method: str) -> bool:
    return any(called.lower() == method.lower() for _, called, _ in house.telegram.faults.struck)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.kind))
async def test_an_answer_comes_also_when_typing_cannot_be_shown(house: House, fault: Fault) -> None:
    await house.say("/save 2608.00001")
    await house.say("/saved")
    saved = house.last()
    strike(house, fault, "sendChatAction")
    assert "with 1 Cameras" in await house.say("https://arxiv.org/abs/2608.00001")
    await house.say("/digest cs.CV")
    await house.telegram.quiet()
    assert all("Something went wrong" not in message.text for message in house.telegram.from_bot(house.private))
    await house.say("/export")
    assert house.last().document is not None
    before = len(house.telegram.from_bot(house.private))
    await house.press(saved, "BibTeX")
    await house.telegram.wait_for_messages(house.private, before + 1)
    assert house.last().document is not None
    assert struck(house, "sendChatAction")


async def test_an_answer_does_not_wait_for_typing_that_telegram_never_says_it_shows(house: House) -> None:
    strike(house, Fault(FaultKind.HANG, times=None), "sendChatAction")
    assert "with 1 Cameras" in await house.say("https://arxiv.org/abs/2608.00001")
    assert struck(house, "sendChatAction")


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.CUT_BEFORE, FaultKind.RATE_LIMIT])
async def test_a_card_whose_completion_is_not_answered_stays_in_english_and_is_completed_later(
    house: House, kind: FaultKind
) -> None:
    house.translator.troubles["libretranslate"] = Trouble.HELD
    group = house.telegram.add_group("Readers", creator=house.person)
    await house.say(f"@{house.telegram.bot.username} 2608.00001", chat=group)
    card = house.last(group)
    assert "with 1 Cameras" in card.text
    strike(house, Fault(kind, times=None, retry_after=0), "editMessageText")
    house.translator.go.set()
    await house.telegram.wait_for(lambda: struck(house, "editMessageText"))
    await house.say("/help", chat=group)
    assert [message.text for message in house.telegram.from_bot(group)][:1] == [card.text]
    assert all("Something went wrong" not in message.text for message in house.telegram.from_bot(group))
    house.telegram.faults.clear()
    house.clock.now += timedelta(hours=2)
    await house.bot.retries.tick()
    assert card.edited
    assert "2608.00001" in card.html
    assert "with 1 Cameras" not in card.text.splitlines()[0]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.kind))
async def test_a_press_does_what_it_is_for_also_when_it_cannot_be_answered(house: House, fault: Fault) -> None:
    await house.say("/settings")
    settings = house.last()
    strike(house, fault, "answerCallbackQuery")
    edits, before = settings.edited, len(house.telegram.from_bot(house.private))
    house.telegram.press(settings, house.person, settings.buttons[0][0].text)
    await house.telegram.wait_for(lambda: settings.edited > edits)
    await house.telegram.wait_for(lambda: struck(house, "answerCallbackQuery"))
    await house.telegram.quiet()
    assert len(house.telegram.from_bot(house.private)) == before


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.kind))
async def test_a_refusal_that_cannot_be_shown_above_the_chat_is_said_there(house: House, fault: Fault) -> None:
    await house.say("/settings")
    settings = house.last()
    strike(house, fault, "answerCallbackQuery")
    before = len(house.telegram.from_bot(house.private))
    house.telegram.press_with(settings, house.person, "set:999")
    await house.telegram.wait_for_messages(house.private, before + 1)
    assert "Something went wrong" not in house.last().text
