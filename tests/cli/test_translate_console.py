"""`translate` and `translations` at the terminal, against the services on the loopback."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.stored import NOW, open_database, paper
from fakes.translator_server import TranslatorServer, Trouble

from bot.cli.terminal import CommandError
from bot.cli.translation_list import print_translation, print_translations
from bot.config import Settings
from bot.translate.chain import PIPELINE_VERSION
from bot.translate.text.glossary import glossary_for
from storage import papers, translations
from storage.records import Translation

TEXT = "We propose a method with $O(n)$ steps. It is good on 1.5 million pictures of sheep."


@pytest.fixture
async def server() -> AsyncIterator[TranslatorServer]:
    async with TranslatorServer() as running:
        yield running


def settings(server: TranslatorServer, folder: Path, **changes: Any) -> Settings:
    known: dict[str, Any] = {
        "data_dir": folder,
        "translators": ("openai", "libretranslate"),
        "openai_base_url": server.address("openai"),
        "openai_api_key": "sk-secret",
        "openai_model": "small",
        "libretranslate_url": server.address("libretranslate"),
        "translate_prices": "openai=1/2",
    }
    return Settings(_env_file=None, **{**known, **changes})


async def test_a_text_is_shown_with_who_made_it_the_gates_and_the_cost(
    server: TranslatorServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.troubles["openai"] = Trouble.ECHO
    await print_translation(settings(server, tmp_path), TEXT, None, None, backend=None, language="zh")
    shown = capsys.readouterr().out
    assert re.search(
        r"^abstract: libretranslate  \(turned away: openai: script; openai: script\)$", shown, re.MULTILINE
    )
    assert "$O(n)$" in shown
    assert "150 万" in shown
    assert re.search(
        r"^openai:small: requests 2, characters \d+, tokens 800 \+ 920, money 0\.00264$", shown, re.MULTILINE
    )
    assert re.search(r"^libretranslate: requests 1, ", shown, re.MULTILINE)


async def test_a_file_a_paper_and_one_backend(
    server: TranslatorServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "abstract.txt"
    source.write_text(TEXT, encoding="utf-8")
    chosen = settings(server, tmp_path)
    await print_translation(chosen, None, source, None, backend="libretranslate", language="ja")
    assert "abstract: libretranslate" in capsys.readouterr().out
    async with open_database(tmp_path) as db, db.begin() as session:
        await papers.save(session, [paper(1)])
    await print_translation(chosen, None, None, "arXiv:2608.00001", backend="openai", language="fr")
    shown = capsys.readouterr().out
    assert "title: openai:small" in shown
    assert "summary_en: openai:small" in shown


@pytest.mark.parametrize(
    ("text", "link", "backend", "language", "complaint"),
    [
        (None, None, None, "zh", "What is to be translated"),
        ("a", "b", None, "zh", "What is to be translated"),
        (" ", None, None, "zh", "no text"),
        ("x" * 20_001, None, None, "zh", "longer than an abstract"),
        (None, "sheep", None, "zh", "names no arXiv paper"),
        ("a", None, "sheep", "zh", "no backend 'sheep'"),
        ("a", None, "deepl", "zh", "lacks a key"),
        ("a", None, None, "sheep", "no language"),
    ],
)
async def test_what_cannot_be_done_is_said(
    text: str | None,
    link: str | None,
    backend: str | None,
    language: str,
    complaint: str,
    server: TranslatorServer,
    tmp_path: Path,
) -> None:
    with pytest.raises(CommandError, match=complaint):
        await print_translation(settings(server, tmp_path), text, None, link, backend=backend, language=language)


async def test_translations_made_in_an_older_way_are_known(
    server: TranslatorServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    current = Translation(
        "2608.00001", 1, "zh-CN", "a", title="羊", made_by={"title": "google"}, pipeline_version=PIPELINE_VERSION,
        made_at=NOW, prompt_version=0, glossary_version=glossary_for("zh-CN").version,
    )  # fmt: skip
    stored = [
        current,
        replace(current, source_hash="b", arxiv_id="2608.00002", pipeline_version=1),
        replace(current, source_hash="c", arxiv_id="2608.00003", glossary_version="other"),
        replace(current, source_hash="d", arxiv_id="2608.00004", made_by={"title": "openai:gpt"}),
    ]
    async with open_database(tmp_path) as db, db.begin() as session:
        for translation in stored:
            await translations.save(session, translation)
    await print_translations(settings(server, tmp_path), stale=True, language=None)
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["2608.00002v1", "2608.00003v1", "2608.00004v1"]
    assert "4 translations, 3 of them stale" in err
    await print_translations(settings(server, tmp_path), stale=False, language="zh")
    assert sum(int(line.split()[-1]) for line in capsys.readouterr().out.splitlines()) == 4
