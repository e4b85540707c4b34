"""The command line, run as a person runs it: what it prints, and what it says when it cannot."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.arxiv_server import ArxivServer
from fakes.house import announcement, paper

from bot.arxiv_source import calendar
from bot.cli.console import (
    DigestOrder,
    parse_announce_types,
    print_announcements,
    print_digest,
    print_paper,
    print_records,
    refetch,
)
from bot.cli.demo import sample_entries
from bot.cli.terminal import CommandError
from bot.config import Settings
from bot.runtime.wall_clock import utc_now
from bot.simulator.arxiv_answers import atom_feed
from storage.database import migrate
from storage.records import DEFAULT_ANNOUNCE_TYPES, AnnounceType, Entry

SEED = Path(__file__).parents[1] / "data" / "seed_digest.md"
SEED_RECORDS = Path(__file__).parents[2] / "bot" / "simulator" / "sample" / "seed.jsonl"

Make = Callable[..., Settings]


@pytest.fixture
async def arxiv() -> AsyncIterator[ArxivServer]:
    async with ArxivServer() as server:
        yield server


@pytest.fixture
def settings(arxiv: ArxivServer, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=tmp_path / "none",
        arxiv_feed_url=arxiv.feed_url,
        arxiv_api_url=arxiv.api_url,
        arxiv_web_url=arxiv.web_url,
        arxiv_interval=0.0,
        translators=("recorded",),
        recorded_translations=SEED_RECORDS,
    )


def order(*names: str, **changes: Any) -> DigestOrder:
    known: dict[str, Any] = {
        "names": names,
        "feed": None,
        "announce_types": DEFAULT_ANNOUNCE_TYPES,
        "language": "zh-CN",
        "form": "markdown",
        "output": None,
    }
    return DigestOrder(**{**known, **changes})


def test_render_reproduces_the_sample_byte_for_byte(tmp_path: Path) -> None:
    output = tmp_path / "digest.md"
    print_records(SEED_RECORDS, "markdown", output)
    assert output.read_bytes() == SEED.read_bytes()


def test_a_digest_is_not_written_over_a_folder_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(CommandError, match=r"is a folder; .* --output \S+digest\.md"):
        print_records(SEED_RECORDS, "markdown", folder)
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        print_records(SEED_RECORDS, "markdown", folder / "none" / "digest.md")
    assert list(tmp_path.iterdir()) == [folder]


async def test_a_digest_without_papers_says_so_and_has_the_headings_of_its_language(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(atom_feed("cs.CV", announcement(3), calendar.mailing_date(utc_now())))
    nothing = order(feed=str(feed), announce_types=frozenset({AnnounceType.REPLACE}), language="en")
    await print_digest(settings, nothing)
    printed = capsys.readouterr()
    assert printed.out.startswith("# Summary\n")
    assert "none of the 3 papers" in printed.err


async def test_a_digest_of_a_feed_in_a_file_needs_no_category_and_no_translator(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(atom_feed("cs.CV", announcement(3), calendar.mailing_date(utc_now())))
    await print_digest(settings, order(feed=str(feed), form="jsonl"))
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["arxiv_id"] for record in records] == ["2608.00001", "2608.00002", "2608.00003"]
    assert all("Counting animals" in record["abstract"] for record in records)
    assert all(record["title"] in record["translated_title"] != record["title"] for record in records)
    assert not (tmp_path / "none").exists()


async def test_a_digest_of_two_categories_has_each_paper_once(
    settings: Settings, arxiv: ArxivServer, capsys: pytest.CaptureFixture[str]
) -> None:
    day = calendar.mailing_date(utc_now())
    arxiv.announce("cs.CV", announcement(3), day)
    arxiv.announce("cs.LG", [Entry(paper(2), AnnounceType.CROSS), Entry(paper(7), AnnounceType.CROSS)], day)
    await print_digest(settings, order("cs.cv", "cs.LG", form="classic"))
    text = capsys.readouterr().out
    assert all(text.count(f"Sheep with {number} Cameras") for number in (1, 2, 3, 7))
    await print_digest(settings, order("cs.cv", "cs.LG"))
    assert capsys.readouterr().out.count("[^2]:") == 1


async def test_a_written_record_file_renders_to_the_same_digest(
    settings: Settings, arxiv: ArxivServer, tmp_path: Path
) -> None:
    arxiv.announce("cs.CV", announcement(3), calendar.mailing_date(utc_now()))
    whole, records, again = tmp_path / "a.md", tmp_path / "a.jsonl", tmp_path / "b.md"
    await print_digest(settings, order("cs.CV", output=whole))
    await print_digest(settings, order("cs.CV", form="jsonl", output=records))
    print_records(records, "markdown", again)
    assert again.read_bytes() == whole.read_bytes()


async def test_a_paper_is_printed_in_both_languages(
    settings: Settings, arxiv: ArxivServer, capsys: pytest.CaptureFixture[str]
) -> None:
    arxiv.add_paper(sample_entries()[0].paper)
    await print_paper(settings, "see https://arxiv.org/abs/2402.15351v1", "zh-CN")
    text = capsys.readouterr().out
    assert "从语言指令自动生成可部署模型" in text
    assert "AutoMMLab" in text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (order(), "digest cs.CV"),
        (order("cs.CW"), "cs.CV"),
        (order("cs.CV", language="klingon"), "--language zh-CN"),
        (order(feed="/nowhere/feed.xml"), "cannot be read"),
        (order(feed="/nowhere/feed.xml", day=date(2026, 8, 21)), "either --feed or --date"),
        (order("cs.CV"), "not to be had now"),
        (order("nothing like it"), "cs.CV, math"),
        (order(feed="/"), "/ cannot be read: Is a directory$"),
        (order("cs.CV", day=date(9998, 1, 5)), r"the newest is of 2\d\d\d-\d\d-\d\d$"),
        (order("cs.CV", day=date(1990, 1, 5)), "arXiv begins on 1991-08-15$"),
        (order("cs.CV", day=date(2026, 8, 22)), "Monday to Friday"),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(settings: Settings, wrong: DigestOrder, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        await print_digest(settings, wrong)


async def test_a_cut_feed_is_an_error_and_not_a_shorter_digest(settings: Settings, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(atom_feed("cs.CV", announcement(3), calendar.mailing_date(utc_now()))[:-200])
    with pytest.raises(CommandError, match="cut"):
        await print_digest(settings, order(feed=str(feed)))


@pytest.mark.parametrize("text", ["", "news", "new,old"])
def test_announce_types_are_named_when_one_is_wrong(text: str) -> None:
    with pytest.raises(CommandError, match="replace-cross"):
        parse_announce_types(text)
    assert parse_announce_types("all") == frozenset(AnnounceType)


def test_a_broken_record_file_names_the_line(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    records.write_text('{"arxiv_id": "2402.15351", "title": "A"}\n{"title": 5\n', encoding="utf-8")
    with pytest.raises(CommandError, match="2"):
        print_records(records, "markdown", None)


async def test_a_date_that_arxiv_no_longer_shows_is_marked_as_approximate_wherever_it_is_shown(
    settings: Settings, arxiv: ArxivServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    day = calendar.previous((utc_now() - timedelta(days=120)).date())
    begin, _ = calendar.submissions(day)
    arxiv.add_paper(paper(1, submitted_at=begin))
    kept = settings.model_copy(update={"data_dir": tmp_path})
    await migrate(kept.database_address)
    told = f"the papers of {day:%b} {day.day}, {day.year} were chosen by submission time"
    marked = f"近似结果：{day.year}年{day.month}月{day.day}日"
    for form, mark in (("markdown", f"> {marked}"), ("classic", marked), ("jsonl", "")):
        await print_digest(kept, order("cs.CV", day=day, form=form))
        printed = capsys.readouterr()
        assert mark in printed.out
        assert told in printed.err
        assert "2608.00001" in printed.out or "with 1 Cameras" in printed.out
    await print_announcements(kept, "cs.CV")
    listed = capsys.readouterr().out
    assert f"{day}  cs.CV" in listed
    assert "(approximate: chosen by submission time)" in listed
    await refetch(kept, "cs.CV", day)
    assert "1 entries" in (again := capsys.readouterr().out)
    assert "(chosen by submission time)" in again
