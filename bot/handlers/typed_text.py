"""What people type, as it was meant: full-width letters, digits and punctuation are those of a Chinese keyboard."""

from __future__ import annotations

from collections.abc import Sequence

_FULL_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: " ", 0x3001: ",", 0x3002: "."}


def half_width(text: str) -> str:
    """`ｃｓ．ＣＶ，` as `cs.CV,`; for words that are looked up, not for texts that are kept."""
    return text.translate(_FULL_WIDTH)


def listed(args: Sequence[str], *apart: str) -> list[str]:
    """The words of a list, whatever keeps them apart: spaces, commas of all kinds, semicolons, and `apart`."""
    words = half_width(" ".join(args))
    for mark in (",", ";", *apart):
        words = words.replace(mark, " ")
    return words.split()
