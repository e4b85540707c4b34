"""The local Telegram's state and the few ways it changes: the bot's methods and the people's deeds meet here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.simulator.api_errors import bad_request, migrated
from bot.simulator.chat_state import SERVICE_ID, Accepted, Chat, ChatType, Document, Member, Message, Status, User
from bot.simulator.shapes import chat_json, member_json, message_json, user_json
from bot.simulator.updates import Signal, Updates


@dataclass(slots=True)
class Press:
    """A pressed button. `answer` is what answerCallbackQuery showed, None while it spins."""

    query_id: str
    user: User
    message: Message
    data: str
    at: float
    answer: str | None = None
    alert: bool = False
    url: str = ""
    """What the answer opened in the app."""


@dataclass(slots=True)
class InlineAsk:
    """An inline query and the results that the bot gave, None while there are none.

    `next_offset` is what the next page is asked with ("" for none); `button` the text of what stands above the results.
    """

    query_id: str
    user: User
    query: str
    results: list[dict[str, Any]] | None = None
    next_offset: str = ""
    button: str = ""
    personal: bool = False


@dataclass(slots=True)
class Profile:
    """What the bot says about itself, by language code ("" for everyone); commands by scope and language."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    menu_button: dict[str, Any] = field(default_factory=lambda: {"type": "default"})


