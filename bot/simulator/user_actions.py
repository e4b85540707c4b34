"""What people say and press: the part of the Python API that makes things happen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.simulator.chat_state import ANONYMOUS_ID, CHANNEL_ID, Chat, Document, Entity, Message, User
from bot.simulator.entities import clean, finish
from bot.simulator.markup import read_buttons
from bot.simulator.methods_send import body_text
from bot.simulator.params import Params
from bot.simulator.people import People
from bot.simulator.shapes import message_json, user_json
from bot.simulator.world import InlineAsk, Press


class UserActions(People):
    """Deeds change the state at once and queue what the bot is to hear."""

    def say(
        self,
        chat: Chat,
        user: User,
        text: str,
        *,
        thread_id: int = 0,
        reply_to: Message | None = None,
        entities: Iterable[Entity] | None = None,
        anonymous: bool = False,
        as_channel: Chat | None = None,
    ) -> Message:
        """A person writes. Links, commands and mentions are found; `entities` adds others such as text_link.

        In a group an administrator may write as the group itself (`anonymous`), anybody as a channel of their own.
        """
        body, found = finish(clean(text), list(entities or ()))
        author = (User(ANONYMOUS_ID, "Group", "GroupAnonymousBot", is_bot=True), chat) if anonymous else (user, None)
        if as_channel is not None:
            author = User(CHANNEL_ID, "Channel", "Channel_Bot", is_bot=True), as_channel
        return self._write(chat, user, thread_id, reply_to, text=body, entities=found, author=author)

    def send_caption(
        self,
        chat: Chat,
        user: User,
        caption: str,
        entities: Iterable[Entity] | None = None,
        *,
        thread_id: int = 0,
        document: str = "",
    ) -> Message:
        """A person sends a picture, or a document of this name, with text under it."""
        body, found = finish(clean(caption), list(entities or ()))
        name, mime_type = (document, "application/pdf") if document else ("photo.jpg", "image/jpeg")
        file = self.world.new_file(name, b"content", mime_type, body, photo=not document)
        return self._write(chat, user, thread_id, None, entities=found, document=file)

    def post(self, channel: Chat, text: str, entities: Iterable[Entity] | None = None) -> Message:
        """The channel posts."""
        body, found = finish(clean(text), list(entities or ()))
        message = self.world.draft(channel, sender_chat=channel, text=body, entities=found)
        self.world.write(message)
        self.world.tell(message)
        return message

    def edit(self, message: Message, text: str) -> None:
        """The author changes the text of a message."""
        message.text, message.entities = finish(clean(text), [])
        message.edited += 1
        message.edit_date = int(self.world.now())
        self.world.tell(message, edited=True)
        self.world.changed.notify()

    def delete(self, message: Message) -> None:
        """Someone deletes a message; bots do not hear of that."""
        message.deleted = True
        message.chat.messages.pop(message.message_id, None)
        self.world.changed.notify()

    def press(self, message: Message, user: User, button: str) -> str:
        """A person presses the button with this text or callback data; the id of the callback query."""
        pressed = message.button(button)
        if not pressed.data:
            raise ValueError(f"button {pressed.text!r} asks the bot nothing; it carries {pressed.action}")
        return self.press_with(message, user, pressed.data)

    def press_with(self, message: Message, user: User, data: str) -> str:
        """A person presses a button with data that may be of no button: what a tampered app can send."""
        query_id = f"{4_000_000_000 + self.world.number('query')}"
        self.world.presses[query_id] = Press(
            query_id=query_id, user=user, message=message, data=data, at=self.world.now()
        )
        body = {
            "id": query_id,
            "from": user_json(user),
            "message": message_json(message),
            "chat_instance": str(message.chat.id),
            "data": data,
        }
        self.world.updates.put("callback_query", body)
        self.world.changed.notify()
        return query_id

    def share_chat(self, chat: Chat, user: User, button: str, shared: Chat, *, with_bot: bool = True) -> Message:
        """A person picks a chat for a button of the keyboard that asks for one.

        The app brings the bot in as the button asks, as a member or with rights, unless `with_bot` is false.
        """
        request = dict(self.world.keyboards[chat.id])[button]["request_chat"]
        wanted: dict[str, bool] | None = request.get("bot_administrator_rights")
        if with_bot and wanted is not None:
            self.world.set_member(shared, self.bot, "administrator", dict(wanted), user)
        elif with_bot and request.get("bot_is_member") and not shared.member(self.bot).present:
            self.world.set_member(shared, self.bot, "member", {}, user)
        service = {"request_id": request["request_id"], "chat_id": shared.id, "title": shared.title}
        message = self.world.draft(chat, from_user=user, service={"chat_shared": service})
        self.world.write(message)
        self.world.tell(message)
        return message

    def answer(self, query_id: str) -> str | None:
        """What the bot answered to a pressed button ("" for nothing to show), None while it spins."""
        return self.world.presses[query_id].answer

    def opened(self) -> str:
        """The address that the answer to the last pressed button opened in the app; nothing for most."""
        return next(reversed(self.world.presses.values())).url

    def inline(self, user: User, query: str, offset: str = "") -> str:
        """A person types `@bot query` somewhere, or scrolls on to `offset`; the id of the inline query.

        Its results are in `world.inline`.
        """
        query_id = f"{5_000_000_000 + self.world.number('inline')}"
        self.world.inline[query_id] = InlineAsk(query_id, user, query)
        body = {"id": query_id, "from": user_json(user), "query": query, "offset": offset, "chat_type": "sender"}
        self.world.updates.put("inline_query", body)
        return query_id

    def choose(self, chat: Chat, query_id: str, result: int) -> Message:
        """The person sends one of the results (from 0) into a chat.

        The bot hears of the choice where feedback is on, and of the message where it is a member.
        """
        ask = self.world.inline[query_id]
        chosen = Params((ask.results or [])[result])
        content = chosen.mapping("input_message_content")
        text, entities = body_text(Params(content | {"text": content["message_text"]}))
        message = self.world.draft(
            chat,
            from_user=ask.user,
            via_bot=self.bot,
            text=text,
            entities=entities,
            buttons=read_buttons(chosen),
        )
        self.world.write(message)
        self.world.tell(message)
        body: dict[str, Any] = {"result_id": chosen.text("id"), "from": user_json(ask.user), "query": ask.query}
        if message.buttons:  # without any it can never be edited
            body["inline_message_id"] = f"AgAAAC{self.world.number('sent inline'):08d}"
            self.world.sent_inline[body["inline_message_id"]] = message
        if self.world.inline_feedback:
            self.world.updates.put("chosen_inline_result", body)
        return message

    def forward(self, message: Message, chat: Chat, user: User) -> Message:
        """A person forwards a message into a chat."""
        copy = self.world.draft(
            chat,
            from_user=user,
            text=message.text,
            entities=message.entities,
            html=message.html,
            document=message.document,
            via_bot=message.via_bot,
            origin=message.origin or message,
        )
        self.world.write(copy)
        self.world.tell(copy)
        return copy

    def react(self, message: Message, user: User, emoji: str) -> None:
        """A person reacts to a message; the bot hears of it if it asked for reactions and administers the chat."""
        message.reactions = (emoji,)
        if not message.chat.many or message.chat.member(self.bot).administers:
            body = {
                "chat": message_json(message)["chat"],
                "message_id": message.message_id,
                "user": user_json(user),
                "date": int(self.world.now()),
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": emoji}],
            }
            self.world.updates.put("message_reaction", body)
        self.world.changed.notify()

    def forward_automatically(self, post: Message, group: Chat) -> Message:
        """Forward a channel's post into a discussion group by hand; linked ones get it by themselves."""
        return self.world.forward_automatically(post, group)

    def _write(
        self,
        chat: Chat,
        user: User,
        thread_id: int,
        reply_to: Message | None,
        *,
        text: str = "",
        entities: tuple[Entity, ...] = (),
        document: Document | None = None,
        author: tuple[User, Chat | None] | None = None,
    ) -> Message:
        if chat.type == "private":
            user.started = True
        if thread_id and thread_id not in chat.topics:
            raise ValueError(f"no topic {thread_id} in {chat.title!r}")
        sender, sender_chat = author or (user, None)
        message = self.world.draft(
            chat,
            from_user=sender,
            sender_chat=sender_chat,
            thread_id=thread_id,
            reply_to=reply_to,
            text=text,
            entities=entities,
            document=document,
        )
        self.world.write(message)
        self.world.tell(message)
        return message
