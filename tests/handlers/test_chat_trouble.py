"""While the database cannot be read people hear so in the language of their app; afterwards all is as before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes.house import House, open_house
from fakes.stored import SERVER

pytestmark = pytest.mark.skipif(bool(SERVER), reason="a missing table is another error there")


@asynccontextmanager
async def broken(house: House) -> AsyncIterator[None]:
    async with house.bot.core.db.begin() as session:
        await session.execute(sa.text("ALTER TABLE destinations RENAME TO elsewhere"))
    yield
    async with house.bot.core.db.begin() as session:
        await session.execute(sa.text("ALTER TABLE elsewhere RENAME TO destinations"))


async def test_commands_and_buttons_are_answered_with_an_excuse_and_work_again_afterwards(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(tmp_path) as house:
        chinese = house.telegram.add_user("Wang", language_code="zh-hans")
        group = house.telegram.add_group("Lab", creator=chinese)
        async with house.running():
            await house.say("/settings")
            settings = house.last()
            async with broken(house):
                assert "Something went wrong" in await house.say("/settings")
                assert "出了点问题" in await house.say("/help", chat=group, user=chinese)
                assert "Something went wrong" in await house.press(settings, settings.buttons[0][0].text)
                before = len(house.telegram.from_bot(group))
                house.telegram.say(group, chinese, "Nobody asked the bot anything.")
                await house.telegram.quiet()
            assert "/subscribe" in await house.say("/help", chat=group, user=chinese)
            assert len(house.telegram.from_bot(group)) == before + 1
            assert "Something went wrong" not in await house.say("/settings")
    assert [record for record in caplog.records if record.name == "bot.handlers.dispatch" and record.exc_info] == []
