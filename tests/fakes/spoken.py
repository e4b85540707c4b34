"""What a message of the catalogues looks like once it was said: a pattern for each key and language."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent

from bot.render.message import shown


def spoken(language: str, key: str) -> re.Pattern[str]:
    """Finds the catalogue's message as people read it, with whatever values. KeyError when the language lacks it."""
    return _spoken(language)[key]


@cache
def _spoken(language: str) -> dict[str, re.Pattern[str]]:
    return {
        message.id.name: re.compile(_pattern(message.value), re.DOTALL)
        for file in resources.files("bot.i18n").joinpath(language).iterdir()
        for message in FluentParser().parse(file.read_text(encoding="utf-8")).body
        if isinstance(message, fluent.Message) and message.value is not None
    }


def _pattern(value: fluent.Pattern) -> str:
    return "".join(_piece(element) for element in value.elements)


def _piece(element: fluent.TextElement | fluent.Placeable) -> str:
    if isinstance(element, fluent.TextElement):
        return r"\s*".join(re.escape(word) for word in re.split(r"\s+", shown(element.value)))
    inner = element.expression
    if isinstance(inner, fluent.SelectExpression):
        return "(?:" + "|".join(_pattern(variant.value) for variant in inner.variants) + ")"
    if isinstance(inner, fluent.StringLiteral):
        return re.escape(inner.parse()["value"])
    return ".*?"
