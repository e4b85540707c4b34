"""What a part of a digest is as a request of the Bot API: the method and the body. Pure.

The text of a message is encoded once for all chats, without the chat: `text_of` makes it, and the sender keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from storage.records import Destination, Part, PartKind

Fields = dict[str, Any]
"""The fields of a request; those that are None are left out."""


def new_message(place: Destination, part: Part, text: bytes, *, paid: bool) -> tuple[str, bytes]:
    """Method and body that send a message. `text` is what `text_of` made of the part."""
    head = b'{"chat_id":%d,' % place.chat_id
    if place.thread_id:
        head += b'"message_thread_id":%d,' % place.thread_id
    if place.quiet:
        head += b'"disable_notification":true,'
    if paid:
        head += b'"allow_paid_broadcast":true,'
    return ("sendRichMessage" if part.kind is PartKind.RICH else "sendMessage"), head + text


def edited_message(chat_id: int, message_id: int, text: bytes) -> tuple[str, bytes]:
    """Method and body that change the text of a message."""
    return "editMessageText", b'{"chat_id":%d,"message_id":%d,' % (chat_id, message_id) + text


def deleted_message(chat_id: int, message_id: int) -> tuple[str, bytes]:
    """Method and body that delete a message."""
    return "deleteMessage", encoded({"chat_id": chat_id, "message_id": message_id})


def new_file(place: Destination, part: Part, *, paid: bool) -> Fields:
    """The fields of `sendDocument`, but for the document itself."""
    return {
        "chat_id": place.chat_id,
        "message_thread_id": place.thread_id or None,
        "disable_notification": place.quiet or None,
        "allow_paid_broadcast": paid or None,
        **_caption(part),
        **_keyboard(part),
    }


def replaced_file(chat_id: int, message_id: int, part: Part) -> Fields:
    """The fields of `editMessageMedia`, with the new document attached under the name `file`."""
    media = {"type": "document", "media": "attach://file", **_caption(part)}
    return {"chat_id": chat_id, "message_id": message_id, "media": json.dumps(media), **_keyboard(part)}


def text_of(part: Part) -> bytes:
    """The fields of a message that are the same for every chat, as JSON without its first brace."""
    return encoded(fields_of(part))[1:]


def encoded(fields: Mapping[str, Any]) -> bytes:
    """The fields as JSON, without those that are None."""
    present = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, separators=(",", ":")).encode()


def fields_of(part: Part) -> Fields:
    """The fields of a message that are the same for every chat."""
    markup = _keyboard(part)
    if part.kind is PartKind.RICH:
        return {"rich_message": {**part.payload["rich"], "skip_entity_detection": True}, **markup}
    mode = {} if "variant" in part.payload else {"parse_mode": "HTML"}
    return {"text": part.payload["text"], **mode, "link_preview_options": {"is_disabled": True}, **markup}


def _keyboard(part: Part) -> dict[str, Any]:
    buttons = part.payload.get("buttons")
    return {"reply_markup": {"inline_keyboard": buttons}} if buttons else {}


def _caption(part: Part) -> dict[str, Any]:
    mode = {} if "variant" in part.payload else {"parse_mode": "HTML"}
    return {"caption": part.payload["caption"], **mode}
