"""The README shows what the program does now: its commands in the chat, and the two commands to try and to run it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.arguments import build_parser
from bot.handlers.commands import COMMANDS
from bot.i18n import words_for

pytestmark = pytest.mark.pure

README = Path(__file__).parents[1] / "README.md"


def test_the_command_table_is_the_table_of_commands() -> None:
    words = words_for("en")
    rows = dict(re.findall(r"^\| `(/.*)` \| (.*) \|$", README.read_text("utf-8"), flags=re.MULTILINE))
    expected = {
        one.form.replace("|", r"\|"): words(f"command-{one.name}")
        + (" (administrators)" if one.administrators_only else "")
        for one in COMMANDS
    }
    assert rows == expected


def test_every_command_line_that_is_shown_is_understood() -> None:
    shown = re.findall(r"^(?:\.venv/bin/)?arxiv-digest-bot (.+?)(?: +#.*)?$", README.read_text("utf-8"), re.MULTILINE)
    assert len(shown) >= 5
    for line in shown:
        assert build_parser().parse_args(line.split()).command in line


def test_it_is_tried_and_run_with_make() -> None:
    text = README.read_text("utf-8")
    assert re.search(r"^make demo$", text, re.MULTILINE)
    assert re.search(r"^make run\b", text, re.MULTILINE)
