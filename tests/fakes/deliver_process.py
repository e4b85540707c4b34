"""A process that delivers until it is killed: `python deliver_process.py DATABASE ADDRESS OPERATIONS`."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from fakes.delivering import delivering

from storage.database import Database

# Short, so that the next process does not have to wait long for what this one leaves behind.
LEASE = timedelta(seconds=0.5)


async def main(database: str, address: str, operations: int) -> None:
    db = Database(database)
    async with (
        delivering(db, address, lambda: datetime.now(UTC), operations=operations, lease=LEASE) as ready,
        ready.at_work(),
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
