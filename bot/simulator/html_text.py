"""Telegram's HTML: markup → text and entities, with the same refusals.

The rules follow the Bot API's "HTML style" and the wording of its errors. Offsets in errors are bytes, those of
entities UTF-16 units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.simulator.api_errors import ApiError, bad_request
from bot.simulator.chat_state import Entity, EntityType
from bot.simulator.entities import clean, finish, units

MAX_RAW_BYTES = 32_768
_TAGS: dict[str, EntityType] = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}))|([a-z]+));?")
_PERSON = re.compile(r"tg://user\?id=(\d{1,18})")
WEB_LINK = re.compile(r"(https?://)?([^\s/?#]+\.[^\s/?#.]+)([/?#]\S*)?", re.IGNORECASE)
_LAST_CODE_POINT = 0x10FFFF
_SPACES = " \t\n\v\f"
_TEXT = re.compile(r"[^<&]*")
_TAG_NAME = re.compile(r"[^ \t\n\v\f>]*")
_ATTRIBUTE_NAME = re.compile(r"[^ \t\n\v\f=>/\"']*")
_VALUE = {"'": re.compile("[^'&]*"), '"': re.compile('[^"&]*')}


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


@dataclass(slots=True)
class _Parser:
    source: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    offset: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def fail(self, text: str) -> ApiError:
        return bad_request(f"can't parse entities: {text}")

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def here(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def skip_spaces(self) -> None:
        while self.here() and self.here() in _SPACES:
            self.at += 1

    def word(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.source, self.at)
        found = match[0] if match else ""
        self.at += len(found)
        return found

    def write(self, text: str) -> None:
        self.out.append(text)
        self.offset += units(text)

    def run(self) -> None:
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "<":
                begin = self.at
                self.at += 1
                if self.here() == "/":
                    self.close(begin)
                else:
                    self.open(begin)
            elif char == "&":
                text, self.at = _reference(self.source, self.at)
                self.write(text)
            else:
                self.write(self.word(_TEXT))
        if self.stack:
            raise self.fail(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')

    def open(self, begin: int) -> None:
        tag = self.word(_TAG_NAME).lower()
        if not self.here():
            raise self.fail(f"Unclosed start tag at byte offset {self.byte(begin)}")
        if tag not in _TAGS:
            raise self.fail(f'Unsupported start tag "{tag}" at byte offset {self.byte(begin)}')
        argument = ""
        while True:
            self.skip_spaces()
            if self.here() == ">":
                break
            name, value = self.attribute(tag, begin)
            argument = _argument(tag, name, value) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise self.fail(f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(begin)}')
        self.stack.append(_Open(tag, argument, self.offset, len(self.out)))

    def attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self.word(_ATTRIBUTE_NAME)
        if not name:
            raise self.fail(f'Empty attribute name in the tag "{tag}" at byte offset {self.byte(begin)}')
        self.skip_spaces()
        unclosed = self.fail(f'Unclosed start tag "{tag}" at byte offset {self.byte(begin)}')
        if self.here() != "=":
            if not self.here():
                raise unclosed
            return name, ""
        self.at += 1
        self.skip_spaces()
        if not self.here():
            raise unclosed
        quote = self.here()
        if quote in "'\"":
            self.at += 1
            value = self.quoted(quote)
        else:
            start = self.at
            while self.here().isalnum() or (self.here() and self.here() in ".-"):
                self.at += 1
            value = self.source[start : self.at].lower()
            if self.here() and self.here() not in _SPACES + ">":
                raise self.fail(f"Unexpected end of name token at byte offset {self.byte(start)}")
        if not self.here():
            raise self.fail(f"Unclosed start tag at byte offset {self.byte(begin)}")
        return name, value

    def quoted(self, quote: str) -> str:
        parts: list[str] = []
        while self.here() and self.here() != quote:
            if self.here() == "&":
                text, self.at = _reference(self.source, self.at)
                parts.append(text)
            else:
                parts.append(self.word(_VALUE[quote]))
        self.at += 1
        return "".join(parts)

    def close(self, begin: int) -> None:
        if not self.stack:
            raise self.fail(f"Unexpected end tag at byte offset {self.byte(begin)}")
        self.at += 1
        name = self.word(_TAG_NAME).lower()
        self.skip_spaces()
        if self.here() != ">":
            raise self.fail(f"Unclosed end tag at byte offset {self.byte(begin)}")
        self.at += 1
        opened = self.stack.pop()
        if name and name != opened.tag:
            raise self.fail(
                f'Unmatched end tag at byte offset {self.byte(begin)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.offset > opened.offset:
            self.mark(opened)

    def mark(self, opened: _Open) -> None:
        offset, length = opened.offset, self.offset - opened.offset
        kind = _TAGS[opened.tag]
        if kind == "text_link":
            link = _link(opened.argument or "".join(self.out[opened.start :]), offset, length)
            if link:
                self.entities.append(link)
        elif kind == "custom_emoji":
            self.entities.append(Entity(kind, offset, length, custom_emoji_id=opened.argument))
        elif kind == "blockquote":
            self.entities.append(Entity("expandable_blockquote" if opened.argument else kind, offset, length))
        elif kind == "pre":
            inner = self.entities[-1] if self.entities else None
            language = ""
            if inner and inner.type == "code" and (inner.offset, inner.length) == (offset, length):
                language = self.entities.pop().language
            self.entities.append(Entity(kind, offset, length, language=language))
        elif kind == "code":
            self.entities.append(Entity(kind, offset, length, language=opened.argument))
        else:
            self.entities.append(Entity(kind, offset, length))


def _reference(source: str, at: int) -> tuple[str, int]:
    """The character that a reference at `at` names and the place behind it; an unknown one stays as it is written."""
    match = _REFERENCE.match(source, at)
    if match:
        if match[3]:
            if match[3] in _NAMED:
                return _NAMED[match[3]], match.end()
        else:
            code = int(match[1], 16) if match[1] else int(match[2])
            if 0 < code <= _LAST_CODE_POINT and not 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - surrogates
                return chr(code), match.end()
    return "&", at + 1


def _argument(tag: str, name: str, value: str) -> str:
    wanted = {
        "a": ("href", ""),
        "code": ("class", "language-"),
        "span": ("class", "tg-"),
        "tg-emoji": ("emoji-id", ""),
    }
    if tag == "blockquote" and name == "expandable":
        return "1"
    key, prefix = wanted.get(tag, ("", ""))
    return value.removeprefix(prefix) if name == key and value.startswith(prefix) else ""


def _link(url: str, offset: int, length: int) -> Entity | None:
    """A link or a mention of a person; Telegram drops an address without a dotted host and keeps the text."""
    url = url.strip()
    person = _PERSON.fullmatch(url)
    if person:
        return Entity("text_mention", offset, length, user_id=int(person[1]))
    if url.startswith(("tg://", "ton://", "tonsite://")):
        return Entity("text_link", offset, length, url=url)
    match = WEB_LINK.fullmatch(url)
    if not match:
        return None
    scheme, rest = match[1] or "http://", match[3] or "/"
    return Entity("text_link", offset, length, url=scheme + match[2] + (rest if rest[0] == "/" else f"/{rest}"))


def parse(markup: str) -> tuple[str, tuple[Entity, ...]]:
    """HTML → text as readers see it and its entities; ApiError 400 in Telegram's words."""
    if len(markup.encode(errors="replace")) > MAX_RAW_BYTES:
        raise bad_request("message is too long")
    parser = _Parser(clean(markup))
    parser.run()
    return finish("".join(parser.out), [_plain_code(entity) for entity in parser.entities])


def _plain_code(entity: Entity) -> Entity:
    return Entity("code", entity.offset, entity.length) if entity.type == "code" else entity
