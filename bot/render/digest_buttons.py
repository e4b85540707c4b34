"""The buttons under a digest: its papers' cards, its pages, and its other layouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.render.button import Button, callback, read_callback
from bot.render.paper_list import number_buttons, page_buttons
from bot.render.sheet import Frame
from storage.records import BilingualPaper, Layout, Part

PAGE = "page"
"""`page:DIGEST:layout:page` with pages from 0, as all lists have them."""

LAYOUT = "look"
"""`look:DIGEST:layout`."""

_WIDTH = 8
"""Telegram shows no more buttons side by side."""
_MOST = 88
"""Of 100 buttons under a message these are for papers."""


def digest_buttons(
    frame: Frame, entries: Sequence[BilingualPaper], *, first: int, layouts: Sequence[Layout], bot_name: str
) -> list[list[dict[str, Any]]]:
    """The rows under a message on which these entries stand, in the form of a part's payload.

    Where many read along (the digest is not paged) cards open in the private chat with the bot; without its name there
    are no buttons for them.
    """
    digest = frame.digest
    rows: list[Sequence[Button]] = []
    if digest.style.paged or bot_name:
        listed = entries[:_MOST]
        name = None if digest.style.paged else bot_name
        rows += _rows(number_buttons(listed, digest.language, first=first, bot_name=name))
    if digest.style.paged:
        number, shown = str(digest.id), digest.style.layout
        rows.append(page_buttons(PAGE, frame.page - 1, frame.pages, number, shown))
        others = [layout for layout in layouts if layout is not shown]
        rows.append(
            [
                Button(frame.words(f"render-layout-{other}"), callback_data=callback(LAYOUT, number, other))
                for other in others
            ]
        )
    return [[_payload(button) for button in row] for row in rows if row]


def digest_of(part: Part) -> int | None:
    """The stored digest that the buttons of a part name, if they do."""
    for button in (button for row in part.payload.get("buttons", ()) for button in row):
        name, arguments = read_callback(str(button.get("callback_data", "")))
        if name in {PAGE, LAYOUT}:
            return int(arguments[0])
    return None


def _rows(buttons: Sequence[Button]) -> list[Sequence[Button]]:
    """Rows of about the same length."""
    if not buttons:
        return []
    width = -(-len(buttons) // -(-len(buttons) // _WIDTH))
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]


def _payload(button: Button) -> dict[str, Any]:
    where = {"url": button.url} if button.url is not None else {"callback_data": button.callback_data}
    return {"text": button.text, **where}
