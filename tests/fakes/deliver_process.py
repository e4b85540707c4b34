"""A process that delivers until it is killed: `python deliver_process.py DATABASE ADDRESS OPERATIONS [real|shared]`.

`real`: at Telegram's limits, alone on its database, as the bot is with SQLite. `shared`: at that pace beside others.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from fakes.delivering import delivering

from bot.delivery.deliver import LEASE as WHOLE_LEASE
from bot.telegram_api.pace import OPEN, Limits
from storage.database import Database

# Short, so that the next process does not have to wait long for what this one leaves behind.
LEASE = timedelta(seconds=0.5)


async def main(database: str, address: str, operations: int, how: str) -> None:
    db = Database(database)
    limits, lease = OPEN if how == "open" else Limits(), WHOLE_LEASE if how == "real" else LEASE
    async with (
        delivering(
            db,
            address,
            lambda: datetime.now(UTC),
            operations=operations,
            lease=lease,
            limits=limits,
            alone=how == "real",
        ) as ready,
        ready.running(),
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), "".join(sys.argv[4:]) or "open"))
