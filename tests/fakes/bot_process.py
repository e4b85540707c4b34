"""The bot as a process of its own; none is left when the test ends, however it ends."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60.0
"""Seconds for a line of its log: only a process that will never write it takes so long."""


@dataclass
class BotProcess:
    """What it says on standard error, line by line."""

    process: Process
    lines: list[str] = field(default_factory=list)

    async def says(self, *words: str) -> str:
        """Read on until a line has one of these words in it; that line."""
        assert self.process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            while line := (await self.process.stderr.readline()).decode():
                self.lines.append(line)
                if any(word in line for word in words):
                    return line
        raise AssertionError(f"it ended without {words}: {''.join(self.lines)}")

    async def ended(self) -> tuple[int | None, str]:
        """Its exit code, once it has one, and what it said to the end."""
        _, rest = await asyncio.wait_for(self.process.communicate(), PATIENCE)
        self.lines += rest.decode().splitlines(keepends=True)
        return self.process.returncode, "".join(self.lines)

    async def kill(self) -> str:
        """End it as a power cut would; what it said to the end."""
        self.process.kill()
        return (await self.ended())[1]


@asynccontextmanager
async def bot_process(folder: Path, **environment: str) -> AsyncIterator[BotProcess]:
    """`arxiv-digest-bot run` with these options, in that folder."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env={**inherited, "DATA_DIR": str(folder), "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        cwd=folder,
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
    )
    try:
        yield BotProcess(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
