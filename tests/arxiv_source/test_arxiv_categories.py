"""The taxonomy, the names people use for it, and what they may have meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arxiv_source import categories

pytestmark = pytest.mark.pure


def every_category() -> list[categories.Category]:
    return [
        category
        for group in categories.groups()
        for archive in categories.archives(group.id)
        for category in categories.categories(archive.id)
    ]


def test_the_taxonomy_is_whole() -> None:
    archives = [archive for group in categories.groups() for archive in categories.archives(group.id)]
    # 155 active names, six of which are aliases.
    assert (len(categories.groups()), len(archives), len(every_category())) == (8, 20, 149)
    assert all(category.name and category.name_zh for category in [*archives, *every_category()])


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("cs.CV", "cs.CV"),
        (" CS.cv ", "cs.CV"),
        ("math", "math"),
        ("HEP-TH", "hep-th"),
        ("cs.NA", "math.NA"),
        ("math.mp", "math-ph"),
        ("cs.SY", "eess.SY"),
        ("q-fin.EC", "econ.GN"),
        ("alg-geom", "math.AG"),
        ("cmp-lg", "cs.CL"),
        ("cs.ZZ", None),
        ("", None),
    ],
)
def test_a_name_in_any_case_has_one_canonical_id(name: str, meant: str | None) -> None:
    assert categories.canonical(name) == meant


def test_canonical_ids_are_their_own_canonical_ids() -> None:
    for category in every_category():
        assert categories.canonical(category.id) == category.id
        assert categories.get(category.id) == category
        assert categories.is_category(category.id)


def test_archives_and_categories_are_told_apart() -> None:
    assert categories.is_archive("cs")
    assert not categories.is_category("cs")
    assert not categories.is_archive("cs.CV")
    assert categories.is_archive("hep-th")
    assert categories.is_category("hep-th")
    cs = categories.get("cs")
    assert cs is not None
    assert (cs.name, cs.name_zh, cs.archive, cs.group) == ("Computer Science", "计算机科学", "cs", "cs")
    assert categories.get("cs.NA") is None


def test_a_list_with_aliases_is_canonical_once_each_and_in_order() -> None:
    assert categories.canonical_list(["math.NA", "cs.NA", "cs.LG", "new.XX", "cs.lg"]) == ("math.NA", "cs.LG", "new.XX")


@pytest.mark.parametrize(
    ("query", "listed", "belongs"),
    [
        ("cs.CV", ["cs.LG", "cs.CV"], True),
        ("cs.CV", ["cs.LG"], False),
        ("cs", ["math.CO", "cs.CV"], True),
        ("cs", ["math.CO"], False),
        ("cs.NA", ["math.NA"], True),
        ("cs", ["math.NA"], True),
        ("math", ["math-ph"], True),
        ("math-ph", ["math.MP"], True),
        ("physics", ["hep-th"], False),
        ("hep-th", ["hep-th"], True),
        ("nonsense", ["cs.CV"], False),
    ],
)
def test_a_subscription_covers_its_category_or_its_whole_archive(
    query: str, listed: list[str], *, belongs: bool
) -> None:
    assert categories.covers(query, listed) is belongs


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cs.CW", ["cs.CV"]),
        ("cs.VC", ["cs.CV"]),
        ("csCV", ["cs.CV"]),
        ("cv", ["cs.CV", "math.CV"]),
        ("machine learning", ["cs.LG", "stat.ML"]),
        ("Machine  Lerning", ["cs.LG", "stat.ML"]),
        ("机器学习", ["cs.LG", "stat.ML"]),
        ("视觉", ["cs.CV"]),
        ("数学", ["math"]),
        ("hep", ["hep-ex", "hep-lat", "hep-ph"]),
        ("robotic", ["cs.RO"]),
        ("computer science", ["cs"]),
    ],
)
def test_what_was_meant_comes_first(typed: str, first: list[str]) -> None:
    assert [one.id for one in categories.nearest(typed)][: len(first)] == first


@pytest.mark.parametrize("typed", ["xyzzyqqq", "", "  ", "。", "a"])
def test_nothing_is_offered_for_what_resembles_nothing(typed: str) -> None:
    assert categories.nearest(typed) == ()


@settings(max_examples=10)
@given(st.text(max_size=80), st.integers(0, 5))
def test_anything_can_be_typed(typed: str, count: int) -> None:
    assert len(categories.nearest(typed, count)) <= count
    assert categories.canonical_list([typed]) == (categories.canonical(typed) or typed.strip(),)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("cs.CV", ("cs.CV",)),
        ("hep-th", ("hep-th",)),
        ("cond-mat", ("cond-mat.*",)),
        # cs.NA and cs.SY are other names for categories that the API has elsewhere.
        ("cs", ("cs.*", "eess.SY", "math.NA")),
    ],
)
def test_a_query_is_searched_for_under_all_its_names(query: str, terms: tuple[str, ...]) -> None:
    assert categories.searched(query) == terms


@pytest.mark.parametrize(
    ("name", "stands_for"),
    [
        ("cs.cv", ("cs.CV",)),
        ("cs.NA", ("math.NA",)),
        ("Q-Bio", ("q-bio",)),
        # An archive, of which the group is thirteen times as much.
        ("physics", ("physics",)),
        ("grp_cs", ("cs",)),
        ("Statistics", ("stat",)),
        ("计算机科学", ("cs",)),
        ("xyzzy", ()),
    ],
)
def test_a_name_stands_for_a_category_an_archive_or_a_group(name: str, stands_for: tuple[str, ...]) -> None:
    assert categories.meant(name) == stands_for


def test_a_group_stands_for_all_its_archives() -> None:
    everything = categories.meant("grp_physics")
    assert everything == categories.meant("物理学") == tuple(archive.id for archive in categories.archives("physics"))
    assert {"astro-ph", "hep-th", "physics", "quant-ph"} <= set(everything)
    assert [categories.group_around(one) for one in ("physics", "cs", "hep-th")] == ["grp_physics", None, None]
