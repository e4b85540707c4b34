"""What the bot says, in each interface language.

The catalogues are Fluent files, one folder per language and one file per room (`render.ftl`, `chat.ftl`, `cli.ftl`).
English is complete and is the fallback of every other language.
"""

from __future__ import annotations

import html
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from fluent.runtime import FluentBundle, FluentResource

from bot.i18n.dates import long_date

FALLBACK = "en"
_LONGEST_VALUE = 900


class Words:
    """One interface language's words. `words("key", name=value)` is text, `words.html(…)` escapes its values.

    A date as a value is written as the language writes dates.
    """

    def __init__(self, language: str, bundles: list[FluentBundle]) -> None:
        self.language = language
        self._bundles = bundles

    def __call__(self, key: str, /, **values: Any) -> str:
        """The message `key` with its values filled in; KeyError when no catalogue has it."""
        for bundle in self._bundles:
            pattern = bundle.get_message(key).value if bundle.has_message(key) else None
            if pattern is not None:
                text, errors = bundle.format_pattern(
                    pattern, {name: self._shown(value) for name, value in values.items()}
                )
                if errors:
                    raise ValueError(f"message {key!r}: {errors[0]}")
                return str(text)
        raise KeyError(key)

    def _shown(self, value: Any) -> Any:
        """Dates as the language writes them, and no text beyond 1,000 characters, which Fluent refuses.

        A message that says what happened needs no more.
        """
        if isinstance(value, date):
            return long_date(value, self.language)
        return f"{value[: _LONGEST_VALUE - 1]}…" if isinstance(value, str) and len(value) > _LONGEST_VALUE else value

    def html(self, key: str, /, **values: Any) -> str:
        """A message that is Telegram HTML: text values are escaped, the markup of the catalogue stays."""
        return self(
            key, **{name: html.escape(v, quote=False) if isinstance(v, str) else v for name, v in values.items()}
        )


def catalogue_names() -> tuple[str, ...]:
    """The interface languages that there are, the fallback first."""
    names = sorted(
        entry.name for entry in resources.files(__name__).iterdir() if entry.is_dir() and entry.name[0] != "_"
    )
    return tuple(sorted(names, key=lambda name: name != FALLBACK))


@cache
def words_for(language: str) -> Words:
    """The words for an interface language or a language code of Telegram (`zh-hans`, `en-GB`); English if unknown."""
    name = language.replace("_", "-").split("-", maxsplit=1)[0].lower()
    if name not in catalogue_names():
        name = FALLBACK
    return Words(name, [_bundle(name), *([_bundle(FALLBACK)] if name != FALLBACK else [])])


def read_catalogues() -> None:
    """Read every language now, which takes some 40 ms each, so that nobody's answer waits for it."""
    for language in catalogue_names():
        words_for(language)


@cache
def _bundle(name: str) -> FluentBundle:
    # Isolation marks (U+2068/9) would stand inside links and commands that people copy.
    bundle = FluentBundle([name], use_isolating=False)
    for file in sorted(resources.files(__name__).joinpath(name).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".ftl"):
            bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle
