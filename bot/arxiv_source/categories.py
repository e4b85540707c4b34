"""arXiv's taxonomy: categories in archives in groups, the other names they go by, and what people may have meant.

The names come from arXiv's own taxonomy (arxiv-base, June 2026). arXiv publishes no Chinese names; `name_zh` is a
rendering curated for this project.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib import resources
from typing import Any

_ALIKE = 0.62
"""How alike two spellings are (difflib's ratio) that may be meant for each other: `cs.CW` and `cs.CV` have 0.8."""
_FULL, _NAME, _CODE, _MIXED, _WORDS = 1.0, 0.99, 0.97, 0.95, 0.9
_SHORTEST_WORD = 3
_GROUP = "grp_"
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Category:
    """A category, or an archive where `id` equals `archive`; `hep-th` and its like are both at once."""

    id: str
    name: str
    name_zh: str
    archive: str
    group: str


@dataclass(frozen=True, slots=True)
class Group:
    """What archives are gathered in: `physics`, `math`, `cs` and so on."""

    id: str
    name: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class _Taxonomy:
    groups: tuple[Group, ...]
    archives: Mapping[str, Category]
    categories: Mapping[str, Category]
    spellings: Mapping[str, str]
    """Every known name in lower case → canonical id."""
    aliases: Mapping[str, str]


def canonical(name: str) -> str | None:
    """The canonical id of category, archive, alias (`cs.NA`) or archive of old (`alg-geom`) in any case, or None."""
    return _taxonomy().spellings.get(name.strip().lower())


def get(category: str) -> Category | None:
    """The category or archive with that canonical id."""
    taxonomy = _taxonomy()
    return taxonomy.categories.get(category) or taxonomy.archives.get(category)


def names_in(language: str, ids: Iterable[str]) -> dict[str, str]:
    """Category → its name in an interface language; what is no category is left out."""
    known = {id_: found for id_ in ids if (found := get(id_)) is not None}
    return {text: found.name_zh if language == "zh" and found.name_zh else found.name for text, found in known.items()}


def is_archive(category: str) -> bool:
    """Whether it names a whole archive. True also for archives that are their own only category, such as `hep-th`."""
    return category in _taxonomy().archives


def is_category(category: str) -> bool:
    """Whether papers can be in it by that very id: true for `cs.CV` and `hep-th`, not for `cs` or the alias `cs.NA`."""
    return category in _taxonomy().categories


def meant(name: str) -> tuple[str, ...]:
    """What a name stands for that somebody may subscribe to: a category, an archive, or all archives of a group.

    Groups go by arXiv's own names for them (`grp_physics`), or by what they are called in English or Chinese where no
    archive has that name: `physics` is the archive. A category goes by its whole name, too, where no other has it.
    Nothing for an unknown name.
    """
    if (known := canonical(name)) is not None:
        return (known,)
    wanted = name.strip().lower()
    for group in groups():
        if wanted in {f"{_GROUP}{group.id}", group.name.lower(), group.name_zh}:
            return tuple(archive.id for archive in archives(group.id))
    named = [
        category.id
        for category in _taxonomy().categories.values()
        if wanted in {category.name.lower(), category.name_zh}
    ]
    return (named[0],) if len(named) == 1 else ()


def group_around(archive: str) -> str | None:
    """The name under which the whole group can be had whose name an archive has, where there is more in the group."""
    many = any(group.id == archive for group in groups()) and len(archives(archive)) > 1
    return f"{_GROUP}{archive}" if many else None


def canonical_list(names: Iterable[str]) -> tuple[str, ...]:
    """The canonical ids, each once and in order. A name that the taxonomy does not know (yet) stays as it is."""
    return _canonical_tuple(tuple(names))


@lru_cache(maxsize=4096)  # an announcement repeats few combinations
def _canonical_tuple(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(canonical(name) or name.strip() for name in names))


def covers(query: str, paper_categories: Sequence[str]) -> bool:
    """Whether a paper with these categories belongs to a subscription for `query`, a category or a whole archive.

    An archive also covers what has an alias in it: a paper in `math.NA` always stands in `cs` too, as `cs.NA`.
    """
    wanted = canonical(query)
    if wanted is None:
        return False
    held = canonical_list(paper_categories)
    return wanted in held or (is_archive(wanted) and any(wanted in _archives_of(text) for text in held))


def searched(query: str) -> tuple[str, ...]:
    """The terms of arXiv's query API (`cat:` before each) that find what `covers` says belongs to the query."""
    if not is_archive(query) or is_category(query):
        return (query,)
    elsewhere = sorted({meant for alias, meant in _taxonomy().aliases.items() if alias.partition(".")[0] == query})
    return (f"{query}.*", *(meant for meant in elsewhere if not meant.startswith(f"{query}.")))


def groups() -> tuple[Group, ...]:
    """All groups, in arXiv's order."""
    return _taxonomy().groups


def archives(group: str) -> tuple[Category, ...]:
    """The archives of a group."""
    return tuple(archive for archive in _taxonomy().archives.values() if archive.group == group)


def categories(archive: str) -> tuple[Category, ...]:
    """The categories of an archive under their canonical names: none for `cs.NA`, which is `math.NA`."""
    return tuple(category for category in _taxonomy().categories.values() if category.archive == archive)


def nearest(name: str, count: int = 3) -> tuple[Category, ...]:
    """What may have been meant: by a slip in the id (`cs.CW`), the code alone (`cv`), or a name in English or Chinese.

    The likeliest first; nothing when nothing is alike.
    """
    wanted = " ".join(name.lower().split())[:_LONGEST_NAME]
    if not wanted:
        return ()
    taxonomy = _taxonomy()
    known = {**taxonomy.archives, **taxonomy.categories}
    scored = [
        (-_likeness(wanted, category), _slip(wanted, category.id.lower()), category.id) for category in known.values()
    ]
    return tuple(known[key] for score, _, key in sorted(scored)[:count] if -score >= _ALIKE)


def _archives_of(category: str) -> Iterator[str]:
    taxonomy = _taxonomy()
    if (known := get(category)) is not None:
        yield known.archive
    for alias, meant in taxonomy.aliases.items():
        if meant == category:
            yield alias.partition(".")[0]


def _likeness(wanted: str, category: Category) -> float:
    """From 0 to 1: how well what was typed fits an id, its code, or one of its names."""
    key, name = category.id.lower(), category.name.lower()
    if wanted in {key, name, category.name_zh.lower()}:
        return _FULL
    if wanted == key.partition(".")[2]:
        return _CODE
    if key.startswith(f"{wanted}-") or sorted(wanted) == sorted(key):
        return _MIXED
    if name.startswith(f"{wanted} ") or (not wanted.isascii() and wanted in category.name_zh):
        return _NAME * _share(wanted, category)
    words = set(re.findall(r"\w+", name))
    if len(wanted) >= _SHORTEST_WORD and all(word in words for word in wanted.split()):
        return _WORDS
    by_name = max(_ratio(wanted, name), 0.0 if wanted.isascii() else _ratio(wanted, category.name_zh.lower()))
    return max(by_name, _ratio(wanted, key)) * _WORDS if len(wanted) > 1 else 0.0


def _share(wanted: str, category: Category) -> float:
    """A longer part of a name fits better than a shorter one, but any part fits better than a mere likeness."""
    whole = category.name if wanted.isascii() else category.name_zh
    return 0.95 + 0.05 * len(wanted) / len(whole)


def _ratio(text: str, other: str) -> float:
    """Their likeness, or 0 where it cannot matter: the cheap upper bounds spare most of the costly comparisons."""
    if 2 * min(len(text), len(other)) < _ALIKE * (len(text) + len(other)):
        return 0.0
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _slip(wanted: str, key: str) -> int:
    """How far apart two spellings are on the alphabet: the smaller, the likelier is a slip of the finger."""
    if len(wanted) != len(key):
        return 1_000
    return sum(abs(ord(text) - ord(other)) for text, other in zip(wanted, key, strict=True))


@cache
def _taxonomy() -> _Taxonomy:
    data: dict[str, Any] = json.loads(resources.files(__package__).joinpath("taxonomy.json").read_text("utf-8"))
    found: dict[str, Category] = {}
    own: dict[str, Category] = {}
    for group in data["groups"]:
        for archive in group["archives"]:
            key = archive["id"]
            found[key] = Category(
                id=key, name=archive["name"], name_zh=archive["name_zh"], archive=key, group=group["id"]
            )
            for entry in archive["categories"]:
                own[entry["id"]] = Category(
                    id=entry["id"], name=entry["name"], name_zh=entry["name_zh"], archive=key, group=group["id"]
                )
            if not archive["categories"]:
                own[key] = found[key]
    aliases = {**data["aliases"], **data["subsumed"]}
    return _Taxonomy(
        groups=tuple(Group(group["id"], group["name"], group["name_zh"]) for group in data["groups"]),
        archives=found,
        categories=own,
        spellings={key.lower(): key for key in (*found, *own)} | {key.lower(): aliases[key] for key in aliases},
        aliases=data["aliases"],
    )
