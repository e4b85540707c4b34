"""Telegram's HTML and its limits: escaping, measuring, cutting, and packing blocks into messages."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.render.names import clean, shorten

TEXT_LIMIT = 4096
"""Characters of a message after its markup is read. People saw 4,096 emoji arrive, but Telegram's own offsets and apps
count UTF-16 units, of which an emoji or a letter such as 𝒪 has two; here all are counted so, which fits either way."""
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
"""Links, bold runs and the like in one message; Telegram drops what is beyond without a word."""
ADDRESS_LIMIT = 8000
"""Characters of all link addresses together. Telegram answers ENTITIES_TOO_LONG from about 9,500."""
RAW_LIMIT = 32768
"""Bytes of a message with its markup."""

SEPARATOR = "\n\n"

_TOKEN = re.compile(r"<(?P<slash>/?)(?P<tag>[a-z-]+)(?P<attributes>[^<>]*)>|(?P<entity>&[#\w]+;)|(?P<text>[^<&]+|[<&])")
_HREF = re.compile(r'\bhref="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Size:
    """What a piece of HTML takes up of a message: UTF-16 units shown, entities, address characters, bytes."""

    characters: int
    entities: int
    addresses: int
    raw: int

    def __add__(self, other: Size) -> Size:
        return Size(
            self.characters + other.characters,
            self.entities + other.entities,
            self.addresses + other.addresses,
            self.raw + other.raw,
        )

    def __sub__(self, other: Size) -> Size:
        return Size(
            self.characters - other.characters,
            self.entities - other.entities,
            self.addresses - other.addresses,
            self.raw - other.raw,
        )

    def within(self, limits: Size) -> bool:
        """Whether it fits."""
        return (
            self.characters <= limits.characters
            and self.entities <= limits.entities
            and self.addresses <= limits.addresses
            and self.raw <= limits.raw
        )


MESSAGE = Size(TEXT_LIMIT, ENTITY_LIMIT, ADDRESS_LIMIT, RAW_LIMIT)
"""What fits into a message."""


def escape(text: str) -> str:
    """The text as Telegram HTML, also within quotes; without control characters and marks that turn its direction."""
    return html.escape(clean(text), quote=True).replace("&#x27;", "'")


def link(address: str, inner: str) -> str:
    """The HTML `inner` as a link."""
    return f'<a href="{escape(address)}">{inner}</a>'


def measure(text: str) -> Size:
    """What the HTML takes up."""
    characters = entities = addresses = 0
    for match in _TOKEN.finditer(text):
        if match["tag"]:
            if not match["slash"]:
                entities += 1
                addresses += sum(len(html.unescape(address)) for address in _HREF.findall(match["attributes"]))
        else:
            characters += 1 if match["entity"] else units(match["text"])
    return Size(characters, entities, addresses, len(text.encode()))


def units(text: str) -> int:
    """The length of a text without markup, in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def fitted(text: str, most: int) -> str:
    """The text without markup, shortened where it is longer than so many UTF-16 units."""
    return text if units(text) <= most else _beginning(text, most - 1, RAW_LIMIT)


def length(text: str) -> int:
    """Characters that the HTML shows, in UTF-16 units."""
    return measure(text).characters


def plain(text: str) -> str:
    """What a reader sees of the HTML; a link's address stands in angle brackets behind its text."""
    out: list[str] = []
    address = ""
    for match in _TOKEN.finditer(text):
        if match["tag"] != "a":
            out.append("" if match["tag"] else html.unescape(match.group()))
        elif match["slash"]:
            out.append(f" <{address}>")
        else:
            address = html.unescape("".join(_HREF.findall(match["attributes"])))
    return "".join(out)


def shown(text: str) -> str:
    """What a reader sees of the HTML, and nothing else."""
    return "".join("" if match["tag"] else html.unescape(match.group()) for match in _TOKEN.finditer(text))


def halves(text: str, most: int) -> tuple[str, str]:
    """Plain text in two, at the end of a line where one ends near: the first has at most `most` code points."""
    if len(text) <= most:
        return text, ""
    end = text.rfind("\n", most // 2, most + 1)
    end = end if end > 0 else most
    return text[:end].rstrip(), shorten(text[end:].strip(), TEXT_LIMIT // 2)


def truncate_html(text: str, limits: Size = MESSAGE) -> str:
    """The HTML, or as much of it as fits with "…" behind and every tag closed.

    Of entities beyond the limit only the text stays.
    """
    if measure(text).within(limits):
        return text
    kept: list[str] = []
    used = Size(1, 0, 0, len("…".encode()))
    # Tags that are open in the source, each with what closes it in the output ("" if it was left out).
    closing: list[str] = []
    for match in _TOKEN.finditer(text):
        if match["tag"] and match["slash"]:
            kept.append(closing.pop() if closing else "")
        elif match["tag"]:
            close = f"</{match['tag']}>"
            size = measure(match.group()) + Size(0, 0, 0, len(close))
            fits = (used + size).within(limits)
            kept.append(match.group() if fits else "")
            closing.append(close if fits else "")
            used = used + size if fits else used
        else:
            size = measure(match.group())
            if not (used + size).within(limits):
                left = limits.characters - used.characters, limits.raw - used.raw
                kept.append(_beginning(match["text"], *left) if match["text"] else "…")
                break
            kept.append(match.group())
            used += size
    return "".join([*kept, *reversed(closing)])


def group(blocks: Sequence[str], *, limits: Size = MESSAGE, head: str = "") -> list[list[str]]:
    """The blocks of HTML as they go together into messages, in order, with `head` (if any) as the first of all.

    A block is never divided; one that is too long for a whole message is cut.
    """
    groups: list[list[str]] = []
    used = Size(0, 0, 0, 0)
    between = measure(SEPARATOR)
    for block in [head, *blocks] if head else blocks:
        size = measure(block)
        if groups and (used + between + size).within(limits):
            groups[-1].append(block)
            used += between + size
        else:
            groups.append([truncate_html(block, limits)])
            used = measure(groups[-1][0])
    return groups


def _beginning(text: str, characters: int, raw: int) -> str:
    """As much of a text that is too long as fits into so many characters and bytes, and "…"."""
    by_bytes = text.encode()[: max(raw, 0)].decode(errors="ignore")
    fitting = by_bytes.encode("utf-16-le")[: 2 * max(characters, 0)].decode("utf-16-le", errors="ignore")
    return shorten(text + "…", len(fitting) + 1)
