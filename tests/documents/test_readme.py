"""The README shows what the program does now: its commands in the chat, and the two commands to try and to run it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from fakes.telegram_html import parse_message

from bot.arxiv_source.categories import names_in
from bot.cli.arguments import build_parser
from bot.cli.demo import sample_entries
from bot.handlers.commands import COMMANDS
from bot.i18n import words_for
from bot.render.card import render_card
from bot.translate.backends.recorded import RecordedBackend, read_records
from bot.translate.chain import Chain
from storage.records import BilingualPaper

README = Path(__file__).parents[2] / "README.md"
SAMPLE = Path(__file__).parents[2] / "bot" / "simulator" / "sample" / "seed.jsonl"


def test_the_command_table_is_the_table_of_commands() -> None:
    words = words_for("en")
    rows = dict(re.findall(r"^\| `(/.*)` \| (.*) \|$", README.read_text("utf-8"), flags=re.MULTILINE))
    expected = {
        command.form.replace("|", r"\|"): words(f"command-{command.name}")
        + (" (administrators)" if command.administrators_only else "")
        for command in COMMANDS
    }
    assert rows == expected


def test_every_command_line_that_is_shown_is_understood() -> None:
    shown = re.findall(r"^(?:\.venv/bin/)?arxiv-digest-bot (.+?)(?: +#.*)?$", README.read_text("utf-8"), re.MULTILINE)
    assert len(shown) >= 5
    for line in shown:
        assert build_parser().parse_args(line.split()).command in line


def test_the_card_and_the_digest_that_are_shown_say_what_the_demo_says() -> None:
    # Where lines are broken, and what the abridged abstracts leave out, is not the point.
    shown = "".join(re.findall(r"^```text\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL))
    lines = [re.sub(r"^\d+\. |^│ |‹\S+›", "", line) for line in shown.splitlines()]
    said = [line for line in lines if line and not re.match(r"\[ |📎|arXiv cs|cs\.CV ·|\d 篇|本期|…", line)]
    entries = asyncio.run(_of_the_demo())
    words = words_for("zh")
    names = names_in("zh", entries[0].paper.categories)
    texts = [parse_message(render_card(entry, words, category_names=names).text).text for entry in entries]
    squeezed = re.sub(r"\s", "", "".join(texts))
    assert len(said) > 15
    assert [line for line in said if re.sub(r"\s|…$", "", line) not in squeezed] == []
    assert "〔未翻译〕" not in squeezed


async def _of_the_demo() -> list[BilingualPaper]:
    """The sample's papers as the demo shows them, with their recorded translations."""
    recorded = RecordedBackend(read_records(SAMPLE))
    chain = Chain([recorded], deadline=5, now=lambda: datetime(2024, 2, 26, tzinfo=UTC), concurrency=1)
    papers = [replace(entry.paper, announced_on=None) for entry in sample_entries()]
    return [BilingualPaper(paper, await chain.translate(paper, "zh-CN")) for paper in papers]


def test_it_is_tried_and_run_with_make() -> None:
    text = README.read_text("utf-8")
    assert re.search(r"^make demo$", text, re.MULTILINE)
    assert re.search(r"^make run\b", text, re.MULTILINE)
