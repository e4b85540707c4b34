"""`check` says of each thing that the bot needs whether it is well, and what to do where it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fakes.house import House, open_house, paper

from bot.check import findings


async def lines(house: House) -> list[str]:
    return [str(finding) async for finding in findings(house.settings)]


async def test_each_thing_is_well_or_is_told_with_what_to_do(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.arxiv.add_paper(replace(paper(1), arxiv_id="1706.03762"))
        well = await lines(house)
        assert [line.split()[0] for line in well] == ["ok"] * 5
        assert [line.split()[1] for line in well] == ["settings", "Telegram", "database", "arXiv", "libretranslate"]
        house.telegram.world.inline_mode = False
        house.break_translator()
        _, telegram, _, _, translator = await lines(house)
        assert telegram.startswith("warn  Telegram")
        assert "/setinline at @BotFather" in telegram
        assert translator.startswith("FAIL  libretranslate")
