"""Rich HTML as a tree of elements, with refusals: the tags and attributes of "Rich HTML style" in Bot API 10.1 to 10.3.

What the description does not mention is refused; media, maps and buttons inside a message are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.simulator.api_errors import ApiError, bad_request

MAX_DEPTH = 16

STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "mark": "marked",
    "sub": "subscript", "sup": "superscript", "tg-spoiler": "spoiler",
}  # fmt: skip
INLINE = frozenset({*STYLES, "a", "tg-reference", "tg-math", "br"})
TEXT_BLOCKS = {"p": "paragraph", "footer": "footer", "pre": "pre", **{f"h{size}": "heading" for size in range(1, 7)}}
_BLOCKS = frozenset({*TEXT_BLOCKS, "hr", "ul", "ol", "blockquote", "aside", "table", "details", "tg-math-block"})
_PARTS = frozenset({"li", "cite", "caption", "tr", "th", "td", "summary"})
_VOID = frozenset({"br", "hr"})
_CELL = {
    "colspan": r"[1-9]\d?",
    "rowspan": r"[1-9]\d{0,2}",
    "align": "left|center|right",
    "valign": "top|middle|bottom",
}
# What an attribute may say; None where it stands alone.
_ATTRIBUTES: dict[str, dict[str, str | None]] = {
    "a": {"href": r"\S+", "name": r"\S{1,64}"},
    "tg-reference": {"name": r"\S{1,64}"},
    "table": {"bordered": None, "striped": None, "compact": None},
    "td": {**_CELL},
    "th": {**_CELL},
    "details": {"open": None},
    "blockquote": {"expandable": None},
    "ol": {"start": r"\d{1,6}", "type": "[aAiI1]", "reversed": None},
    "li": {"value": r"\d{1,6}", "type": "[aAiI1]"},
    "code": {"class": r"language-[\w+#-]+"},
}
_TOKEN = re.compile(
    r"<(?P<slash>/?)(?P<tag>[a-z][a-z0-9-]*)(?P<attributes>(?:\s[^<>]*?)?)(?P<void>/?)>|(?P<text>[^<>]+)"
)
_ATTRIBUTE = re.compile(r"\s+(?P<name>[a-z-]+)(?:=\"(?P<value>[^\"<>]*)\")?")
_REFERENCE = re.compile(r"&(?:#(?:x(?P<hex>[0-9a-fA-F]{1,6})|(?P<number>[0-9]{1,7}))|(?P<name>[a-z]+));")
_NAMED = {
    "lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "nbsp": "\u00a0", "hellip": "…", "mdash": "—",
    "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
}  # fmt: skip
_LAST_CODE_POINT = 0x10FFFF


@dataclass(slots=True)
class Node:
    """An element, or a text where `tag` is empty."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""


def refused(what: str) -> ApiError:
    """400 in the words of the errors that are known: RICH_MESSAGE_CONTENT_REQUIRED, RICH_MESSAGE_EMAIL_INVALID."""
    return bad_request(f"RICH_MESSAGE_{what}")


def broken(text: str) -> ApiError:
    """400 for what is no rich HTML."""
    return bad_request(f"can't parse rich message: {text}")


def tree(source: str) -> Node:
    """The elements of rich HTML under a root without a tag; ApiError 400 where it is not well-formed."""
    root = Node("")
    path = [root]
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise broken(f"unexpected {source[at]!r} at byte offset {len(source[:at].encode())}")
        at = match.end()
        tag = match["tag"]
        if match["text"] is not None:
            path[-1].children.append(Node("", text=_decoded(match["text"])))
        elif match["slash"]:
            if len(path) == 1 or path[-1].tag != tag or match["attributes"] or match["void"]:
                raise broken(f"unexpected end tag {match.group()}")
            path.pop()
        else:
            node = _element(match)
            path[-1].children.append(node)
            if tag not in _VOID:
                path.append(node)
            if len(path) - 1 > MAX_DEPTH:
                raise refused("DEPTH_INVALID")
    if len(path) > 1:
        raise broken(f'can\'t find end tag corresponding to start tag "{path[-1].tag}"')
    return root


def _element(match: re.Match[str]) -> Node:
    tag = match["tag"]
    if tag not in INLINE | _BLOCKS | _PARTS:
        raise broken(f'unsupported start tag "{tag}"')
    if match["void"] and tag not in _VOID:
        raise broken(f'the tag "{tag}" has to be closed')
    return Node(tag, _attributes(tag, match["attributes"]))


def _attributes(tag: str, source: str) -> dict[str, str]:
    known = _ATTRIBUTES.get(tag, {})
    found: dict[str, str] = {}
    at = 0
    source = source.rstrip()
    while at < len(source):
        match = _ATTRIBUTE.match(source, at)
        if match is None or match["name"] not in known or match["name"] in found:
            raise broken(f'unsupported attribute in the tag "{tag}": {source[at:].strip()!r}')
        pattern, value = known[match["name"]], _decoded(match["value"] or "")
        if (pattern is None) != (match["value"] is None) or (pattern and not re.fullmatch(pattern, value)):
            raise broken(f'wrong value of an attribute in the tag "{tag}": {match.group().strip()!r}')
        found[match["name"]] = value
        at = match.end()
    return found


def _decoded(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match["name"]:
            if match["name"] not in _NAMED:
                raise broken(f"unsupported entity {match.group()}")
            return _NAMED[match["name"]]
        code = int(match["hex"], 16) if match["hex"] else int(match["number"])
        if not 0 < code <= _LAST_CODE_POINT or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - surrogates
            raise broken(f"wrong entity {match.group()}")
        return chr(code)

    if "&" in _REFERENCE.sub("", text):
        raise broken("a stray &")
    return _REFERENCE.sub(one, text)
