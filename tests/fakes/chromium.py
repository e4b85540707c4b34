"""A headless Chromium of Debian's packages, driven by Playwright: for the tests of the chat page and its pictures."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

EXECUTABLE = shutil.which("chromium")
MISSING = (
    "Playwright is not installed: pip install -e '.[browser-tests]'"
    if find_spec("playwright") is None
    else "there is no chromium: apt install chromium"
    if EXECUTABLE is None
    else ""
)
"""Why there is no browser; "" where there is one."""

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def chromium(*, width: int = 1180, height: int = 860, scale: float = 1.0) -> AsyncIterator[BrowserContext]:
    """A browser with a profile of its own, which goes with it."""
    from playwright.async_api import async_playwright

    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        async with async_playwright() as playwright:
            context = await playwright.chromium.launch_persistent_context(
                Path(profile),
                executable_path=EXECUTABLE,
                args=list(_FLAGS),
                viewport={"width": width, "height": height},
                device_scale_factor=scale,
                color_scheme="light",
                locale="en-GB",
            )
            context.set_default_timeout(15_000)
            try:
                yield context
            finally:
                await context.close()
