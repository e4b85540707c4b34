"""The bot as a process of its own; none is left when the test ends, however it ends."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fakes.processes import HANG, environment, started


@dataclass
class BotProcess:
    """What it says on standard error, line by line."""

    process: Process
    lines: list[str] = field(default_factory=list)

    async def says(self, *words: str) -> str:
        """Read on until a line has one of these words in it; that line."""
        assert self.process.stderr is not None
        async with asyncio.timeout(HANG):
            while line := (await self.process.stderr.readline()).decode():
                self.lines.append(line)
                if any(word in line for word in words):
                    return line
        raise AssertionError(f"it ended without {words}: {''.join(self.lines)}")

    async def ended(self) -> tuple[int | None, str]:
        """Its exit code, once it has one, and what it said to the end."""
        _, rest = await asyncio.wait_for(self.process.communicate(), HANG)
        self.lines += rest.decode().splitlines(keepends=True)
        return self.process.returncode, "".join(self.lines)

    async def kill(self) -> str:
        """End it as a power cut would; what it said to the end."""
        self.process.kill()
        return (await self.ended())[1]


@asynccontextmanager
async def bot_process(folder: Path, **more: str) -> AsyncIterator[BotProcess]:
    """`arxiv-digest-bot run` with these options, in that folder."""
    known = environment(DATA_DIR=str(folder), **more)
    command = (sys.executable, "-m", "bot", "run")
    async with started(*command, env=known, cwd=folder, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE) as process:
        yield BotProcess(process)
