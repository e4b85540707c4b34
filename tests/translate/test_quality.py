"""`quality` finds what is wrong with the translations of a digest, and how often."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.pseudo import pseudo

from bot.cli.quality_report import print_quality
from bot.cli.terminal import CommandError
from bot.translate.quality import Defect, assess
from bot.translate.text.alarm import Gate
from bot.translate.text.cleaning import clean_abstract, clean_title
from bot.translate.text.masking import mask, unmask
from bot.translate.text.summary import summary_sentence
from storage.records import DigestRecord

SAMPLE = Path(os.environ.get("BILINGUAL_SAMPLE", "not-given"))
"""Recorded papers with translations and summaries that a language model wrote; not part of the project."""
needs_sample = pytest.mark.skipif(
    not SAMPLE.is_file(), reason="BILINGUAL_SAMPLE names no file of recorded translations"
)

ABSTRACT = (
    "We train on 3.5 million pictures with $O(n^2)$ steps. It is better than all others by 12.5 points, as we show. "
    "Everything about it is simple, and nothing about it is slow. Code: https://example.org/sheep."
)
MASKED = mask(ABSTRACT, language="zh-CN")
GOOD = DigestRecord(
    "2608.00001",
    "https://arxiv.org/abs/2608.00001",
    "Counting Sheep",
    ABSTRACT,
    "数羊的研究",
    unmask(pseudo(MASKED.text, "zh"), MASKED),
    "我们数羊。",
    "We count sheep.",
)


_TEXTS = {
    "translated_title": GOOD.translated_title,
    "translated_abstract": GOOD.translated_abstract,
    "tldr": "长" * 130,
}


def test_a_good_record_raises_nothing() -> None:
    report = assess([GOOD], "zh-CN")
    assert report.records == 1
    assert {gate for gate, rate in report.gates.items() if rate.count} == set()
    assert {defect for defect, rate in report.defects.items() if rate.count} == set()
    assert report.defects[Defect.MATH].of == report.defects[Defect.MAGNITUDE].of == 1


@pytest.mark.parametrize(
    ("record", "defect"),
    [
        (replace(GOOD, abstract="We go on and on and " * 50), Defect.CUT),
        (replace(GOOD, translated_abstract="arXiv:2608.00001v1 公告类型：新 摘要：好。"), Defect.PREAMBLE),
        (replace(GOOD, tldr_en=" "), Defect.SUMMARY_EN_BLANK),
        (replace(GOOD, translated_title=""), Defect.FIELD_MISSING),
        (replace(GOOD, translated_abstract=f"〔未翻译〕{ABSTRACT}"), Defect.UNTRANSLATED),
        (replace(GOOD, translated_abstract=GOOD.translated_abstract.replace("n^2", "n2")), Defect.MATH),
        (replace(GOOD, translated_abstract=GOOD.translated_abstract.replace("350万", "35万")), Defect.MAGNITUDE),
        (replace(GOOD, tldr="我们数羊。羊很多。"), Defect.SUMMARY_SENTENCES),
        (replace(GOOD, tldr="数" * 121), Defect.SUMMARY_LONG),
    ],
)
def test_each_known_defect_is_found(record: DigestRecord, defect: Defect) -> None:
    report = assess([GOOD, record], "zh-CN", ["〔未翻译〕"])
    assert report.defects[defect].count == 1


def written(folder: Path, *records: dict[str, str | None]) -> Path:
    path = folder / "records.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_the_report_is_a_table_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = written(tmp_path, {"_id": "2608.00001", "title": "Sheep", "abstract": "We count.", "en_tdlr": "Counted."})
    print_quality(source, "zh-CN", as_json=False)
    table = capsys.readouterr().out
    assert re.search(r"^defect\s+field_missing\s+1\s+1\s+100\.00 %\s+1\.44 %$", table, re.MULTILINE)
    print_quality(source, "zh-CN", as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["records"] == 1
    assert found["defects"]["summary_en_blank"] == {"count": 0, "of": 1, "rate": 0.0}


def test_records_of_another_system_that_begin_with_a_byte_order_mark_are_read_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = tmp_path / "records.jsonl"
    records.write_text(json.dumps({"_id": "2608.00001", "title": "Counting Sheep"}), encoding="utf-8-sig")
    print_quality(records, "zh-CN", as_json=False)
    assert capsys.readouterr().out.startswith("1 records")


def test_the_language_is_one_that_there_is_by_any_name_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = written(tmp_path, {"arxiv_id": "2608.00001", "title": "Sheep", "abstract": ABSTRACT, **_TEXTS})
    for name in ("zh-CN", "zh", "中文"):
        print_quality(good, name, as_json=True)
    first, second, third = re.findall(r"^\{.*?^\}", capsys.readouterr().out, re.MULTILINE | re.DOTALL)
    assert first == second == third
    with pytest.raises(CommandError, match="--language zh-CN"):
        print_quality(good, "klingon", as_json=True)


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"line 2: .* is missing"):
        print_quality(written(tmp_path, {"arxiv_id": "1", "title": "a"}, {"arxiv_id": "2"}), "zh-CN", as_json=True)
    with pytest.raises(CommandError, match="cannot be read"):
        print_quality(tmp_path / "none.jsonl", "zh-CN", as_json=True)


KNOWN = {
    Gate.ECHO: 0.1, Gate.SCRIPT: 0.1, Gate.LENGTH: 0.73, Gate.SENTENCES: 0.41, Gate.LOOP: 0.23, Gate.VARIANT: 0.03,
    Gate.NUMBER_LOST: 0.83, Gate.URL_LOST: 0.48, Gate.UNFINISHED: 0.43,
}  # fmt: skip


@needs_sample
def test_on_recorded_translations_the_gates_raise_as_many_alarms_as_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_quality(SAMPLE, "zh-CN", as_json=True)
    gates = json.loads(capsys.readouterr().out)["gates"]
    off = {gate: round(100 * gates[gate]["rate"] - known, 2) for gate, known in KNOWN.items()}
    assert {gate: by for gate, by in off.items() if abs(by) > 1} == {}
    assert abs(100 * gates["together"]["rate"] - 2.7) <= 1


@needs_sample
def test_the_extractive_summary_says_what_a_language_model_says() -> None:
    scores = []
    for line in SAMPLE.read_text("utf-8").splitlines():
        record = json.loads(line)
        if not (record["en_tdlr"] or "").strip():
            continue
        chosen = words(summary_sentence(clean_title(record["title"]), clean_abstract(record["abstract"])))
        model = words(record["en_tdlr"])
        scores.append(2 * (chosen & model).total() / (chosen.total() + model.total()))
    assert len(scores) > 200
    assert sum(scores) / len(scores) >= 0.37


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[a-z0-9]+", text.lower()))
