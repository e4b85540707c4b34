"""What the local Telegram knows: users, chats, members, topics and messages. Plain values that decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

ChatType = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]
EntityType = Literal[
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "blockquote",
    "expandable_blockquote",
    "url",
    "email",
    "mention",
    "hashtag",
    "bot_command",
]
# Who speaks for an anonymous administrator, for a person who writes as a channel, and for a channel whose post is
# forwarded into its discussion group.
ANONYMOUS_ID = 1087968824
CHANNEL_ID = 136817688
SERVICE_ID = 777000


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of text with a meaning. `offset` and `length` are UTF-16 units, as everywhere in the Bot API."""

    type: EntityType
    offset: int
    length: int
    url: str = ""
    language: str = ""
    user_id: int = 0
    custom_emoji_id: str = ""

    @property
    def end(self) -> int:
        """One past the last unit."""
        return self.offset + self.length


@dataclass(slots=True, eq=False)
class User:
    """A person or the bot. `started` means that the bot may write to them."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str = "en"
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False


@dataclass(slots=True, eq=False)
class Member:
    """A user's place in a chat. `rights` are the Bot API's `can_…` names."""

    user: User
    status: Status = "member"
    rights: dict[str, bool] = field(default_factory=dict)

    @property
    def present(self) -> bool:
        """In the chat now."""
        return self.status not in {"left", "kicked"}

    @property
    def administers(self) -> bool:
        """An administrator or the creator."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """The creator may everything, an administrator what was granted."""
        return self.status == "creator" or (self.status == "administrator" and self.rights.get(right, False))


@dataclass(slots=True, eq=False)
class Topic:
    """A topic of a forum; its thread id is the id of the service message that opened it."""

    thread_id: int
    name: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file in a message; `photo` for a picture."""

    file_id: str
    name: str
    content: bytes
    mime_type: str
    caption: str = ""
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button; `action` is the field of the Bot API that it carries (callback_data, url, copy_text …)."""

    text: str
    action: str
    value: Any

    @property
    def data(self) -> str:
        """Its callback data, or nothing."""
        return str(self.value) if self.action == "callback_data" else ""

    @property
    def url(self) -> str:
        """Its link, or nothing."""
        return str(self.value) if self.action == "url" else ""


@dataclass(slots=True, eq=False)
class Chat:
    """A chat with its members and its messages by id, deleted ones removed."""

    id: int
    type: ChatType
    title: str
    username: str | None = None
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    next_message_id: int = 1
    discussion: Chat | None = None
    pinned: list[int] = field(default_factory=list)
    upgraded_to: int | None = None
    members_write: bool = True
    """Whether those who are no administrators may write, by the permissions of the group."""
    doing: dict[int, tuple[str, float]] = field(default_factory=dict)
    """What the bot said that it does, and until when that is shown, by thread."""

    @property
    def many(self) -> bool:
        """More than two can be in it."""
        return self.type != "private"

    def member(self, user: User) -> Member:
        """The user's place here, `left` for strangers."""
        return self.members.get(user.id) or Member(user, "left")


@dataclass(slots=True, eq=False)
class Message:
    """One message as it stands now.

    `thread_id` is 0 outside topics and in General. `html` is the markup as the bot sent it, `text` what a reader sees
    (the caption of a document is in `document.caption`). `rich` are the blocks of a rich message, whose `text` is made
    of them for the terminal. `date` is in seconds since 1970. `edited` counts the edits
    that changed something.
    """

    message_id: int
    chat: Chat
    date: int
    from_user: User | None = None
    sender_chat: Chat | None = None
    thread_id: int = 0
    text: str = ""
    entities: tuple[Entity, ...] = ()
    html: str = ""
    rich: tuple[dict[str, Any], ...] = ()
    document: Document | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    reply_to: Message | None = None
    edited: int = 0
    edit_date: int | None = None
    silent: bool = False
    link_preview: dict[str, Any] | None = None
    origin: Message | None = None
    via_bot: User | None = None
    automatic: bool = False
    reactions: tuple[str, ...] = ()
    service: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False

    @property
    def caption(self) -> str:
        """The text under a document."""
        return self.document.caption if self.document else ""

    @property
    def shown(self) -> str:
        """The text or caption that a reader sees."""
        return self.document.caption if self.document else self.text

    @property
    def all_buttons(self) -> tuple[Button, ...]:
        """Every button in reading order."""
        return tuple(button for row in self.buttons for button in row)

    def button(self, text_or_data: str) -> Button:
        """The button with this text or callback data; ValueError names those that are there."""
        for button in self.all_buttons:
            if text_or_data in {button.text, button.data}:
                return button
        names = ", ".join(repr(button.text) for button in self.all_buttons) or "none"
        raise ValueError(f"no button {text_or_data!r} on message {self.message_id}; there are: {names}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A line of the record: a send, edit or delete that Telegram accepted, in order. `at` is in seconds since 1970."""

    sequence: int
    method: str
    chat_id: int
    thread_id: int
    message_id: int
    text: str
    document: str
    silent: bool
    at: float
