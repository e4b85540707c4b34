"""Buttons under messages, and the data that comes back when one is pressed (`name:argument:argument`)."""

from __future__ import annotations

from dataclasses import dataclass

CALLBACK_LIMIT = 64
"""Bytes of callback data; Telegram refuses more."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: opens an address or calls back."""

    text: str
    url: str | None = None
    callback_data: str | None = None


def callback(name: str, *arguments: str) -> str:
    """The data of a button of the table in `bot/handlers/buttons.py`. ValueError when Telegram would refuse it."""
    data = ":".join((name, *arguments))
    if len(data.encode()) > CALLBACK_LIMIT or any(":" in part for part in (name, *arguments)):
        raise ValueError(f"{data!r} cannot be the data of a button: {CALLBACK_LIMIT} bytes at most, no colon in a part")
    return data


def read_callback(data: str) -> tuple[str, tuple[str, ...]]:
    """The name and the arguments; the inverse of `callback`."""
    name, *arguments = data.split(":")
    return name, tuple(arguments)
