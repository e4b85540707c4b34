"""Processes of a test's own, of which none outlives the test or the run, however they end."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import cache
from typing import Any

import pytest

HANG = 300.0
"""Seconds after which a process that does not come to its end is given up: starting one may take long."""

# Its input ends with the process that started it, also when that one is killed.
_KILLER = """
import os, signal, sys
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass
"""


@cache
def _killer() -> subprocess.Popen[bytes]:
    """A small process that kills the groups it was told of when this process is gone."""
    # In a session of its own, so that an interrupt from the keyboard passes it by.
    command = (sys.executable, "-I", "-S", "-c", _KILLER)
    started = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - the lines above
    atexit.register(started.communicate)
    return started


def _tell(line: str) -> None:
    stdin = _killer().stdin
    assert stdin is not None
    stdin.write(line.encode())
    stdin.flush()


@contextmanager
def ends_with_us(group: int) -> Iterator[None]:
    """Kill a process group (its id is its first process's) at the end, or when this process dies before that."""
    _tell(f"+{group}\n")
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        _tell(f"-{group}\n")


def environment(**more: str) -> dict[str, str]:
    """What a Python process needs to find what this one imports, and nothing else that is set here by chance."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return {**inherited, "PYTHONPATH": os.pathsep.join(sys.path), **more}


@asynccontextmanager
async def started(*command: str, env: dict[str, str] | None = None, **how: Any) -> AsyncIterator[Process]:
    """Like `asyncio.create_subprocess_exec`, in the environment above unless another is given; killed at the end.

    The process is in a group of its own: what it starts itself is killed with it.
    """
    process = await asyncio.create_subprocess_exec(
        *command, env=environment() if env is None else env, process_group=0, **how
    )
    try:
        with ends_with_us(process.pid):
            yield process
    finally:
        await process.communicate()


class Processes:
    """Starts processes that live until the test's end."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def start(self, *command: str, **how: Any) -> Process:
        """One more, as `started` has it."""
        return await self._stack.enter_async_context(started(*command, **how))


@pytest.fixture
async def processes() -> AsyncIterator[Processes]:
    """What a test starts processes with."""
    async with AsyncExitStack() as stack:
        yield Processes(stack)
