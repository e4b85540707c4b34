"""Six papers and the twenty searches that must find them, for the tests and the benchmark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage.records import Paper, Translation

_FILE = Path(__file__).parents[1] / "data" / "search_cases.json"


@dataclass(frozen=True, slots=True)
class Case:
    """What is typed, and which paper it is about."""

    typed: str
    arxiv_id: str


def translated(paper: Paper, title: str, abstract: str) -> Translation:
    """A translation of a paper to Chinese."""
    made_by = {"title": "recorded", "abstract": "recorded", "summary": "recorded", "summary_en": "extractive"}
    return Translation(
        paper.arxiv_id,
        paper.version,
        "zh-CN",
        paper.source_hash,
        title=title,
        abstract=abstract,
        summary=abstract[:60],
        summary_en=paper.title,
        made_by=made_by,
        made_at=datetime(2026, 8, 21, tzinfo=UTC),
    )


def papers_and_cases() -> tuple[list[tuple[Paper, Translation]], list[Case]]:
    """The papers with their translations, and the searches."""
    data = json.loads(_FILE.read_text("utf-8"))
    papers = []
    for number, known in enumerate(data["papers"], start=1):
        day = datetime.fromisoformat(f"{known['month']}-{number:02}").replace(tzinfo=UTC)
        abstract = f"We study the following subject in some depth: {known['title'].lower()}."
        paper = Paper(
            f"{day:%y%m}.9999{number}",
            1,
            known["title"],
            abstract,
            (known["author"], "Wei Zhang"),
            known["category"],
            submitted_at=day,
        )
        papers.append((paper, translated(paper, known["title_zh"], f"我们深入研究了以下课题：{known['title_zh']}。")))
    return papers, [Case(typed, papers[place][0].arxiv_id) for typed, place in data["cases"]]
