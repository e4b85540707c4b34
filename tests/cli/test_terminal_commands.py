"""Every command of the terminal does what it is for, or ends with a sentence and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.stored import address, new_database

from bot.cli import main as cli
from bot.cli.arguments import build_parser
from bot.config import Settings

SAMPLE = Path(__file__).parents[2] / "bot" / "simulator" / "sample" / "seed.jsonl"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with new_database(tmp_path):
        yield tmp_path


def run(folder: Path, *words: str, **changes: Any) -> int:
    known: dict[str, Any] = {
        "arxiv_feed_url": NOWHERE,
        "arxiv_api_url": f"{NOWHERE}/query",
        "arxiv_web_url": NOWHERE,
        "arxiv_interval": 0.0,
        "translators": ("recorded",),
        "data_dir": folder,
        "database_url": address(folder),
        **changes,
    }
    return cli._run(build_parser().parse_args(words), Settings(_env_file=None, **known))


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("render", str(SAMPLE)), "# 摘要"),
        (("quality", str(SAMPLE)), "8 records"),
        (("migrate",), "database: "),
        (("translations",), "0 translations"),
        (("announcements",), "no announcement is stored yet"),
    ],
)
def test_a_command_that_asks_nobody_is_carried_out(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], printed: str
) -> None:
    assert run(folder, *words) == 0
    said = capsys.readouterr()
    assert printed in said.out + said.err


@pytest.mark.parametrize(
    "words",
    [
        ("digest", "cs.CV"),
        ("paper", "2402.15351"),
        ("refetch", "cs.CV"),
        ("translate", "2402.15351"),
        ("run",),
        ("render", "there-is-no-such.jsonl"),
        ("quality", "there-is-no-such.jsonl"),
    ],
)
def test_a_command_that_cannot_be_carried_out_ends_with_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(folder, *words) == 1
    said = capsys.readouterr()
    assert said.err.startswith("arxiv-digest-bot: ")
    assert said.err.count("\n") == 1


def test_a_look_tells_what_is_not_well_with_its_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "check") == 1
    assert "TELEGRAM_TOKEN is not set" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "GLOSSARY_FILE cannot be read: "),
        (b"\xff\xfe", "GLOSSARY_FILE cannot be read: "),
        ("prompt = 提示\n".encode(), "GLOSSARY_FILE, line 1: "),
    ],
)
def test_a_glossary_that_cannot_be_used_is_told_before_anything_is_translated(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, told: str
) -> None:
    if content is not None:
        (folder / "terms.txt").write_bytes(content)
    assert run(folder, "translate", "--text", "We count sheep.", glossary_file=folder / "terms.txt") == 1
    assert told in capsys.readouterr().err
