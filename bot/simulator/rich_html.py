"""Rich HTML → the blocks of a rich message, with the refusals and limits of Bot API 10.1 to 10.3.

The nesting follows the Bot API's classes and is read strictly. Where the wording of an error is not known it begins
like those that are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bot.simulator.rich_plain import Json, rich_plain, text_of
from bot.simulator.rich_tree import INLINE, STYLES, TEXT_BLOCKS, Node, broken, refused, tree

MAX_CHARACTERS = 32_768
MAX_BLOCKS = 500
MAX_COLUMNS = 20

_ADDRESS = re.compile(r"#\S*|https?://[^\s/]+(/\S*)?|(tg://|mailto:|tel:)\S+")
_EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)


def parse_rich(html: str, *, finds_entities: bool = True) -> list[Json]:
    """The blocks of a rich message; ApiError 400 for what may not be sent.

    `finds_entities`: whether addresses are looked for in the text; what looks like an e-mail address is refused then.
    """
    root = tree(html)
    blocks = list(_blocks(root.children))
    if not blocks:
        raise refused("CONTENT_REQUIRED")
    _check_limits(blocks)
    if finds_entities and _EMAIL.search(rich_plain(blocks)):
        raise refused("EMAIL_INVALID")
    return blocks


def _blocks(nodes: Iterable[Node]) -> Iterator[Json]:
    """Blocks of what may hold blocks; text between them makes paragraphs of its own."""
    line: list[Node] = []
    for node in nodes:
        if node.tag in INLINE or not node.tag:
            line.append(node)
        else:
            yield from _loose(line)
            line = []
            yield _block(node)
    yield from _loose(line)


def _loose(line: list[Node]) -> Iterator[Json]:
    """What stands between blocks: nothing, anchors, or a paragraph."""
    told = [node for node in line if node.tag or node.text.strip()]
    if told and all(node.tag == "a" and "name" in node.attributes for node in told):
        yield from ({"type": "anchor", "name": node.attributes["name"]} for node in told)
    elif told:
        yield {"type": "paragraph", "text": _shown(line)}


def _block(node: Node) -> Json:
    if made := _MADE_BY.get(node.tag):
        return made(node)
    if node.tag not in TEXT_BLOCKS:
        raise broken(f'the tag "{node.tag}" stands where it may not')
    block: Json = {"type": TEXT_BLOCKS[node.tag], "text": _shown(node.children)}
    return block | {"size": int(node.tag[1])} if block["type"] == "heading" else block


def _details(node: Node) -> Json:
    inner = [child for child in node.children if child.tag or child.text.strip()]
    if not inner or inner[0].tag != "summary":
        raise broken('the tag "details" has to begin with "summary"')
    blocks = list(_blocks(inner[1:]))
    if not blocks:
        raise refused("CONTENT_REQUIRED")
    block: Json = {"type": "details", "summary": _shown(inner[0].children), "blocks": blocks}
    return block | {"is_open": True} if "open" in node.attributes else block


def _quotation(node: Node) -> Json:
    credit = [child for child in node.children if child.tag == "cite"]
    rest = [child for child in node.children if child.tag != "cite"]
    block: Json
    if node.tag == "aside":
        block = {"type": "pullquote", "text": _shown(rest)}
    elif "expandable" in node.attributes:
        block = {"type": "expandable_blockquote", "text": _shown(rest)}
    else:
        block = {"type": "blockquote", "blocks": list(_blocks(rest))}
        if not block["blocks"]:
            raise refused("CONTENT_REQUIRED")
    return block | {"credit": _shown(credit[0].children)} if credit else block


def _preformatted(node: Node) -> Json:
    inner = node.children
    language = ""
    if len(inner) == 1 and inner[0].tag == "code":
        language = inner[0].attributes.get("class", "").removeprefix("language-")
        inner = inner[0].children
    return {"type": "pre", "text": _shown(inner)} | ({"language": language} if language else {})


def _list(node: Node) -> Json:
    items: list[Json] = []
    number = int(node.attributes.get("start", 1))
    for child in _only(node, {"li"}):
        label = f"{number}." if node.tag == "ol" else "•"
        number += 1
        items.append({"label": label, "blocks": list(_blocks(child.children))})
        if not items[-1]["blocks"]:
            raise refused("CONTENT_REQUIRED")
    if not items:
        raise refused("CONTENT_REQUIRED")
    return {"type": "list", "items": items}


def _table(node: Node) -> Json:
    block: Json = {"type": "table", "cells": []}
    for name in ("bordered", "striped", "compact"):
        if name in node.attributes:
            block[f"is_{name}"] = True
    for child in _only(node, {"caption", "tr"}):
        if child.tag == "caption":
            if block["cells"] or "caption" in block:
                raise broken('the tag "caption" has to come first in a table')
            block["caption"] = _shown(child.children)
            continue
        row = [_cell(cell) for cell in _only(child, {"td", "th"})]
        if not row:
            raise refused("CONTENT_REQUIRED")
        if sum(cell.get("colspan", 1) for cell in row) > MAX_COLUMNS:
            raise refused("TABLE_COLUMNS_INVALID")
        block["cells"].append(row)
    if not block["cells"]:
        raise refused("CONTENT_REQUIRED")
    return block


def _cell(node: Node) -> Json:
    header = node.tag == "th"
    cell: Json = {
        "align": node.attributes.get("align", "center" if header else "left"),
        "valign": node.attributes.get("valign", "middle"),
    }
    if text := _text(node.children):
        cell["text"] = text
    if header:
        cell["is_header"] = True
    return cell | {name: int(node.attributes[name]) for name in ("colspan", "rowspan") if name in node.attributes}


def _only(node: Node, tags: set[str]) -> Iterator[Node]:
    for child in node.children:
        if child.tag in tags:
            yield child
        elif child.tag or child.text.strip():
            raise broken(f'the tag "{node.tag}" may not hold {child.tag or child.text.strip()[:40]!r}')


def _shown(nodes: list[Node]) -> Any:
    """The rich text of what has to show something."""
    text = _text(nodes)
    if not any(char.isprintable() and not char.isspace() for char in text_of(text)):
        raise refused("CONTENT_REQUIRED")
    return text


def _text(nodes: list[Node], within: frozenset[str] = frozenset()) -> Any:
    parts: list[Any] = []
    for node in nodes:
        if not node.tag:
            parts.append(re.sub(r"[ \t\r\n]+", " ", node.text))
        elif node.tag not in INLINE:
            raise broken(f'the tag "{node.tag}" stands where only text may')
        elif node.tag in within and node.tag == "a":
            raise broken('the tag "a" stands within itself')
        else:
            parts.append(_styled(node, within | {node.tag}))
    parts = [part for part in parts if part != ""]
    return parts[0] if len(parts) == 1 else parts or ""


def _styled(node: Node, within: frozenset[str]) -> Any:
    if node.tag == "br":
        return "\n"
    if node.tag == "tg-math":
        return _math(node)
    if node.tag == "a":
        return _link(node, within)
    text = _text(node.children, within)
    if node.tag == "tg-reference":
        return {"type": "reference", "name": node.attributes.get("name", ""), "text": text}
    return {"type": STYLES[node.tag], "text": text}


def _link(node: Node, within: frozenset[str]) -> Json:
    if len(node.attributes) != 1:
        raise broken('the tag "a" needs either "href" or "name"')
    if "name" in node.attributes:
        if node.children:
            raise broken("an anchor has to be empty")
        return {"type": "anchor", "name": node.attributes["name"]}
    text, address = _text(node.children, within), node.attributes["href"]
    if not _ADDRESS.fullmatch(address) or not text_of(text).strip():
        raise refused("URL_INVALID")
    if address.startswith("#"):
        return {"type": "anchor_link", "text": text, "anchor_name": address[1:]}
    return {"type": "url", "text": text, "url": address}


def _formula(node: Node) -> str:
    if any(child.tag for child in node.children):
        raise broken("a formula holds no tags")
    source = "".join(child.text for child in node.children).strip()
    if not source:
        raise refused("MATH_INVALID")
    return source


def _math(node: Node) -> Json:
    return {"type": "mathematical_expression", "expression": _formula(node)}


def _divider(_: Node) -> Json:
    return {"type": "divider"}


_MADE_BY: Mapping[str, Callable[[Node], Json]] = {
    "hr": _divider,
    "tg-math-block": _math,
    "ul": _list,
    "ol": _list,
    "table": _table,
    "details": _details,
    "blockquote": _quotation,
    "aside": _quotation,
    "pre": _preformatted,
}


def _check_limits(blocks: list[Json]) -> None:
    characters = count = 0
    for kind, value in _walk(blocks):
        if kind == "block":
            count += 1
        else:
            characters += len(value)
    if characters > MAX_CHARACTERS:
        raise refused("TEXT_TOO_LONG")
    if count > MAX_BLOCKS:
        raise refused("BLOCKS_TOO_MANY")


def _walk(blocks: list[Json]) -> Iterator[tuple[str, str]]:
    """Every block, item and row as ("block", ""), and every text as ("text", its characters)."""
    for block in blocks:
        yield "block", ""
        for name in ("text", "summary", "caption", "credit"):
            if name in block:
                yield "text", text_of(block[name])
        if "expression" in block:
            yield "text", block["expression"]
        yield from _walk(block.get("blocks", []))
        for item in block.get("items", []):
            yield "block", ""
            yield from _walk(item["blocks"])
        for row in block.get("cells", []):
            yield "block", ""
            for cell in row:
                yield "text", text_of(cell.get("text", ""))
