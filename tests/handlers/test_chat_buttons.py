from __future__ import annotations

from pathlib import Path

import pytest
from fakes.house import FRIDAY, announcement, open_house
from hypothesis import given
from hypothesis import strategies as st

from bot.render.button import CALLBACK_LIMIT, callback, read_callback

NOW = "Today’s digest now"
_part = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=20)


async def test_a_button_does_what_its_command_does(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        house.arxiv.announce("cs.CV", announcement(), FRIDAY)
        await house.say("/subscribe cs.CV")
        before = len(house.telegram.from_bot(house.private))
        assert await house.press(house.last(), NOW) == ""
        await house.telegram.wait_for_messages(house.private, before + 2)
        assert "3 new" in house.telegram.from_bot(house.private)[before].text


async def test_a_button_that_cannot_do_it_says_so_above_the_chat(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        await house.say("/subscribe cs.CV")
        message = house.last()
        await house.say("/unsubscribe all")
        before = len(house.telegram.from_bot(house.private))
        assert "Which category?" in await house.press(message, NOW)
        assert len(house.telegram.from_bot(house.private)) == before


async def test_data_of_no_button_is_answered_and_changes_nothing(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        await house.say("/subscribe cs.CV")
        before = len(house.telegram.from_bot(house.private))
        for data in ("no-such-button", ":", "digest", "x" * CALLBACK_LIMIT):
            shown = await house.press_with(house.last(), data)
            assert ("no longer works" in shown) is (data != "digest")
        assert "not known here" in await house.press_with(house.last(), "digest:cs.LG:2026-08-20")
        assert len(house.telegram.from_bot(house.private)) == before


@given(_part, st.lists(_part, max_size=3))
def test_what_a_button_carries_comes_back_or_is_refused_when_it_is_made(name: str, arguments: list[str]) -> None:
    size = len(":".join((name, *arguments)).encode())
    if size > CALLBACK_LIMIT:
        with pytest.raises(ValueError, match="64 bytes"):
            callback(name, *arguments)
    else:
        assert read_callback(callback(name, *arguments)) == (name, tuple(arguments))
