"""The methods that write messages: sendMessage, sendRichMessage, sendDocument, copyMessage and their like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.simulator import bot_rights as rights
from bot.simulator.api_errors import bad_request
from bot.simulator.chat_state import Chat, Document, Entity, EntityType, Message
from bot.simulator.entities import clean, finish
from bot.simulator.html_text import parse
from bot.simulator.markup import read_buttons, read_keyboard
from bot.simulator.params import Params, Upload
from bot.simulator.rich_html import parse_rich
from bot.simulator.rich_plain import rich_plain
from bot.simulator.shapes import Json, message_json
from bot.simulator.world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_FILE_BYTES = 50_000_000
ACTION_SECONDS = 5.0
_MOST_FORWARDED = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes and what it answers."""

    chat: Chat
    thread_id: int
    reply_to: Message | None

    def draft(self, world: World, params: Params, **content: Any) -> Message:
        """The bot's message for this place, not yet sent."""
        return world.draft(
            self.chat,
            from_user=world.bot,
            sender_chat=self.chat if self.chat.type == "channel" else None,
            thread_id=self.thread_id,
            reply_to=self.reply_to,
            buttons=read_buttons(params),
            silent=params.flag("disable_notification"),
            **content,
        )


def place(world: World, params: Params) -> Place:
    """The chat, topic and replied-to message of a request, if the bot may write there."""
    chat = world.find(params.text("chat_id"))
    thread_id = params.integer("message_thread_id")
    rights.speak(world, chat, thread_id)
    reply_to = _reply(chat, params)
    if reply_to is not None and not thread_id:
        thread_id = reply_to.thread_id
        rights.speak(world, chat, thread_id)
    return Place(chat, thread_id, reply_to)


