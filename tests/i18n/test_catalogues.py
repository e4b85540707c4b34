"""Every language says everything that the program says, and nothing that it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent

from bot.i18n import FALLBACK, catalogue_names, dates, words_for

pytestmark = pytest.mark.pure

CODE = Path(__file__).parents[2] / "bot"
SAYS = re.compile(r'\b(?:words|html|say|tell|Refusal|_tell|_write)\(\s*["\']([a-z0-9-]+)["\']')
"""What takes a key of the catalogue as its first argument, and that key."""


@cache
def catalogue(language: str) -> dict[str, dict[str, set[str]]]:
    """File → key → the values that its message takes."""
    found: dict[str, dict[str, set[str]]] = {}
    for file in resources.files("bot.i18n").joinpath(language).iterdir():
        body = FluentParser().parse(file.read_text(encoding="utf-8")).body
        junk = [one.content for one in body if isinstance(one, fluent.Junk)]
        assert junk == [], file.name
        messages = [one for one in body if isinstance(one, fluent.Message)]
        assert len({message.id.name for message in messages}) == len(messages), file.name
        found[file.name] = {message.id.name: set(variables(message)) for message in messages}
    return found


def variables(node: object) -> Iterator[str]:
    if isinstance(node, fluent.VariableReference):
        yield node.id.name
    elif isinstance(node, list):
        for one in node:
            yield from variables(one)
    elif isinstance(node, fluent.BaseNode):
        yield from variables(list(vars(node).values()))


@cache
def code() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(CODE.rglob("*.py")))


def known() -> set[str]:
    return {key for file in catalogue(FALLBACK).values() for key in file}


@pytest.mark.parametrize("language", catalogue_names())
def test_every_language_has_the_same_keys_in_the_same_files_with_values_that_english_gives(language: str) -> None:
    english, other = catalogue(FALLBACK), catalogue(language)
    assert {name: set(file) for name, file in other.items()} == {name: set(file) for name, file in english.items()}
    for name, file in other.items():
        for key, taken in file.items():
            # The list of authors tells how many more in one language, how many in all in another.
            assert taken <= english[name][key] | ({"all"} if key == "render-authors-more" else set()), key


def test_no_key_stands_in_two_files() -> None:
    keys = [key for file in catalogue(FALLBACK).values() for key in file]
    assert sorted(keys) == sorted(set(keys))


def test_every_key_that_the_program_says_is_there() -> None:
    said = set(SAYS.findall(code()))
    assert len(said) > 100
    # Words of other rooms that have methods of these names are no keys: they are one word, and no catalogue's.
    assert {key for key in said if "-" in key} <= known()


def test_every_key_is_said_somewhere() -> None:
    written = set(re.findall(r'["\']([a-z0-9-]+)["\']', code()))
    begun = tuple(set(re.findall(r'f["\']([a-z-]+-)\{', code())))
    assert [key for key in sorted(known()) if key not in written and not key.startswith(begun)] == []


@pytest.mark.parametrize("language", catalogue_names())
def test_what_the_bot_says_of_itself_fits_where_telegram_shows_it(language: str) -> None:
    words = words_for(language)
    assert 1 <= len(words("profile-name")) <= 64
    assert 1 <= len(words("profile-short-description")) <= 120
    assert 1 <= len(words("profile-description")) <= 512


def test_every_list_of_days_is_chinese_in_chinese() -> None:
    assert dates.weekdays({1, 3, 6}, "zh") == "周一、周三、周六"
