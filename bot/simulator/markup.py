"""Keyboards: what a request may attach to a message, and Telegram's refusals."""

from __future__ import annotations

from typing import Any

from bot.simulator.api_errors import ApiError, bad_request
from bot.simulator.chat_state import Button
from bot.simulator.html_text import WEB_LINK
from bot.simulator.params import Params

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


def read_keyboard(params: Params, *, private: bool) -> tuple[tuple[str, dict[str, Any]], ...] | None:
    """The keyboard below the field for typing: each button's text and all of it. None where the request brings none.

    Empty for one that takes it away. Chats can be asked for only in private chats.
    """
    markup = params.mapping("reply_markup")
    if markup.get("remove_keyboard"):
        return ()
    if "keyboard" not in markup:
        return None
    buttons = [
        button if isinstance(button, dict) else {"text": str(button)} for row in markup["keyboard"] for button in row
    ]
    if not buttons or not all(str(button.get("text", "")).strip() for button in buttons):
        raise bad_request("keyboard button text must be non-empty")
    for request in (button["request_chat"] for button in buttons if "request_chat" in button):
        if not private:
            raise bad_request("chats can be requested in private chats only")
        if not isinstance(request, dict) or not {"request_id", "chat_is_channel"} <= request.keys():
            raise bad_request("can't parse keyboard button: wrong request_chat")
        mine, theirs = request.get("bot_administrator_rights"), request.get("user_administrator_rights")
        asked = {name for name, granted in (mine or {}).items() if granted}
        if theirs is not None and not asked <= {name for name, granted in theirs.items() if granted}:
            raise bad_request("bot_administrator_rights must be a subset of user_administrator_rights")
    return tuple((str(button["text"]), button) for button in buttons)


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
