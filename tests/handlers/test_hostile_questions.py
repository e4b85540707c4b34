"""Whatever a tampered app sends, a number of any size included, gets an answer, and breaks nothing."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from fakes.house import FRIDAY, House, announcement, open_house
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.handlers.buttons import BUTTONS
from bot.handlers.commands import COMMANDS
from bot.simulator.chat_state import Chat, User

_LONGEST_DATA = 64
_NUMBERS = (
    "-1",
    "00",
    "²",
    "٣",
    "1e9",
    "-0",
    "9" * 20,
    "9" * 60,
    "9" * 400,
    "1" + "0" * 5000,
    str(2**31),
    str(2**63 - 1),
    str(2**63),
    str(-(2**63) - 1),
    f"-100{'9' * 12}",
    f"-{'9' * 400}",
)
_WORDS = (
    *(
        "all",
        "on",
        "off",
        "yes",
        "time",
        "zone",
        "days",
        "types",
        "fields",
        "of",
        "in",
        "mine",
        "sub",
        "quiet",
        "topic",
    ),
    *("classic", "rich", "file", "main", "new", "papers", "language", "zh-CN", "xx", "bib", "csv", "cs.CV", "cs.CW"),
    *("2608.00001", "2608.00001v999", "hep-th/9901001", "25:99", "2026-99-99", "since:", "cat:", "@x", "@", "-", "²-²"),
)
_ARGUMENT = st.one_of(st.sampled_from(_NUMBERS), st.sampled_from(_WORDS), st.integers().map(str), st.text(max_size=40))
_PAYLOAD = st.builds(
    lambda kind, rest: f"{kind}_{'_'.join(rest)}",
    st.sampled_from(("sub", "p", "card", "bib", "like", "set", "chan", "inline", "")),
    st.lists(_ARGUMENT | st.sampled_from(("-" * 2000, "-._" * 900)), max_size=3),
)
_DATA = st.builds(
    lambda name, args: ":".join((name, *args)).encode()[:_LONGEST_DATA].decode(errors="ignore"),
    st.sampled_from([button.name for button in BUTTONS]) | st.text(max_size=8),
    st.lists(_ARGUMENT, max_size=4),
)
_COMMAND = st.one_of(
    st.builds(
        lambda name, args: f"/{name} {' '.join(args)}"[:4000],
        st.sampled_from([command.name for command in COMMANDS]),
        st.lists(_ARGUMENT, max_size=4),
    ),
    _PAYLOAD.map(lambda payload: f"/start {payload}"[:4000]),
)
_SOME = settings(
    max_examples=6, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)

_EVERYBODY = range(100_000_001, 100_000_200)
"""The numbers that the local Telegram gives people."""

Try = Callable[[House, User, Chat], Awaitable[None]]


def _tried(caplog: pytest.LogCaptureFixture, attempts: Sequence[Try], *, run_the_bot: bool = False) -> None:
    """Each by somebody new, who has asked for nothing yet, or by all those who run the bot."""

    async def all_of_them(folder: Path) -> None:
        changes = {"admin_ids": _EVERYBODY} if run_the_bot else {}
        async with open_house(folder, **changes) as house, house.running():
            house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
            for attempt in attempts:
                user = house.telegram.add_user("Eve")
                assert not run_the_bot or user.id in _EVERYBODY
                await attempt(house, user, house.telegram.private_chat(user))
            assert await house.say("/help")

    caplog.clear()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(all_of_them(Path(folder)))
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@_SOME
@given(st.lists(_DATA, min_size=10, max_size=60))
def test_every_callback_data_is_answered(caplog: pytest.LogCaptureFixture, data: list[str]) -> None:
    def press(one: str) -> Try:
        async def attempt(house: House, user: User, chat: Chat) -> None:
            await house.say("/privacy", chat=chat, user=user)
            await house.press_with(house.last(chat), one, user=user)

        return attempt

    _tried(caplog, [press(one) for one in data])


@_SOME
@given(st.lists(_ARGUMENT | st.just("9" * 500), min_size=10, max_size=60))
def test_every_inline_offset_is_answered(caplog: pytest.LogCaptureFixture, offsets: list[str]) -> None:
    def scroll(offset: str) -> Try:
        async def attempt(house: House, user: User, _chat: Chat) -> None:
            asked = house.telegram.inline(user, "sheep", offset)
            await house.telegram.wait_for(lambda: house.telegram.world.inline[asked].results is not None)

        return attempt

    _tried(caplog, [scroll(offset) for offset in offsets])


@_SOME
@given(st.lists(_ARGUMENT, min_size=10, max_size=60))
def test_every_inline_question_is_answered(caplog: pytest.LogCaptureFixture, questions: list[str]) -> None:
    def type_in(question: str) -> Try:
        async def attempt(house: House, user: User, _chat: Chat) -> None:
            asked = house.telegram.inline(user, question[:256])
            await house.telegram.wait_for(lambda: house.telegram.world.inline[asked].results is not None)

        return attempt

    _tried(caplog, [type_in(question) for question in questions])


@pytest.mark.parametrize("run_the_bot", [False, True], ids=["strangers", "administrators"])
@_SOME
@given(commands=st.lists(_COMMAND, min_size=10, max_size=60))
def test_every_command_is_answered(caplog: pytest.LogCaptureFixture, commands: list[str], *, run_the_bot: bool) -> None:
    def say(command: str) -> Try:
        async def attempt(house: House, user: User, chat: Chat) -> None:
            await house.say(command, chat=chat, user=user)

        return attempt

    _tried(caplog, [say(command) for command in commands], run_the_bot=run_the_bot)


async def test_a_payload_longer_than_any_deep_links_is_not_searched_for_ids(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running():
        house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
        assert "Sheep" in await house.say("/start p_2608-00001")
        assert "Which language" in await house.say(f"/start p_2608-00001{'-' * 60}")
