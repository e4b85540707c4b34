"""What a newcomer sees of `demo`: the whole first evening, in the language of whoever tries it."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from bot.cli.demo import demo
from bot.config import Settings
from bot.render.records_jsonl import load_records

HAN = re.compile(r"[\u4e00-\u9fff]+")
SAMPLE = resources.files("bot.simulator") / "sample" / "seed.jsonl"


async def played(language: str, capsys: pytest.CaptureFixture[str]) -> str:
    await demo(Settings(_env_file=None, language=language), once=True, port=0)
    return capsys.readouterr().out


def chinese_around_papers(printed: str) -> set[str]:
    """The Chinese that was printed, without buttons (languages stand there by their own names) and papers' texts."""
    lines = [line.removeprefix("  │ ") for line in printed.splitlines() if not line.startswith("  [ ")]
    texts = [
        re.sub(r"\s", "", text)
        for record in load_records(SAMPLE.read_text("utf-8").splitlines())
        for text in (record.translated_title, record.translated_abstract, record.tldr)
    ]
    return set(HAN.findall(re.sub(r"\s", "", "\n".join(lines)))) - set(HAN.findall("\n".join(texts)))


async def test_an_english_reader_meets_chinese_only_in_the_papers_beside_their_english(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = await played("en", capsys)
    assert "AutoMMLab：从语言指令自动生成可部署模型用于计算机视觉任务" in printed
    assert "We introduce PhotoBot, a framework for automated photo acquisition" in printed
    assert "[ Today’s digest now ]" in printed
    assert chinese_around_papers(printed) == {"摘要"}  # the heading in the file of who reads Chinese


async def test_a_chinese_reader_is_answered_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    printed = await played("zh-CN", capsys)
    assert "[ 现在看今天的摘要 ]" in printed
    assert "本期全部 8 篇论文，附完整摘要" in printed
    assert "Subscribed" not in printed
