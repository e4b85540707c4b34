"""Telegram's HTML as strictly as its server reads it: what it would refuse or show otherwise is an error here."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from bot.simulator.entities import units

_TOKEN = re.compile(r"<(/?)([a-z-]+)((?: [^<>]*)?)>|&(lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);|([^<>&]+)")
_ATTRIBUTES = {
    "b": "", "i": "", "u": "", "s": "", "code": "", "pre": "", "tg-spoiler": "",
    "a": r' href="[^"<>]+"', "blockquote": "(?: expandable)?",
}  # fmt: skip


class RefusedHtml(AssertionError):
    """Telegram would answer 400, or not show this as it was meant."""


@dataclass(slots=True)
class Entity:
    """A run of marked text, as an offset and length in code points."""

    tag: str
    offset: int
    length: int = 0
    address: str = ""


@dataclass(slots=True)
class Parsed:
    """What a reader gets."""

    text: str = ""
    entities: list[Entity] = field(default_factory=list)

    def marked(self, tag: str) -> list[str]:
        """The texts that stand in this tag."""
        return [
            self.text[entity.offset : entity.offset + entity.length] for entity in self.entities if entity.tag == tag
        ]

    def links(self) -> list[str]:
        """The addresses of the links."""
        return [entity.address for entity in self.entities if entity.tag == "a"]


def parse(source: str) -> Parsed:
    """Read a message or caption; RefusedHtml where it is not well-formed."""
    parsed, shown, size = Parsed(), [], 0
    unclosed: list[Entity] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise RefusedHtml(f"stray {source[at]!r} in {source[max(0, at - 40) : at + 40]!r}")
        at = match.end()
        slash, tag, attributes, entity, character = match.groups()
        if tag is None:
            shown.append(character if entity is None else html.unescape(match.group()))
            size += len(shown[-1])
        elif slash:
            if attributes or not unclosed or unclosed[-1].tag != tag:
                raise RefusedHtml(f"{match.group()} closes nothing")
            closed = unclosed.pop()
            closed.length = size - closed.offset
        else:
            if tag not in _ATTRIBUTES or re.fullmatch(_ATTRIBUTES[tag], attributes) is None:
                raise RefusedHtml(f"unknown tag {match.group()}")
            if tag in {"a", "blockquote"} and any(entity.tag == tag for entity in unclosed):
                raise RefusedHtml(f"<{tag}> within <{tag}>")
            href = re.search(r'href="([^"]+)"', attributes)
            unclosed.append(Entity(tag, size, address=html.unescape(href[1]) if href else ""))
            parsed.entities.append(unclosed[-1])
    if unclosed:
        raise RefusedHtml(f"<{unclosed[-1].tag}> is never closed")
    parsed.text = "".join(shown)
    return parsed


def parse_message(source: str, *, limit: int = 4096) -> Parsed:
    """Telegram HTML as a reader sees it, within the limits of a message, and not empty."""
    parsed = parse(source)
    assert parsed.text.strip()
    assert units(parsed.text) <= limit
    assert len(parsed.entities) <= 100
    assert len(source.encode()) <= 32_768
    assert sum(map(len, parsed.links())) <= 8_000
    return parsed
