"""The one editor of posted messages: what is replaced, what is left, and what is tried again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.house import House, open_house
from telegram.error import TelegramError

from bot.corrections.posted import Edited, PostedMessage
from bot.render.digest_pieces import make_part
from bot.simulator.faults import Fault, FaultKind
from storage.records import ChatKind, Destination, Part, PartKind


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        await house.say("/help")
        yield house


def part(text: str) -> Part:
    return make_part(0, PartKind.MESSAGE, {"text": text, "buttons": []})


async def edit(house: House, text: str, *, stands: bool = True) -> Edited:
    async def still_stands() -> bool:
        return stands

    place = Destination(house.private.id, ChatKind.PRIVATE, "zh-CN", "en", "UTC")
    message = PostedMessage(place, house.telegram.from_bot(house.private)[-1].message_id)
    return await house.bot.services.posted.edit(message, part(text), still_stands)


async def test_a_message_that_stands_is_replaced_and_one_that_does_not_is_left(house: House) -> None:
    assert await edit(house, "<b>new</b>") is Edited.DONE
    assert house.last().text == "new"
    assert await edit(house, "newer", stands=False) is Edited.SUPERSEDED
    assert house.last().text == "new"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FaultKind.BAD_REQUEST, "message to edit not found"),
        (FaultKind.BAD_REQUEST, "message can't be edited"),
        (FaultKind.FORBIDDEN, "bot was blocked by the user"),
    ],
)
async def test_a_message_that_is_gone_or_closed_to_the_bot_is_let_go(house: House, kind: FaultKind, text: str) -> None:
    house.telegram.faults.add(Fault(kind, method="editMessageText", text=text))
    assert await edit(house, "new") is Edited.GONE


async def test_a_message_that_says_so_already_is_well(house: House) -> None:
    assert await edit(house, "new") is Edited.DONE
    assert await edit(house, "new") is Edited.DONE


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.CUT_BEFORE])
async def test_what_may_go_well_another_time_is_the_callers_to_try_again(house: House, kind: FaultKind) -> None:
    house.telegram.faults.add(Fault(kind, method="editMessageText"))
    with pytest.raises(TelegramError):
        await edit(house, "new")
    assert await edit(house, "new") is Edited.DONE
