"""What a person types to find papers: words, and filters such as `cat:cs.CV`, `au:he` and `since:2026-08-01`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.arxiv_source import categories
from storage.segment import Wanted, terms

LONGEST = 200
"""Characters of a query that are read."""

_FILTER = re.compile(
    r"(?<!\S)(?P<name>cat|category|分类|au|author|作者|since|from|自)[:：](?P<value>[^\s,，]+(?:[,，][^\s,，]+)*)",
    re.IGNORECASE,
)
_CATEGORY = frozenset({"cat", "category", "分类"})
_AUTHOR = frozenset({"au", "author", "作者"})
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class Unreadable(Exception):
    """A filter that says nothing: its name and its value as typed, and what it might have meant."""

    name: str
    value: str
    nearest: tuple[str, ...] = ()


def parse_query(text: str, *, unfinished: bool = False) -> Wanted:
    """What is wanted; of an `unfinished` text the last word may go on. Raises Unreadable for a filter that is none."""
    text = text[:LONGEST]
    names: list[str] = []
    people: list[str] = []
    since: date | None = None
    for match in _FILTER.finditer(text):
        kind, value = match["name"].lower(), match["value"]
        if kind in _AUTHOR:
            people.append(value)
        elif kind in _CATEGORY:
            names += [_category(part) for part in re.split("[,，]", value)]
        else:
            since = _day(value)
    words = _FILTER.sub(" ", text)
    return Wanted(
        words=tuple(terms(words, unfinished=unfinished)),
        people=tuple(terms(" ".join(people))),
        categories=tuple(dict.fromkeys(names)),
        since=since,
    )


def _category(name: str) -> str:
    found = categories.canonical(name)
    if found is None:
        raise Unreadable("cat", name, tuple(category.id for category in categories.nearest(name[:60])))
    return found


def _day(value: str) -> date:
    whole = f"{value}-01" if _MONTH.fullmatch(value) else value
    try:
        return date.fromisoformat(whole)
    except ValueError:
        raise Unreadable("since", value) from None
