"""Keyboards: what a request may attach to a message, and Telegram's refusals."""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import ApiError, bad_request
from bot.simulator.html_text import WEB_LINK
from bot.simulator.params import Params
from bot.simulator.state import Button

MAX_BUTTONS = 100
MAX_ROW = 8
MAX_CALLBACK_BYTES = 64
MAX_COPY = 256
_ACTIONS = (
    "callback_data",
    "url",
    "copy_text",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "pay",
)


def read_buttons(params: Params) -> tuple[tuple[Button, ...], ...]:
    """The inline keyboard of a request, row by row; other keyboards are accepted and show nothing."""
    rows = params.mapping("reply_markup").get("inline_keyboard") or []
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise _unreadable('field "inline_keyboard" must be an Array of Arrays')
    keyboard = tuple(tuple(_button(button) for button in row) for row in rows if row)
    if sum(map(len, keyboard)) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in keyboard):
        raise bad_request("reply markup is too long")
    return keyboard


def _unreadable(text: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {text}")


def _button(raw: Any) -> Button:
    if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
        raise _unreadable('field "text" must be of type String')
    text = raw["text"].strip()
    if not text:
        raise bad_request("inline keyboard button text must be non-empty")
    action = next((name for name in _ACTIONS if name in raw), None)
    if action is None:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    value = raw[action]
    if action == "callback_data" and not 1 <= len(str(value).encode()) <= MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and not (WEB_LINK.fullmatch(str(value)) or str(value).startswith(("tg://", "ton://"))):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    if action == "copy_text" and not (isinstance(value, dict) and 1 <= len(str(value.get("text", ""))) <= MAX_COPY):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return Button(text, action, value)


def keyboard_json(buttons: tuple[tuple[Button, ...], ...]) -> dict[str, Any]:
    """The keyboard as an InlineKeyboardMarkup."""
    rows = [[{"text": button.text, button.action: button.value} for button in row] for row in buttons]
    return {"inline_keyboard": rows}
