"""The bot as its host runs it: a process, stopped by SIGTERM, started again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.arxiv_server import ArxivServer
from fakes.house import announcement
from fakes.processes import HANG, Processes, environment, started
from fakes.simulated_time import Seconds
from fakes.translator_server import TranslatorServer, Trouble
from pydantic import SecretStr

from bot.app import running, serve
from bot.arxiv_source import calendar
from bot.cli import main as cli
from bot.cli.arguments import build_parser
from bot.config import Settings
from bot.runtime.lifecycle import CannotStart
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.telegram import SimulatedTelegram
from bot.telegram_api.pace import Pace

SAMPLE = Path(__file__).parents[2] / "bot" / "simulator" / "sample"


async def start(processes: Processes, folder: Path, **more: str) -> Process:
    known = environment(DATA_DIR=str(folder), **more)
    return await processes.start(sys.executable, "-m", "bot", "run", env=known, cwd=folder, stdout=PIPE, stderr=PIPE)


async def finish(process: Process) -> str:
    process.send_signal(signal.SIGTERM)
    _, log = await asyncio.wait_for(process.communicate(), HANG)
    assert process.returncode == 0, log.decode()
    assert "Traceback" not in log.decode()
    return log.decode()


async def test_sigterm_in_the_middle_of_a_digest_and_a_new_start_complete_it_with_nothing_twice(
    tmp_path: Path, processes: Processes
) -> None:
    async with SimulatedTelegram() as telegram, ArxivServer() as arxiv:
        person = telegram.add_user("Lin")
        channel = telegram.add_channel("Daily", "daily_cv", creator=person)
        arxiv.announce("cs.CV", announcement(60), calendar.mailing_date(datetime.now(UTC)))
        options: dict[str, Any] = {
            "TELEGRAM_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "ARXIV_FEED_URL": arxiv.feed_url,
            "ARXIV_API_URL": arxiv.api_url,
            "ARXIV_WEB_URL": arxiv.web_url,
            "ARXIV_INTERVAL": "0",
            "TICK_SECONDS": "0.2",
            "TRANSLATORS": "recorded",
        }
        process = await start(processes, tmp_path, **options)
        telegram.say(telegram.private_chat(person), person, "/subscribe @daily_cv cs.CV")
        telegram.faults.add(Fault(FaultKind.SLOW, chat_id=channel.id, times=None, seconds=0.4))
        await telegram.wait_for_messages(channel, 2, timeout=HANG)
        assert not any(message.document for message in telegram.from_bot(channel))
        log = await finish(process)
        assert telegram.token not in log
        telegram.faults.clear()
        again = {name.lower(): value for name, value in options.items()} | {"translators": ("recorded",)}
        seconds = Seconds()
        pace = Pace(clock=seconds, sleep=seconds.sleep)
        async with running(Settings(_env_file=None, data_dir=tmp_path, **again), pace=pace):
            await telegram.wait_for(lambda: any(message.document for message in telegram.from_bot(channel)))
    shown = [one for one in telegram.record if one.chat_id == channel.id]
    assert len(shown) >= 3
    assert max(Counter(accepted.text for accepted in shown if not accepted.document).values()) == 1
    assert sum(bool(accepted.document) for accepted in shown) == 1
    assert shown[-1].document


async def test_a_card_whose_translation_a_kill_broke_off_is_completed_after_the_next_start(
    tmp_path: Path, processes: Processes
) -> None:
    async with SimulatedTelegram() as telegram, ArxivServer() as arxiv, TranslatorServer() as translator:
        arxiv.add_paper(announcement(1)[0].paper)
        person = telegram.add_user("Lin")
        group = telegram.add_group("Readers", creator=person)
        settings: dict[str, Any] = {
            "telegram_token": telegram.token,
            "telegram_api_url": telegram.url,
            "arxiv_api_url": arxiv.api_url,
            "libretranslate_url": translator.address("libretranslate"),
            "set_profile": "false",
        }
        translator.troubles["libretranslate"] = Trouble.HANG
        options = {name.upper(): value for name, value in settings.items()} | {"TRANSLATORS": "libretranslate"}
        process = await start(processes, tmp_path, **options)
        telegram.say(group, person, f"@{telegram.bot.username} 2608.00001")
        (card,) = await telegram.wait_for_messages(group, timeout=HANG)
        assert "Translating" in card.text
        await written(tmp_path)
        process.kill()
        await process.communicate()
        assert "Translating" in card.text
        translator.troubles.clear()
        async with running(Settings(_env_file=None, data_dir=tmp_path, translators=("libretranslate",), **settings)):
            await telegram.wait_for(lambda: "Translating" not in card.text)
        assert "not translated" not in card.text
        assert card.edited == 1


async def written(folder: Path) -> None:
    """Wait until it is written where the card stands."""
    async with asyncio.timeout(HANG):
        while True:
            with closing(sqlite3.connect(folder / "bot.sqlite3")) as other:
                if other.execute("SELECT count(*) FROM open_cards").fetchone()[0]:
                    return
            await asyncio.sleep(0.01)


async def test_sigterm_ends_a_start_that_waits_for_telegram(tmp_path: Path, processes: Processes) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        process = await start(processes, tmp_path, TELEGRAM_TOKEN="123456789:" + "B" * 35, TELEGRAM_API_URL=nowhere)
        assert process.stderr is not None
        assert b"telegram_unreachable" in await process.stderr.readuntil(b"telegram_unreachable")
        await finish(process)


async def test_a_second_signal_ends_it_at_once_whatever_is_under_way(tmp_path: Path, processes: Processes) -> None:
    async with SimulatedTelegram() as telegram:
        person = telegram.add_user("Lin")
        chat = telegram.private_chat(person)
        process = await start(processes, tmp_path, TELEGRAM_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url)
        telegram.say(chat, person, "/help")
        await telegram.wait_for_messages(chat, 1, timeout=HANG)
        telegram.faults.add(Fault(FaultKind.HANG, method="sendMessage"))
        telegram.say(chat, person, "/help")
        await telegram.wait_for(lambda: telegram.faults.struck)
        assert process.stderr is not None
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(HANG):
            while b"stopping" not in await process.stderr.readline():
                assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(process.communicate(), HANG)
    assert process.returncode == 1
    assert b"stopped_short" in log


async def test_a_wrong_token_ends_the_start_with_a_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    wrong = "123456789:" + "B" * 35
    async with SimulatedTelegram() as telegram:
        settings = Settings(
            _env_file=None, telegram_token=SecretStr(wrong), telegram_api_url=telegram.url, data_dir=tmp_path
        )
        with pytest.raises(CannotStart, match="Telegram refuses TELEGRAM_TOKEN"):
            await serve(settings)
    assert wrong not in caplog.text


def test_a_data_folder_that_cannot_be_used_ends_the_start_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    data = tmp_path / "file" / "data"
    settings = Settings(_env_file=None, telegram_token=SecretStr("123456789:" + "B" * 35), data_dir=data)
    assert cli._run(build_parser().parse_args(["run"]), settings) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "file") in said
    assert "Traceback" not in said


def test_help_answers_and_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("run", "demo", "digest", "render", "paper", "check", "migrate"))


async def at_the_terminal(*words: str, output: int = PIPE, **more: str) -> tuple[int | None, bytes, str]:
    """What a command answers with, prints and complains of."""
    known = environment(PYTHON=sys.executable, **more)
    async with started(*words, env=known, stdout=output, stderr=PIPE) as process:
        printed, said = await asyncio.wait_for(process.communicate(), HANG)
    return process.returncode, printed, said.decode()


async def test_a_reader_that_has_seen_enough_is_no_trouble() -> None:
    there, here = os.pipe()
    os.close(there)
    code, _, said = await at_the_terminal(sys.executable, "-m", "bot", "options", output=here)
    os.close(here)
    assert (code, said) == (0, "")


async def test_an_output_that_is_closed_is_no_trouble_either() -> None:
    code, _, said = await at_the_terminal("sh", "-c", 'exec "$PYTHON" -m bot options >&-')
    assert (code, said) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
async def test_an_output_without_room_is_told_in_a_sentence() -> None:
    code, _, said = await at_the_terminal("sh", "-c", 'exec "$PYTHON" -m bot options >/dev/full')
    assert (code, said) == (1, "arxiv-digest-bot: the output cannot be written: No space left on device\n")


async def test_translate_tells_why_a_backend_gave_nothing() -> None:
    words = (sys.executable, "-m", "bot", "translate", "--text", "We count sheep.")
    code, printed, said = await at_the_terminal(
        *words, DATA_DIR=os.devnull, TRANSLATORS="google", GOOGLE_TRANSLATE_URL="http://127.0.0.1:1/m"
    )
    assert (code, b"not translated" in printed) == (0, True)
    assert "backend_failed backend=google" in said
    assert "cannot be reached" in said


async def test_settings_in_other_letters_than_utf_8_are_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("CONTACT=Zoë".encode("latin-1"))
    code, _, said = await at_the_terminal("sh", "-c", 'cd "$PLACE" && exec "$PYTHON" -m bot check', PLACE=str(tmp_path))
    assert (code, said.count("\n")) == (1, 1)
    assert ".env" in said


async def test_a_digest_is_printed_the_same_whatever_letters_the_locale_has() -> None:
    records = SAMPLE / "seed.jsonl"
    words = (sys.executable, "-m", "bot", "render", str(records))
    code, printed, said = await at_the_terminal(*words, PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert (code, said) == (0, "")
    assert printed.splitlines() == (Path(__file__).parents[1] / "data" / "seed_digest.md").read_bytes().splitlines()
