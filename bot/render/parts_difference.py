"""What a correction would change in the messages of a digest, as a unified diff of what readers see (pure)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from bot.render.message import plain
from storage.records import Part, PartKind

_AROUND = 1


def parts_difference(before: Sequence[Part], after: Sequence[Part]) -> str:
    """The difference part by part, empty where there is none; parts that are new or gone stand there in full."""
    old, new = {part.number: part for part in before}, {part.number: part for part in after}
    return "".join(line for number in sorted(old.keys() | new.keys()) for line in _part(number, old, new))


def _part(number: int, old: Mapping[int, Part], new: Mapping[int, Part]) -> Iterator[str]:
    before, after = old.get(number), new.get(number)
    if before is not None and after is not None and before.content_hash == after.content_hash:
        return
    names = f"part {number}" if before else "nothing", f"part {number}" if after else "nothing"
    for line in difflib.unified_diff(_lines(before), _lines(after), *names, "posted", "anew", n=_AROUND, lineterm=""):
        yield f"{line}\n"


def _lines(part: Part | None) -> list[str]:
    if part is None:
        return []
    if part.kind is PartKind.DOCUMENT:
        text = f"{plain(part.payload['caption'])}\n[{part.payload['file_name']}]\n{part.payload['content']}"
    else:
        buttons = [str(button["text"]) for row in part.payload.get("buttons") or () for button in row]
        text = plain(part.payload["text"]) + "".join(f"\n[{label}]" for label in buttons)
    return text.splitlines()
