"""Several processes of one bot, real ones, on one database: SQLite's, or PostgreSQL's with tests/on_postgresql.py."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from fakes.bot_process import bot_process
from fakes.processes import HANG, Processes
from fakes.stored import SERVER, address, no_database
from sqlalchemy import make_url

from bot.simulator.telegram import SimulatedTelegram

on_postgresql = pytest.mark.skipif(not SERVER, reason="about a server: python tests/on_postgresql.py")


def options(telegram: SimulatedTelegram, folder: Path) -> dict[str, str]:
    return {
        "TELEGRAM_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.url,
        "DATABASE_URL": address(folder),
        "SET_PROFILE": "false",
        "TRANSLATORS": "recorded",
    }


async def test_three_processes_that_start_on_an_empty_database_at_the_same_time_all_live(tmp_path: Path) -> None:
    async with SimulatedTelegram() as telegram, AsyncExitStack() as stack:
        stack.enter_context(no_database(tmp_path))
        three = [await stack.enter_async_context(bot_process(tmp_path, **options(telegram, tmp_path))) for _ in "abc"]
        said = await asyncio.gather(*(bot_process.says(" started ", " standby ") for bot_process in three))
        assert [one.process.returncode for one in three] == [None, None, None]
        # On SQLite the two that wait begin nothing; on PostgreSQL they say so, too, and go on.
        assert sum("standby" in line for line in said) == 2
        person = telegram.add_user("Lin")
        telegram.say(telegram.private_chat(person), person, "/help")
        await telegram.wait_for_messages(telegram.private_chat(person), 1, timeout=HANG)


MIGRATE = """
import asyncio, sys
import storage.migrations.run
from storage.database import migrate
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(migrate(sys.argv[1]))
"""


async def test_an_empty_database_is_made_once_when_four_processes_come_to_it_in_the_same_moment(
    tmp_path: Path, processes: Processes
) -> None:
    with no_database(tmp_path):
        command = (sys.executable, "-c", MIGRATE, address(tmp_path))
        four = [await processes.start(*command, stdin=PIPE, stdout=PIPE) for _ in range(4)]
        for process in four:
            assert process.stdout is not None
            await process.stdout.readline()
        for process in four:
            assert process.stdin is not None
            process.stdin.write(b"now\n")
        assert [await process.wait() for process in four] == [0, 0, 0, 0]


async def test_a_second_process_says_that_it_waits_and_goes_on_when_the_first_is_killed(tmp_path: Path) -> None:
    async with SimulatedTelegram() as telegram, AsyncExitStack() as stack:
        stack.enter_context(no_database(tmp_path))
        person = telegram.add_user("Lin")
        chat = telegram.private_chat(person)
        first = await stack.enter_async_context(bot_process(tmp_path, **options(telegram, tmp_path)))
        await first.says(" started ")
        second = await stack.enter_async_context(bot_process(tmp_path, **options(telegram, tmp_path)))
        line = await second.says(" standby ")
        assert "another process of this bot is at work on this database" in line
        telegram.say(chat, person, "/help")
        await telegram.wait_for_messages(chat, 1, timeout=HANG)
        said = await first.kill()
        telegram.say(chat, person, "/help")
        await telegram.wait_for_messages(chat, 2, timeout=HANG)
        said += await second.kill()
        assert "polling_in_trouble" not in said
        assert "polled_elsewhere" not in said
        assert said.count(" standby ") == 1


@on_postgresql
async def test_a_server_that_is_away_at_the_start_is_waited_for(tmp_path: Path) -> None:
    # The server listens in a folder of its own; here it is found once there is a link to it.
    server = make_url(address(tmp_path))
    folder = tmp_path / "run"
    folder.mkdir()
    there = Path(str(server.query["host"])) / ".s.PGSQL.5432"
    async with SimulatedTelegram() as telegram, AsyncExitStack() as stack:
        stack.enter_context(no_database(tmp_path))
        away = server.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
        asked = {**options(telegram, tmp_path), "DATABASE_URL": away}
        bot = await stack.enter_async_context(bot_process(tmp_path, **asked))
        assert "No such file or directory" in await bot.says("database_out_of_reach")
        (folder / there.name).symlink_to(there)
        await bot.says("database_answers")
        await bot.says(" started ")
        assert sum("database_out_of_reach" in line for line in bot.lines) == 1


@on_postgresql
async def test_a_database_that_the_server_does_not_know_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    async with SimulatedTelegram() as telegram, bot_process(tmp_path, **options(telegram, tmp_path)) as bot:
        code, said = await bot.ended()
    assert code == 1
    assert len(said.splitlines()) == 1
    assert "does not exist" in said
