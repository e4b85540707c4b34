"""What a rich message says as plain text: for the terminal, previews and counting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def rich_plain(blocks: list[Json]) -> str:
    """What a reader sees of the blocks, as lines of text; formulas stand as their source between dollars."""
    return "\n".join(line for block in blocks for line in _lines(block))


def text_of(text: Any) -> str:
    """The characters of a rich text, the source of formulas included."""
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(map(text_of, text))
    return str(text["expression"]) if "expression" in text else text_of(text.get("text", ""))


def _lines(block: Json) -> Iterator[str]:
    match block["type"]:
        case "divider":
            yield "———"
        case "anchor":
            return
        case "mathematical_expression":
            yield f"$${block['expression']}$$"
        case "table":
            for row in block["cells"]:
                yield " | ".join(_plain(cell.get("text", "")) for cell in row)
        case "details":
            yield f"▸ {_plain(block['summary'])}"
            yield from (f"  {line}" for inner in block["blocks"] for line in _lines(inner))
        case "list":
            for item in block["items"]:
                lines = [line for inner in item["blocks"] for line in _lines(inner)]
                yield from (f"{item['label'] if at == 0 else ' '} {line}" for at, line in enumerate(lines))
        case "blockquote":
            yield from (f"> {line}" for inner in block["blocks"] for line in _lines(inner))
        case _:
            yield from _plain(block["text"]).split("\n")


def _plain(text: Any) -> str:
    """The text for a terminal: links with their addresses behind them."""
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(map(_plain, text))
    if "expression" in text:
        return f"${text['expression']}$"
    inner = _plain(text.get("text", ""))
    return f"{inner} ‹{text['url']}›" if text["type"] == "url" and text["url"] != inner else inner
