"""What the app shows of the bot, in each language and for each kind of reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fakes.house import House, open_house

from bot.handlers.commands import COMMANDS
from bot.handlers.profile import FOR_MEMBERS, FOR_ONESELF
from bot.i18n import words_for
from bot.simulator.faults import Fault, FaultKind


def menu(house: House, language: str, **scope: Any) -> dict[str, str]:
    shown = house.telegram.world.profile.commands[json.dumps(scope, sort_keys=True), language]
    return {mapping["command"]: mapping["description"] for mapping in shown}


async def settled(house: House) -> None:
    """Until everything has been compared: the menu of the bot's administrator, in the last language, is the last."""
    last = (json.dumps({"type": "chat", "chat_id": house.person.id}, sort_keys=True), "zh")
    await house.telegram.wait_for(lambda: last in house.telegram.world.profile.commands)


async def test_name_descriptions_and_menus_are_set_in_each_language_and_only_when_they_differ(tmp_path: Path) -> None:
    async with open_house(tmp_path, set_profile=True) as house:
        async with house.running():
            await settled(house)
        texts = house.telegram.world.profile.texts
        for code, language in (("", "en"), ("zh", "zh")):
            words = words_for(language)
            for name in ("name", "description", "short_description"):
                assert texts[name, code] == words(f"profile-{name.replace('_', '-')}")
        everyone = {command.name for command in COMMANDS if not command.administrators_only}
        assert set(menu(house, "", type="all_private_chats")) == everyone
        assert set(menu(house, "", type="all_group_chats")) == set(FOR_MEMBERS)
        assert set(menu(house, "", type="all_chat_administrators")) == everyone - set(FOR_ONESELF)
        host = menu(house, "zh", type="chat", chat_id=house.person.id)
        assert set(host) == {command.name for command in COMMANDS}
        assert host["stats"] == words_for("zh")("command-stats")
        changes = {name: count for name, count in house.telegram.world.counts.items() if name.startswith("setmy")}
        asked = house.telegram.world.counts["getmycommands"]
        async with house.running():
            await house.telegram.wait_for(lambda: house.telegram.world.counts["getmycommands"] >= 2 * asked)
            await house.say("/help")
        assert {name: house.telegram.world.counts[name] for name in changes} == changes


async def test_the_bot_works_when_telegram_takes_no_more_changes_for_today(tmp_path: Path) -> None:
    async with open_house(tmp_path, set_profile=True) as house:
        for method in ("setMyName", "setMyDescription"):
            house.telegram.faults.add(Fault(FaultKind.RATE_LIMIT, method=method, retry_after=80_000))
        async with house.running():
            await settled(house)
            assert "/subscribe" in await house.say("/help")


def test_what_is_for_whom_names_commands_that_there_are() -> None:
    assert {*FOR_MEMBERS, *FOR_ONESELF} <= {command.name for command in COMMANDS if not command.administrators_only}
