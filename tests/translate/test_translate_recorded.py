"""Recorded translations come from a file, and the settings decide which backends there are."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fakes.pseudo import pseudo
from fakes.translator_server import TranslatorServer, Trouble

from bot.config import Settings
from bot.translate.backends.protocol import Order, Source, UnknownPaper
from bot.translate.backends.recorded import RecordedBackend, read_records
from bot.translate.build import build_chain
from storage.records import Paper, TextField

ALL = frozenset(TextField)
NOW = datetime(2026, 8, 21, 12, 0, tzinfo=UTC)
ABSTRACT = "We propose a calm way to order many noisy things. It is fast. It needs no labels at all."
SOURCE = Source("2401.00001", 1, "Ordering Noisy Things", ABSTRACT)
PAPER = Paper("2401.00001", 1, SOURCE.title, ABSTRACT, ("A. Author",), "cs.LG")
LINE = {
    "arxiv_id": "2401.00001",
    "translated_title": "给嘈杂的事物排序",
    "translated_abstract": "我们提出了一种给许多嘈杂事物排序的平静方法。它很快。它完全不需要标签。",
    "tldr": "本文提出一种平静的排序方法。",
    "tldr_en": "",
}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[..., RecordedBackend]:
    def write(*lines: dict[str, Any] | str) -> RecordedBackend:
        path = tmp_path / "recorded.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        path.write_text("\n".join(texts), encoding="utf-8")
        return RecordedBackend(read_records(path))

    return write


def now() -> datetime:
    return NOW


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


async def test_a_recorded_paper_is_answered_and_its_blank_summary_left_open(
    recorded: Callable[..., RecordedBackend],
) -> None:
    draft = await recorded(LINE).translate(Order(SOURCE, "zh-CN", ALL))
    assert (draft.title, draft.summary) == (LINE["translated_title"], LINE["tldr"])
    assert draft.abstract == LINE["translated_abstract"]
    assert draft.summary_en is None


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ({"arxiv_id": "2401.00009"}, "zh-CN"),
        ({}, "ja"),
        ({"language": "ja"}, "zh-CN"),
        ({"abstract": "Tomatoes grow in greenhouses, and light of many colours changes how they taste."}, "zh-CN"),
    ],
    ids=["another id", "another language asked", "another language recorded", "another text"],
)
async def test_what_is_not_recorded_is_an_unknown_paper(
    line: dict[str, str], language: str, recorded: Callable[..., RecordedBackend]
) -> None:
    with pytest.raises(UnknownPaper):
        await recorded(LINE | line).translate(Order(SOURCE, language, ALL))


@pytest.mark.parametrize("abstract", [ABSTRACT, ABSTRACT[:70], f"arXiv:2401.00001v1 Announce Type: new \n{ABSTRACT}"])
async def test_a_recorded_source_that_is_the_same_text_is_recognised(
    abstract: str, recorded: Callable[..., RecordedBackend]
) -> None:
    line = LINE | {"abstract": abstract, "arxiv_id": "2401.00001v1", "language": "ja"}
    assert (await recorded(line).translate(Order(SOURCE, "ja", ALL))).title


async def test_the_preamble_of_a_feed_does_not_reach_the_reader(recorded: Callable[..., RecordedBackend]) -> None:
    line = LINE | {"translated_abstract": "arXiv:2402.15351v1 公告类型：新 提要：我们提出方法。"}
    assert (await recorded(line).translate(Order(SOURCE, "zh-CN", ALL))).abstract == "我们提出方法。"


@pytest.mark.parametrize(
    "bad", ["{", "[]", "{}", '{"arxiv_id": 5}', '{"arxiv_id": "2401.00001", "tldr": 3}', "\ufffd", "null"]
)
async def test_a_bad_line_is_passed_over_with_a_log_line(
    bad: str, recorded: Callable[..., RecordedBackend], caplog: pytest.LogCaptureFixture
) -> None:
    backend = recorded(bad, "", LINE)
    assert (await backend.translate(Order(SOURCE, "zh-CN", ALL))).title
    assert [record.getMessage().split(" why=")[0] for record in caplog.records] == [
        "recorded_line_skipped file=recorded.jsonl line=1"
    ]


async def test_backends_without_what_they_need_are_skipped_and_the_log_says_what(
    http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level("INFO"):
        chain = build_chain(
            settings(
                translators="openai,libretranslate,recorded,google,mymemory",
                openai_api_key="",
                recorded_translations=tmp_path / "missing.jsonl",
                google_translate_url="",
            ),
            http=http,
            now=now,
        )
    await chain.close()
    assert chain.names == ("mymemory",)
    assert [record.getMessage() for record in caplog.records] == [
        'backend_skipped backend=openai why="OPENAI_API_KEY is not set"',
        'backend_skipped backend=libretranslate why="LIBRETRANSLATE_URL is not set"',
        'backend_skipped backend=recorded why="RECORDED_TRANSLATIONS cannot be read: No such file or directory"',
        'backend_skipped backend=google why="GOOGLE_TRANSLATE_URL is not set"',
    ]


async def test_no_backend_at_all_is_fine(http: aiohttp.ClientSession) -> None:
    chain = build_chain(settings(translators=""), http=http, now=now)
    made = await chain.translate(PAPER, "zh-CN")
    assert chain.names == ()
    assert await chain.check() == []
    assert made.title is None
    assert made.summary_en == "We propose a calm way to order many noisy things."
    await chain.close()


async def test_a_whole_chain_from_settings_goes_down_to_the_backend_that_works(http: aiohttp.ClientSession) -> None:
    async with TranslatorServer() as server:
        chain = build_chain(
            settings(
                translators="openai,google,mymemory,libretranslate",
                openai_base_url=server.address("openai"),
                openai_api_key="sk-test-0123456789",
                google_translate_url=server.address("google"),
                mymemory_url=server.address("mymemory"),
                libretranslate_url=server.address("libretranslate"),
            ),
            http=http,
            now=now,
        )
        assert chain.names == ("openai", "google", "mymemory", "libretranslate")
        server.troubles |= {
            "openai": Trouble.UNAUTHORIZED,
            "google": Trouble.QUOTA,
            "mymemory": Trouble.ECHO,
        }
        made = await chain.translate(PAPER, "zh-CN")
        assert made.complete
        assert made.abstract == pseudo(ABSTRACT, "zh")
        assert set(made.made_by.values()) == {"libretranslate", "extractive"}
        problems = dict(await chain.check())
        assert problems["libretranslate"] is None
        assert problems["openai"]
        assert "OPENAI_API_KEY" in problems["openai"]
        assert problems["google"]
        assert problems["mymemory"]
        await chain.close()
