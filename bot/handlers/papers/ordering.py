"""Several answers at once, whose messages come in the order of what was asked."""

from __future__ import annotations

import asyncio


class Position:
    """An answer's place in a line: its first message comes after the first message of the one `before` it."""

    def __init__(self, before: Position | None = None) -> None:
        self._before = before
        self.passed = asyncio.Event()

    async def come(self) -> None:
        """Wait until the one before has its first message, or none comes."""
        if self._before is not None:
            await self._before.passed.wait()

    def over(self) -> None:
        """The first message is there, or none comes."""
        self.passed.set()