def _reply(chat: Chat, params: Params) -> Message | None:
    reply = params.mapping("reply_parameters")
    number = Params(reply).integer("message_id") or params.integer("reply_to_message_id")
    if not number:
        return None
    message = chat.messages.get(number)
    if message is None and not (reply.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply")):
        raise bad_request("message to be replied not found")
    return message


def formatted(params: Params, name: str, entities: str) -> tuple[str, tuple[Entity, ...]]:
    """The text of a request and its entities: HTML, or plain with entities given. Other parse modes are refused."""
    text, mode = params.text(name), params.text("parse_mode").lower()
    if mode == "html":
        return parse(text)
    if mode:
        raise bad_request("unsupported parse_mode")
    given = [_entity(raw) for raw in params.items(entities)]
    return finish(clean(text), given)


def _entity(raw: Any) -> Entity:
    try:
        kind: EntityType = raw["type"]
        return Entity(
            type=kind,
            offset=int(raw["offset"]),
            length=int(raw["length"]),
            url=raw.get("url", ""),
            language=raw.get("language", ""),
        )
    except (TypeError, KeyError, ValueError):
        raise bad_request("can't parse MessageEntity") from None


def body_text(params: Params) -> tuple[str, tuple[Entity, ...]]:
    """The text of a message: not empty, at most 4,096 code points after parsing."""
    text, entities = formatted(params, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def caption_text(params: Params) -> tuple[str, tuple[Entity, ...]]:
    """A caption: at most 1,024 code points after parsing, empty for none."""
    text, entities = formatted(params, "caption", "caption_entities")
    if len(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def link_preview(params: Params) -> Json | None:
    """How links are previewed, None for Telegram's way."""
    if params.flag("disable_web_page_preview"):
        return {"is_disabled": True}
    return params.mapping("link_preview_options") or None


def deliver(world: World, method: str, message: Message) -> Json:
    """Send the draft, note it in the record and answer with it."""
    world.write(message)
    world.accept(method, message)
    return message_json(message)


def send_message(world: World, params: Params) -> Json:
    """`sendMessage`."""
    where = place(world, params)
    text, entities = body_text(params)
    draft = where.draft(
        world, params, text=text, entities=entities, html=params.text("text"), link_preview=link_preview(params)
    )
    keyboard = read_keyboard(params, private=where.chat.type == "private")
    if keyboard is not None:
        world.keyboards[where.chat.id] = keyboard
    return deliver(world, "sendMessage", draft)


def rich_content(params: Params) -> Json:
    """The fields of a draft for the rich message of a request; the simulator reads its HTML form only."""
    message = params.mapping("rich_message")
    html = message.get("html")
    if not isinstance(html, str) or sum(name in message for name in ("html", "markdown", "blocks")) != 1:
        raise bad_request("RICH_MESSAGE_CONTENT_REQUIRED")
    blocks = parse_rich(clean(html), finds_entities=not message.get("skip_entity_detection"))
    return {"rich": tuple(blocks), "text": rich_plain(blocks), "entities": (), "html": html}


def send_rich_message(world: World, params: Params) -> Json:
    """`sendRichMessage`."""
    where = place(world, params)
    return deliver(world, "sendRichMessage", where.draft(world, params, **rich_content(params)))


def read_document(world: World, upload: Upload | None, reference: str, caption: str) -> Document:
    """The file of a request: uploaded, or one that Telegram has already."""
    if upload is not None:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > MAX_FILE_BYTES:
            raise bad_request("file is too big")
        return world.new_file(upload.name, upload.content, upload.mime_type, caption)
    known = world.files.get(reference)
    if known is None:
        raise bad_request(
            "wrong file identifier/HTTP URL specified" if reference else "there is no document in the request"
        )
    return Document(known.file_id, known.name, known.content, known.mime_type, caption, known.photo)


def send_message_draft(world: World, params: Params) -> bool:
    """`sendMessageDraft`, in private chats only; the next message takes the draft's place."""
    chat = world.find(params.text("chat_id"))
    rights.speak(world, chat)
    if chat.many:
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    if not params.integer("draft_id"):
        raise bad_request("RANDOM_ID_INVALID")
    text, _ = body_text(params)
    if world.drafts is not None:
        world.drafts[chat.id] = text
    world.changed.notify()
    return True


def send_document(world: World, params: Params) -> Json:
    """`sendDocument`, with an upload or a file_id."""
    where = place(world, params)
    caption, entities = caption_text(params)
    document = read_document(world, params.upload("document"), params.text("document"), caption)
    draft = where.draft(world, params, document=document, entities=entities, html=params.text("caption"))
    return deliver(world, "sendDocument", draft)


def _source(world: World, params: Params, gone: str) -> Message:
    chat = world.find(params.text("from_chat_id"))
    rights.inside(world, chat)
    message = chat.messages.get(params.integer("message_id"))
    if message is None or message.service:
        raise bad_request(gone)
    return message


def copy_message(world: World, params: Params) -> Json:
    """`copyMessage`; its answer is the new id alone."""
    where = place(world, params)
    source = _source(world, params, "message to copy not found")
    document, entities, html = source.document, source.entities, source.html
    if document and "caption" in params:
        caption, entities = caption_text(params)
        html = params.text("caption")
        document = read_document(world, None, document.file_id, caption)
    draft = where.draft(
        world, params, text=source.text, entities=entities, html=html, rich=source.rich, document=document
    )
    return {"message_id": deliver(world, "copyMessage", draft)["message_id"]}


def forward_message(world: World, params: Params) -> Json:
    """`forwardMessage`."""
    where = place(world, params)
    source = _source(world, params, "message to forward not found")
    return deliver(world, "forwardMessage", _forwarded(world, params, where, source))


def _forwarded(world: World, params: Params, where: Place, source: Message) -> Message:
    return where.draft(
        world,
        params,
        text=source.text,
        entities=source.entities,
        html=source.html,
        rich=source.rich,
        document=source.document,
        origin=source.origin or source,
    )


def forward_messages(world: World, params: Params) -> list[Json]:
    """`forwardMessages`; its answer is the new ids alone.

    Ids without a message are skipped; but a deleted message of a channel fails the request, although the others are
    forwarded (https://github.com/tdlib/telegram-bot-api/issues/714).
    """
    where = place(world, params)
    chat = world.find(params.text("from_chat_id"))
    rights.inside(world, chat)
    numbers = params.items("message_ids")
    if not 1 <= len(numbers) <= _MOST_FORWARDED:
        raise bad_request("too many messages to forward" if numbers else "there are no messages to forward")
    if numbers != sorted(set(numbers)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    found = [message for number in numbers if (message := chat.messages.get(number)) and not message.service]
    deleted = [number for number in numbers if number not in chat.messages and number < chat.next_message_id]
    if not found and not deleted:
        raise bad_request("there are no messages to forward")
    made = [deliver(world, "forwardMessages", _forwarded(world, params, where, message)) for message in found]
    if deleted and chat.type == "channel":
        raise bad_request('failed to send message #1 with the error message "Message was not forwarded"')
    return [{"message_id": message["message_id"]} for message in made]


def send_chat_action(world: World, params: Params) -> bool:
    """`sendChatAction`: shown on the chat page for five seconds, or until the bot has written."""
    chat, thread_id = world.find(params.text("chat_id")), params.integer("message_thread_id")
    rights.speak(world, chat, thread_id)
    action = params.text("action")
    if not action:
        raise bad_request("wrong parameter action in request")
    chat.doing[thread_id] = (action, world.now() + ACTION_SECONDS)
    world.changed.notify()
    return True
