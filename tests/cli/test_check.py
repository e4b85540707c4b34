"""`check` says of each thing that the bot needs whether it is well, and what to do where it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.house import House, open_house, paper

from bot.cli.check import findings


async def lines(house: House) -> list[str]:
    return [str(finding) async for finding in findings(house.settings)]


async def test_each_thing_is_well_or_is_told_with_what_to_do(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.arxiv.add_paper(replace(paper(1), arxiv_id="1706.03762"))
        well = await lines(house)
        assert [line.split()[0] for line in well] == ["ok"] * 7
        assert [line.split()[1] for line in well] == [
            "settings",
            "Telegram",
            "database",
            "arXiv",
            "limits",
            "limits",
            "libretranslate",
        ]
        house.telegram.world.inline_mode = False
        house.break_translator()
        _, telegram, _, _, _, counts, translator = await lines(house)
        assert "cards a day: 200; days of /digest a day: 40" in counts
        assert telegram.startswith("warn  Telegram")
        assert "/setinline at @BotFather" in telegram
        assert translator.startswith("FAIL  libretranslate")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"telegram_token": None}, "FAIL  Telegram       TELEGRAM_TOKEN is not set; get one from @BotFather"),
        ({"telegram_token": "123456789:" + "B" * 35}, "TELEGRAM_TOKEN is refused; copy it again from @BotFather"),
        ({"telegram_api_url": "http://127.0.0.1:9"}, "http://127.0.0.1:9 does not answer"),
        ({"arxiv_api_url": "http://127.0.0.1:9/query"}, "look at the network or ARXIV_API_URL"),
        ({"translators": ()}, "none: every text stays English; set TRANSLATORS and what they need"),
    ],
)
async def test_what_is_missing_or_silent_is_told_with_the_setting_to_look_at(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    async with open_house(tmp_path, **changes) as house:
        house.arxiv.add_paper(replace(paper(1), arxiv_id="1706.03762"))
        (failed,) = [line for line in await lines(house) if not line.startswith("ok")]
    assert failed.startswith("FAIL")
    assert told in failed


async def test_an_arxiv_that_lacks_a_paper_that_it_has_is_told(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        (failed,) = [line for line in await lines(house) if not line.startswith("ok")]
    assert "without a paper that it has; look at ARXIV_API_URL" in failed


async def test_a_database_that_cannot_be_used_is_told_and_ends_the_look(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        (tmp_path / "bot.sqlite3").write_bytes(b"no database" * 1000)
        *_, last = await lines(house)
    assert last.startswith("FAIL  database")
    assert "is not an SQLite database" in last
