"""Entities as Telegram keeps them: UTF-16 offsets, trimmed text, and the links and commands that it finds by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.simulator.api_errors import bad_request
from bot.simulator.chat_state import Entity, EntityType

MAX_ENTITIES = 100
# Measured against Telegram by others: about 9,500 characters of entity data, in which long links weigh most.
MAX_ENTITY_DATA = 9500
_SPACE = " \n"
_CONTROL = {code: " " for code in range(32) if code not in {10, 13}} | {13: None}
_FOUND: tuple[tuple[EntityType, re.Pattern[str]], ...] = (
    (
        "url",
        re.compile(
            r"(?<![\w@.])(?:https?://[^\s<>\"'«»]+"
            r"|(?:[a-z0-9-]+\.)+(?:com|org|net|io|edu|gov|cn|uk|de|fr|jp|eu|ai|dev|me|info|app)(?![\w-])(?:[/?#][^\s<>\"'«»]*)?)",
            re.IGNORECASE,
        ),
    ),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)),
    ("bot_command", re.compile(r"(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@.])@[A-Za-z0-9_]{3,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#&/])#(?=\w*[^\W\d])\w{1,256}")),
)
# Inside these nothing else is marked; inside links nothing more is found.
_SOLID = frozenset({"code", "pre"})
_LINKS = frozenset({"text_link", "text_mention"})
_TRAILING = ".,:;!?)]}'\"。，、；：！？）】」』"


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """The stretch of text at UTF-16 `offset` and `length`."""
    raw = text.encode("utf-16-le")
    return raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def clean(text: str) -> str:
    """The text without carriage returns, other control characters as spaces."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return text.translate(_CONTROL)


def finish(text: str, entities: list[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """Trim the text, find links and commands in it, keep the first hundred entities and drop the surplus silently."""
    body = text.rstrip(_SPACE)
    lead = units(body) - units(body.lstrip(_SPACE))
    body = body.lstrip(_SPACE)
    size = units(body)
    kept = []
    for entity in entities:
        start, end = max(0, entity.offset - lead), min(size, entity.end - lead)
        if end > start and cut(body, start, end - start).strip():
            kept.append(replace(entity, offset=start, length=end - start))
    solid = [entity for entity in kept if entity.type in _SOLID]
    kept = [entity for entity in kept if entity.type in _SOLID or not any(_within(entity, other) for other in solid)]
    kept += _detect(body, [entity for entity in kept if entity.type in _SOLID | _LINKS])
    kept.sort(key=lambda entity: (entity.offset, -entity.length))
    kept = kept[:MAX_ENTITIES]
    if sum(len(entity.url) + len(entity.language) for entity in kept) > MAX_ENTITY_DATA:
        raise bad_request("ENTITIES_TOO_LONG")
    return body, tuple(kept)


def _within(inner: Entity, outer: Entity) -> bool:
    return outer.offset <= inner.offset and inner.end <= outer.end


def _detect(text: str, taken: list[Entity]) -> Iterator[Entity]:
    busy = [(entity.offset, entity.end) for entity in taken]
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            found = match[0].rstrip(_TRAILING) if kind == "url" else match[0]
            offset = units(text[: match.start()])
            end = offset + units(found)
            if all(end <= start or stop <= offset for start, stop in busy):
                busy.append((offset, end))
                yield Entity(kind, offset, end - offset)
