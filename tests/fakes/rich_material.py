"""Rich messages for the tests: digests rendered rich, and what has to be true of every one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from fakes.render_material import digest
from fakes.telegram_html import parse_message

from bot.i18n import words_for
from bot.render.digest import render_digest
from bot.render.rich import RichSize
from bot.simulator.entities import units
from bot.simulator.rich_html import parse_rich
from bot.simulator.rich_plain import text_of
from storage.records import BilingualPaper, DigestStyle, Layout, Part, PartKind

Json = dict[str, Any]
RICH = DigestStyle(Layout.RICH)


def rendered(entries: Sequence[BilingualPaper], style: DigestStyle = RICH, interface: str = "zh") -> tuple[Part, ...]:
    """The parts of a digest of these entries in the rich layout."""
    return render_digest(replace(digest(), style=style), entries, words_for(interface))


def messages(parts: Sequence[Part]) -> list[list[Json]]:
    """The blocks of each rich message, as the local Telegram reads them; each with a classic text that can be sent."""
    found = []
    for part in parts:
        if part.kind is PartKind.RICH:
            parse_message(part.payload["text"])
            found.append(parse_rich(part.payload["rich"]["html"], finds_entities=False))
    return found


def of_type(blocks: Any, kind: str) -> list[Json]:
    """The blocks and texts of a kind, at any depth, in order."""
    return [one for one in _objects(blocks) if one.get("type") == kind]


def rows(blocks: list[Json]) -> list[list[Any]]:
    """The texts of the table's rows below its heading."""
    (table,) = of_type(blocks, "table")
    return [[cell.get("text", "") for cell in row] for row in table["cells"][1:]]


def weight(blocks: list[Json]) -> RichSize:
    """Characters and blocks, counted from what the local Telegram read; anchors within lines count too."""
    (table,) = of_type(blocks, "table")
    inner = [one for details in of_type(blocks, "details") for one in details["blocks"]]
    texts = [text_of(one.get("text", one.get("summary", ""))) for one in [*blocks, *inner]]
    texts += [text_of(cell.get("text", "")) for row in table["cells"] for cell in row]
    count = len(blocks) + len(inner) + len(table["cells"]) + len(of_type(table, "anchor"))
    return RichSize(sum(map(units, texts)), count)


def check(blocks: list[Json]) -> None:
    """Every link within the message leads to a place in it, one per row and one per block of details."""
    names = {one["name"] for one in of_type(blocks, "anchor")}
    links = [one["anchor_name"] for one in of_type(blocks, "anchor_link")]
    assert len(names) == len(links) == 2 * len(of_type(blocks, "details")) == 2 * len(rows(blocks))
    assert names == set(links)


def _objects(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
