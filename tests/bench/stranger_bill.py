"""A stranger asks for days of the past, ten categories each: how many translation requests does the owner pay for?"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from datetime import date
from pathlib import Path

from fakes.house import FRIDAY, announcement, open_house

from bot.arxiv_source import calendar, categories
from bot.handlers.update_queue import UpdateQueue

CAP = 2
PAPERS = 60
DAYS = 3
CATEGORIES = 10


def past_days() -> list[date]:
    """The last mailing dates, the newest first."""
    days = [calendar.previous(FRIDAY)]
    while len(days) < DAYS:
        days.append(calendar.previous(days[-1]))
    return days


async def main() -> None:
    """Ask and count."""
    logging.disable(logging.CRITICAL)
    known = [category.id for category in categories.categories("cs")][:CATEGORIES]
    with tempfile.TemporaryDirectory() as folder:
        async with open_house(Path(folder), translate_chat_cap={"requests": CAP}) as house, house.running():
            for place, day in enumerate(past_days()):
                for number, category in enumerate(known):
                    first = 1 + PAPERS * (place * CATEGORIES + number)
                    house.arxiv.announce(category, announcement(PAPERS, first=first), day)
            stranger = house.telegram.add_user("Mallory", language_code="en")
            chat = house.telegram.private_chat(stranger)
            queue = house.bot.application.update_processor
            assert isinstance(queue, UpdateQueue)
            for day in past_days():
                await house.say(f"/digest {' '.join(known)} {day}", chat=chat, user=stranger)
                await queue.rest(("chat", chat.id))
            requests = house.translator.requests.total()
    print(f"{DAYS} days of {CATEGORIES} categories with {PAPERS} papers: {requests} translation requests (cap {CAP})")


asyncio.run(main())
