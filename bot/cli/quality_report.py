"""`quality`: the report on a file of records, as a table for people or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.cli.terminal import CommandError, language_code, reason
from bot.i18n import catalogue_names, words_for
from bot.render.names import abs_url
from bot.render.records_jsonl import RecordError, load_records
from bot.translate.quality import Rate, Report, assess
from storage.records import DigestRecord

# Names that another system gives to the same texts, one of them by a slip.
_OTHER_NAMES = {"_id": "arxiv_id", "en_tdlr": "tldr_en", "en_tldr": "tldr_en"}
_BAR = {
    "echo": 0.1, "script": 0.1, "length": 0.73, "sentences": 0.41, "loop": 0.23, "variant": 0.03, "number_lost": 0.83,
    "url_lost": 0.48, "unfinished": 0.43, "together": 2.7, "cut": 75.6, "preamble": 52.0, "summary_en_blank": 99.5,
    "field_missing": 1.44, "math": 14.5, "magnitude": 3.7, "summary_sentences": 28.4, "summary_long": 7.0,
}  # fmt: skip
"""Percent: for gates their alarms on 65,538 papers with good translations, for defects their rate in the system that
the sample digest came from."""


def print_quality(source: Path, language: str, *, as_json: bool) -> None:
    """Write the report on a file of records as `digest --format jsonl` writes them. Raises CommandError."""
    code = language_code(language)
    try:
        records = list(_records(source))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{source} cannot be read: {reason(error)}") from None
    except RecordError as error:
        raise CommandError(f"{source}: {error}") from None
    marks = [words_for(name)("render-untranslated") for name in catalogue_names()]
    report = assess(records, code, marks)
    sys.stdout.write(json.dumps(_as_json(report), indent=2) + "\n" if as_json else _as_table(report))


def _records(source: Path) -> Iterator[DigestRecord]:
    """The records; a paper without a text is one with a defect, not a bad line."""
    with source.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                found: Any = json.loads(line)
            except ValueError:
                found = None
            if isinstance(found, dict):
                found = {_OTHER_NAMES.get(name, name): text for name, text in found.items() if text is not None}
                found.setdefault("link", abs_url(str(found.get("arxiv_id", ""))))
                line = json.dumps(found)  # noqa: PLW2901 - the line as we would have written it
            try:
                yield from load_records([line])
            except RecordError as error:
                raise RecordError(number, error.problem, error.right_form) from None


def _rows(report: Report) -> Iterator[tuple[str, str, Rate]]:
    yield from (("gate", gate.value, rate) for gate, rate in report.gates.items())
    yield "gate", "together", report.together
    yield from (("defect", defect.value, rate) for defect, rate in report.defects.items())


def _as_json(report: Report) -> dict[str, Any]:
    kinds: dict[str, Any] = {"records": report.records, "gates": {}, "defects": {}}
    for kind, name, rate in _rows(report):
        kinds[f"{kind}s"][name] = {"count": rate.count, "of": rate.of, "rate": round(rate.share, 5)}
    return kinds


def _as_table(report: Report) -> str:
    lines = [f"{report.records} records", f"{'':<8}{'':<20}{'count':>7}{'of':>7}{'rate':>9}{'known':>9}"]
    for kind, name, rate in _rows(report):
        known = f"{_BAR[name]:.2f} %" if name in _BAR else "-"
        lines.append(f"{kind:<8}{name:<20}{rate.count:>7}{rate.of:>7}{100 * rate.share:>7.2f} %{known:>9}")
    return "\n".join(lines) + "\n"
