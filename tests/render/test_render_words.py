from __future__ import annotations

from dataclasses import replace
from importlib import resources

import pytest
from fakes.render_material import PAPER
from fluent.syntax import FluentParser, ast

from bot.i18n import catalogue_names, words_for
from bot.render.names import authors_line, counts_line
from storage.records import AnnounceType

pytestmark = pytest.mark.pure


def messages(language: str) -> dict[str, set[str]]:
    """The keys of the renderers' catalogue, each with the values that it takes."""
    source = resources.files("bot.i18n").joinpath(language, "render.ftl").read_text(encoding="utf-8")
    return {
        entry.id.name: set(_variables(entry)) for entry in FluentParser().parse(source).body if hasattr(entry, "id")
    }


def _variables(node: object) -> list[str]:
    if isinstance(node, ast.VariableReference):
        return [node.id.name]
    if isinstance(node, list):
        return [name for one in node for name in _variables(one)]
    if isinstance(node, ast.BaseNode):
        return [name for var in vars(node).values() for name in _variables(var)]
    return []


def test_every_language_has_every_key_with_values_that_english_gives() -> None:
    english = messages("en")
    assert all(key.startswith("render-") for key in english)
    for language in catalogue_names():
        other = messages(language)
        assert other.keys() == english.keys()
        for key, names in other.items():
            # The list of authors tells how many more in one language, how many in all in another.
            assert names <= english[key] | ({"all"} if key == "render-authors-more" else set())


def test_the_catalogues_hold_no_markup_since_renderers_join_it_to_them() -> None:
    for language in catalogue_names():
        words = words_for(language)
        for key, names in messages(language).items():
            values = {name: 2 if name in {"count", "more", "all"} else "x" for name in names}
            assert not set("<>&") & set(words(key, **values))


@pytest.mark.parametrize(("count", "shown"), [(5, "A1, A2, A3, A4, A5"), (6, "A1, A2, A3, A4, A5, … +1"), (0, "")])
def test_authors_beyond_the_fifth_are_counted(count: int, shown: str) -> None:
    paper = replace(PAPER, authors=tuple(f"A{number}" for number in range(1, count + 1)))
    assert authors_line(paper, words_for("en")) == shown


def test_authors_whose_number_nobody_knows_are_not_counted() -> None:
    paper = replace(PAPER, authors=("A1", "A2", "A3"), more_authors=True)
    assert authors_line(paper, words_for("en"), shown=2) == "A1, A2 et al."
    assert authors_line(paper, words_for("zh")) == "A1、A2、A3 等"


def test_counts_come_in_arxivs_order_and_leave_out_what_there_is_none_of() -> None:
    kinds = [AnnounceType.REPLACE, AnnounceType.NEW, AnnounceType.NEW, AnnounceType.CROSS]
    assert counts_line(kinds, words_for("en")) == "2 new · 1 cross-listed · 1 replaced"
    assert counts_line(kinds, words_for("zh")) == "2 篇新论文 · 1 篇交叉列表 · 1 篇更新"
