"""What the pages of a message that is changed in place are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.handlers.ask import Ask
from bot.render.button import Button, callback
from storage.records import Destination

SETTINGS = "set"
"""The name of the buttons of /settings, and of the deep link that opens a chat's settings: `set_-1001234567890`."""

SETUP = "go"
"""The name of the buttons that lead through the first three questions."""

CHANNELS = "chan"
"""The name of the buttons of /channels, and of the deep link to it: `chan` lists, `chan:add` asks for another."""

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """What a page is about, and whose buttons it has: those of SETTINGS or of SETUP."""

    flow: str
    place: Destination

    def data(self, *args: str) -> str:
        """The data of a button on one of its pages."""
        return callback(self.flow, str(self.place.id), *args)


@dataclass(frozen=True, slots=True)
class Page:
    """Telegram HTML and the buttons under it; a row may be empty."""

    text: str
    buttons: Rows


def option(text: str, data: str, *, chosen: bool) -> Button:
    """A button for one of several values."""
    return Button(f"✓ {text}" if chosen else text, callback_data=data)


def back(ask: Ask, spot: Spot, *args: str) -> Button:
    """The button that leads back: to the main page, or to another."""
    return Button(ask.words("button-back"), callback_data=spot.data(*args))


def leave(ask: Ask, spot: Spot, *, following: str = "") -> tuple[Button, ...]:
    """The last row of a page: from the settings' back to the main one, from the first questions' on to the next."""
    if spot.flow == SETTINGS:
        return (back(ask, spot),)
    return (Button(ask.words("button-next"), callback_data=spot.data(following)),) if following else ()


def rows(buttons: Sequence[Button], width: int) -> Rows:
    """The buttons, so many side by side."""
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))