class World:
    """Everything there is. `now` gives seconds since 1970; `privacy` is the bot's privacy mode in groups.

    `drafts` are what private chats see of messages that are being written; None for a Telegram that knows no drafts.
    Without `speaks_rich` it is a Telegram from before rich messages: it neither knows their method nor their parameter.
    """

    def __init__(self, *, bot: User, now: Callable[[], float], privacy: bool) -> None:
        self.bot = bot
        self.now = now
        self.privacy = privacy
        self.speaks_rich = True
        self.inline_mode = True
        self.inline_feedback = False
        """Whether the bot hears what is chosen of its inline results."""
        self.sent_inline: dict[str, Message] = {}
        """What was sent by way of inline mode, by the name that the bot may edit it by."""
        self.drafts: dict[int, str] | None = None
        self.changed = Signal()
        self.updates = Updates()
        self.service = User(SERVICE_ID, "Telegram")
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Document] = {}
        self.presses: dict[str, Press] = {}
        self.inline: dict[str, InlineAsk] = {}
        self.profile = Profile()
        self.keyboards: dict[int, tuple[tuple[str, dict[str, Any]], ...]] = {}
        """The keyboard below the field for typing, by chat: each button's text and all of it."""
        self.record: list[Accepted] = []
        self.counts: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()

    def number(self, series: str) -> int:
        """The next number of a series, from 1."""
        self._numbers[series] += 1
        return self._numbers[series]

    def new_user(self, first_name: str, username: str | None, language_code: str) -> User:
        """A person that nobody has met."""
        user = User(100_000_000 + self.number("user"), first_name, username, language_code)
        self.users[user.id] = user
        return user

    def private(self, user: User) -> Chat:
        """The private chat of the bot and a person, opened if need be; it shares the person's id."""
        if user.id not in self.chats:
            self.chats[user.id] = Chat(user.id, "private", user.first_name, user.username)
            self.chats[user.id].members = {user.id: Member(user), self.bot.id: Member(self.bot)}
            self.changed.notify()
        return self.chats[user.id]

    def new_chat(self, kind: ChatType, title: str, *, username: str | None = None, forum: bool = False) -> Chat:
        """A group or channel without members."""
        chat_id = -4_000_000 - self.number("group")
        if kind != "group":
            chat_id = -1_001_000_000_000 - self.number("supergroup")
        chat = Chat(id=chat_id, type=kind, title=title, username=username, forum=forum)
        self.chats[chat.id] = chat
        self.changed.notify()
        return chat

    def find(self, chat_id: str) -> Chat:
        """The chat of this id or @username, as the bot may name it; ApiError 400 otherwise."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        if chat_id.startswith("@"):
            wanted = chat_id[1:].lower()
            public = (chat for chat in self.chats.values() if chat.many and (chat.username or "").lower() == wanted)
            chat = next(public, None)
        else:
            number = int(chat_id) if chat_id.lstrip("-").isdecimal() else 0
            chat = self.chats.get(number)
            if chat is None and number in self.users and number != self.bot.id:
                chat = self.private(self.users[number])
        if chat is None:
            raise bad_request("chat not found")
        if chat.upgraded_to is not None:
            raise migrated(chat.upgraded_to)
        return chat

    def write(self, message: Message) -> Message:
        """Give the message its id and show it in its chat; a channel's post also goes to its discussion group."""
        chat = message.chat
        if self.drafts is not None and message.from_user is self.bot:
            self.drafts.pop(chat.id, None)
        message.message_id = chat.next_message_id
        chat.next_message_id += 1
        chat.messages[message.message_id] = message
        if message.from_user is self.bot:
            chat.doing.pop(message.thread_id, None)
        if message.document:
            self.files[message.document.file_id] = message.document
        if chat.type == "channel" and chat.discussion and not message.service:
            self.forward_automatically(message, chat.discussion)
        self.changed.notify()
        return message

    def draft(self, chat: Chat, **content: Any) -> Message:
        """A message of now that has no id yet."""
        return Message(0, chat, int(self.now()), **content)

    def forward_automatically(self, post: Message, group: Chat) -> Message:
        """The copy that a channel's post leaves in its discussion group."""
        copy = replace(
            post, chat=group, automatic=True, origin=post, from_user=self.service, sender_chat=post.chat, buttons=()
        )
        self.write(copy)
        self.tell(copy)
        return copy

    def new_file(
        self, name: str, content: bytes, mime_type: str, caption: str = "", *, photo: bool = False
    ) -> Document:
        """A file that can be sent and downloaded."""
        file_id = f"BQACAgIAAxk{self.number('file'):012d}"
        document = Document(file_id, name, content, mime_type, caption, photo)
        self.files[file_id] = document
        return document

    def tell(self, message: Message, *, edited: bool = False) -> None:
        """Let the bot hear a message that a person or channel wrote, if it may."""
        if not message.chat.member(self.bot).present or not self._audible(message):
            return
        kind = "channel_post" if message.chat.type == "channel" else "message"
        self.updates.put(f"edited_{kind}" if edited else kind, message_json(message))

    def _audible(self, message: Message) -> bool:
        """In privacy mode the bot hears commands, mentions, replies, its own cards, and in groups that it leads all."""
        chat = message.chat
        if not self.privacy or chat.type in {"private", "channel"} or chat.member(self.bot).administers:
            return True
        to_bot = message.reply_to is not None and message.reply_to.from_user is self.bot
        mentioned = f"@{self.bot.username}".lower() in message.shown.lower()
        return (
            bool(message.service) or message.via_bot is self.bot or to_bot or mentioned or message.shown.startswith("/")
        )

    def set_member(self, chat: Chat, user: User, status: Status, rights: dict[str, bool], by: User) -> Member:
        """Change someone's place in a chat and let the bot hear of it."""
        old = chat.member(user)
        new = Member(user, status, rights)
        chat.members[user.id] = new
        kind = "my_chat_member" if user is self.bot else "chat_member"
        if user is self.bot or chat.member(self.bot).administers:
            body = {
                "chat": chat_json(chat),
                "from": user_json(by),
                "date": int(self.now()),
                "old_chat_member": member_json(old, chat),
                "new_chat_member": member_json(new, chat),
            }
            self.updates.put(kind, body)
        self.changed.notify()
        return new

    def upgrade(self, group: Chat) -> Chat:
        """Make a group a supergroup with a new id; requests to the old id answer 400 with the new one."""
        new = self.new_chat("supergroup", group.title, username=group.username, forum=group.forum)
        new.members, new.topics = dict(group.members), dict(group.topics)
        leaving = self.write(self.draft(group, service={"migrate_to_chat_id": new.id}))
        arriving = self.write(self.draft(new, service={"migrate_from_chat_id": group.id}))
        self.tell(leaving)
        self.tell(arriving)
        group.upgraded_to = new.id
        return new

    def called(self, method: str) -> None:
        """Count a request."""
        self.counts[method.lower()] += 1
        self.changed.notify()

    def accept(self, method: str, message: Message) -> None:
        """Put a line in the record."""
        line = Accepted(
            sequence=len(self.record) + 1,
            method=method,
            chat_id=message.chat.id,
            thread_id=message.thread_id,
            message_id=message.message_id,
            text=message.shown,
            document=message.document.name if message.document else "",
            silent=message.silent,
            at=self.now(),
        )
        self.record.append(line)
        self.changed.notify()
