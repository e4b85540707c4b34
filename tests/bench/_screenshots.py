"""Makes the pictures of the README: python tests/bench/_screenshots.py [folder], with tests/ on the path.

The demo runs as it does for everybody, and a headless Chromium does on its chat page what a person would do.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakes.chromium import MISSING, chromium

from bot.cli.demo import demo
from bot.config import Settings

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

ROOT = Path(__file__).parents[2]
_PAPER = "2402.15351"
_READY = re.compile(r"http://127\.0\.0\.1:\d+/")
_MARGIN = 14
_STILL = 1_500


async def main(folder: Path) -> None:
    """Write start, settings, digest, rich and card as PNG into the folder."""
    if MISSING:
        raise SystemExit(MISSING)
    async with running_demo() as address, chromium(width=700, height=1000) as browser:
        page = await browser.new_page()
        await page.goto(address)
        await page.locator(".row", has_text="小林").click()
        await page.locator("#title", has_text="小林").wait_for()
        digest = page.locator(".message", has_text="3 篇新论文").first
        await picture(page, digest, folder / "digest.png")
        await digest.get_by_role("button", name="✨").click()
        rich = page.locator(".message", has=page.locator(".rich table")).first
        await rich.wait_for()
        await rich.locator("summary").first.click()
        await picture(page, rich, folder / "rich.png", most=1_200)
        await picture(page, await answer(page, _PAPER), folder / "card.png")
        await picture(page, await answer(page, "/settings"), folder / "settings.png")
        await picture(page, page.locator(".message", has_text="三个问题").first, folder / "start.png")


class _Told(io.StringIO):
    """What the demo prints, until it tells the address of its chat page."""

    def __init__(self) -> None:
        super().__init__()
        self.address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def write(self, text: str) -> int:
        if (found := _READY.search(text)) and not self.address.done():
            self.address.set_result(found[0])
        return super().write(text)


@asynccontextmanager
async def running_demo() -> AsyncIterator[str]:
    """The address of a demo's chat page, once the demo has played its first evening."""
    told = _Told()
    with contextlib.redirect_stdout(told):
        playing = asyncio.create_task(demo(Settings(_env_file=None), once=False, port=0))
        waited: set[asyncio.Future[Any]] = {playing, told.address}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    if playing.done():
        await playing
    try:
        yield told.address.result()
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


async def answer(page: Page, text: str) -> Locator:
    """Say it and return the bot's answer once it is whole."""
    count = await page.locator(".message:not(.mine)").count()
    await page.locator("#words").fill(text)
    await page.keyboard.press("Enter")
    message = page.locator(".message:not(.mine)").nth(count)
    await message.wait_for()
    # It may come as a promise first, and be completed by an edit.
    before, now = "", await message.inner_text()
    while before != now:
        await page.wait_for_timeout(_STILL)
        before, now = now, await message.inner_text()
    return message


async def picture(page: Page, message: Locator, path: Path, *, most: int = 1_000) -> None:
    """The message as it stands in the chat, with a little of the chat around it; no more than `most` pixels high."""
    # A long message is seen whole only in a window that is as high.
    await page.set_viewport_size({"width": 700, "height": most + 400})
    await message.evaluate("node => { node.style.scrollMarginTop = '24px'; node.scrollIntoView({ block: 'start' }); }")
    box = await message.bounding_box()
    assert box is not None
    height = min(box["height"], most)
    clip = {
        "x": max(box["x"] - _MARGIN, 0),
        "y": max(box["y"] - _MARGIN, 0),
        "width": box["width"] + 2 * _MARGIN,
        "height": height + 2 * _MARGIN,
    }
    taken = await page.screenshot(path=path, clip=clip)
    print(f"{path.name}: {len(taken) // 1000} kB")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"))
