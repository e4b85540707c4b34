"""A chat as a reader sees it, for the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from bot.simulator.chat_state import Chat, Message
from bot.simulator.entities import units

WIDTH = 100
_OPENING = "「『（《〈【“‘([{"
_CLOSING = "。，、；：？！）」』》〉】”’…"


class Shows(Protocol):
    """What can list a chat's messages: the simulator."""

    def messages(self, chat: Chat, thread_id: int | None = None) -> list[Message]:
        """The messages as they stand now."""


def transcript(telegram: Shows, chat: Chat, *, thread_id: int | None = None, since: int = 0) -> str:
    """The messages with ids above `since`: sender, time (UTC), text with its links, quotes, buttons and documents."""
    header = f"━━ {chat.title} ({chat.type}{', @' + chat.username if chat.username else ''}) "
    parts = [header + "━" * max(0, WIDTH - width(header))]
    shown = [message for message in telegram.messages(chat, thread_id) if message.message_id > since]
    parts.extend("\n".join(_message(message)) for message in shown)
    return "\n\n".join(parts) + "\n"


def width(text: str) -> int:
    """Columns in a terminal: East Asian wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def wrap(line: str, columns: int) -> list[str]:
    """Break a line at spaces and between wide characters; closing punctuation stays with what it closes."""
    lines, current, used = [], "", 0
    for piece in _pieces(line):
        size = width(piece)
        if used + width(piece.rstrip()) > columns and current.strip():
            lines.append(current.rstrip())
            current, used = "", 0
            piece, size = piece.lstrip(), width(piece.lstrip())  # noqa: PLW2901 - the break takes the place of the space
        current += piece
        used += size
    return [*lines, current.rstrip()]


def _pieces(line: str) -> Iterator[str]:
    piece = ""
    for char in line:
        wide = unicodedata.east_asian_width(char) in "WF"
        spaced = piece[-1:] == " "
        between = piece and (wide or unicodedata.east_asian_width(piece[-1]) in "WF")
        if char != " " and (spaced or (between and char not in _CLOSING and piece[-1] not in _OPENING)):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _message(message: Message) -> Iterator[str]:
    yield _heading(message)
    if message.reply_to:
        yield f"  ↪ {_first_line(message.reply_to)}"
    if message.document:
        kind = "🖼" if message.document.photo else "📎"
        yield f"  {kind} {message.document.name} ({max(1, round(len(message.document.content) / 1024))} kB)"
    if message.service:
        yield f"  · {next(iter(message.service)).replace('_', ' ')}"
    for quoted, line in _lines(message):
        prefix = "  │ " if quoted else "  "
        for part in wrap(line, WIDTH - len(prefix)):
            yield (prefix + part).rstrip()
    for row in message.buttons:
        yield "  " + " ".join(f"[ {button.text} ]" for button in row)


def _heading(message: Message) -> str:
    sender = (
        message.sender_chat.title if message.sender_chat else message.from_user.first_name if message.from_user else "?"
    )
    time = datetime.fromtimestamp(message.date, UTC).strftime("%H:%M")
    topic = message.chat.topics.get(message.thread_id)
    marks = [f"#{message.message_id}", time]
    if topic:
        marks.append(f"in {topic.name}")
    if message.origin:
        marks.append("forwarded")
    if message.edited:
        marks.append("edited")
    return f"{sender}  {' · '.join(marks)}"


def _first_line(message: Message) -> str:
    lines = message.shown.splitlines()
    return wrap(lines[0], WIDTH - 8)[0] if lines else (message.document.name if message.document else "…")


def _lines(message: Message) -> Iterator[tuple[bool, str]]:
    """Lines of the text with `text ‹url›` links, and whether each stands in a quote."""
    links = {entity.end: entity.url for entity in message.entities if entity.type == "text_link"}
    quotes = [entity for entity in message.entities if entity.type in {"blockquote", "expandable_blockquote"}]
    if not message.shown:
        return
    at, line, quoted = 0, "", False
    for char in message.shown:
        quoted = quoted or any(quote.offset <= at < quote.end for quote in quotes)
        if char == "\n":
            yield quoted, line
            line, quoted = "", False
        else:
            line += char
        at += units(char)
        if at in links:
            line += f" ‹{links[at]}›"
    yield quoted, line
