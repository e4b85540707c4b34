"""No test leaves a process behind, whatever ends the test."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL
from pathlib import Path

import pytest
from fakes.processes import HANG, Processes

# Whoever still lives holds the other end of the FIFO open: the process, and one that it started itself.
TEST = """
async def test_that_starts_processes(processes):
    script = 'exec 3>"$0"; echo here >&3; echo ready; sleep 1000 & sleep 1000'
    process = await processes.start("sh", "-c", script, {fifo!r}, stdout=-1)
    await process.stdout.readline()
    {ends}
"""
WAYS = {
    "it fails": "assert not process.pid",
    "it is interrupted": "raise KeyboardInterrupt",
    "its run is killed": "import os; os.kill(os.getpid(), 9)",
    "its run is gone at once": "import os; os._exit(3)",
}


@pytest.mark.parametrize("way", WAYS)
async def test_what_a_test_started_ends_with_it_also_when(tmp_path: Path, processes: Processes, way: str) -> None:
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    (tmp_path / "conftest.py").write_text("from fakes.processes import processes", encoding="utf-8")
    (tmp_path / "test_inner.py").write_text(TEST.format(fifo=str(fifo), ends=WAYS[way]), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n", encoding="utf-8")
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    options = ("-q", "--disable-plugin-autoload", "-p", "asyncio", "-p", "no:cacheprovider")
    command = (sys.executable, "-m", "pytest", *options, str(tmp_path))
    run = await processes.start(*command, cwd=tmp_path, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    try:
        async with asyncio.timeout(HANG):
            assert await run.wait() != 0
            assert os.read(reading, 100) == b"here\n"
            while not gone(reading):  # noqa: ASYNC110 - nothing tells of the end of a process that is not ours
                await asyncio.sleep(0.01)
    finally:
        os.close(reading)


def gone(reading: int) -> bool:
    """Whether nobody holds the other end any more."""
    try:
        return os.read(reading, 100) == b""
    except BlockingIOError:
        return False
