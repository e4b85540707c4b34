"""What translating took, as lines of `/stats`: today, in a month, for the newest announcements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from bot.handlers.ask import Ask
from bot.i18n.dates import short_date
from storage import costs, gaps
from storage.records import Cost, Usage

_MONTH = timedelta(days=29)
_ANNOUNCEMENTS = 5
_GATES = 4


async def spent_lines(ask: Ask) -> list[str]:
    """Telegram HTML, one line each; none when nothing was ever asked."""
    today = ask.services.now().date()
    async with ask.services.db.read() as session:
        days = {when: await costs.by_backend(session, since) for when, since in _since(today).items()}
        gates = await costs.alarms_by_gate(session, today - _MONTH)
        newest = await costs.newest_announcements(session, _ANNOUNCEMENTS)
        open_gaps = await gaps.count(session)
    lines: list[str] = []
    for when, by_backend in days.items():
        spent = by_backend.values()
        listed = ", ".join(f"{gate} {count}" for gate, count in list(gates.items())[:_GATES]) if when == "month" else ""
        alarms = sum(cost.alarms for cost in spent)
        if any(cost.used.requests for cost in spent):
            shown = f" ({listed})" if listed else ""
            lines.append(ask.words.html("stats-spent", when=when, alarms=alarms, gates=shown, **_figures(_sum(spent))))
    lines += [
        ask.words.html("stats-announcement", name=_dated(name, ask.words.language), **_figures(spent.used))
        for name, spent in newest.items()
        if spent.used.requests
    ]
    if open_gaps:
        lines.append(ask.words.html("stats-gaps", count=open_gaps))
    return lines


def _dated(name: str, language: str) -> str:
    """`cs.CV 2026-08-21`, as announcements are named in the books, with the date as people write it."""
    category, _, day = name.rpartition(" ")
    return f"{category}, {short_date(date.fromisoformat(day), language)}"


def _since(today: date) -> dict[str, date]:
    return {"today": today, "month": today - _MONTH}


def _sum(spent: Iterable[Cost]) -> Usage:
    return sum((cost.used for cost in spent), Usage())


def _figures(used: Usage) -> dict[str, Any]:
    return {
        "requests": used.requests,
        "characters": used.characters,
        "tokens": used.tokens_in + used.tokens_out,
        "money": f"{used.money:.2f}",
    }
