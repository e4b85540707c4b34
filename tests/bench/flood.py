"""One person floods the bot: 200 messages with ids that only arXiv knows. How long does somebody else wait for /help?

At arXiv's own pace of a request in three seconds and at Telegram's real limits.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from pathlib import Path

from fakes.house import House, open_house

from bot.app import running

MESSAGES = 200
ASKED = 10


async def wait_of(house: House, name: str) -> float:
    """Seconds until a person's /help is answered."""
    person = house.telegram.add_user(name, language_code="en")
    chat = house.telegram.private_chat(person)
    started = time.perf_counter()
    house.telegram.say(chat, person, "/help")
    await house.telegram.wait_for_messages(chat, 1, timeout=120)
    return time.perf_counter() - started


async def main() -> None:
    """Ask in peace, then under the flood; print both."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        async with open_house(Path(folder), arxiv_interval=3.0, admin_ids=()) as house, running(house.settings):
            quiet = sorted([await wait_of(house, f"Reader {number}") for number in range(ASKED)])
            stranger = house.telegram.add_user("Mallory", language_code="en")
            theirs = house.telegram.private_chat(stranger)
            for number in range(1, MESSAGES + 1):
                house.telegram.say(theirs, stranger, f"https://arxiv.org/abs/2608.{number:05}")
            flooded = sorted([await wait_of(house, f"Other reader {number}") for number in range(ASKED)])
            answers = len(house.telegram.from_bot(theirs))
    print(f"/help in peace: median {quiet[ASKED // 2] * 1000:.0f} ms, longest {quiet[-1] * 1000:.0f} ms")
    print(
        f"/help while {MESSAGES} messages of one chat wait: median {flooded[ASKED // 2] * 1000:.0f} ms, "
        f"longest {flooded[-1] * 1000:.0f} ms (goal 500); that chat had {answers} answers by then"
    )


asyncio.run(main())
