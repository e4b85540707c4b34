from __future__ import annotations

from pathlib import Path

from fakes.stored import open_database

from storage import leaders, moves


async def test_who_leads_a_chat_is_remembered_once_goes_along_with_it_and_can_be_forgotten(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db, db.begin() as session:
        for user, chat in ((1, -10), (1, -10), (1, -20), (2, -10), (2, -99)):
            await leaders.remember(session, user, chat)
        assert sorted(await leaders.chats_of(session, 1)) == [-20, -10]
        # The second one had been seen in both already.
        await moves.move_chat(session, -10, -99)
        assert sorted(await leaders.chats_of(session, 1)) == [-99, -20]
        assert await leaders.chats_of(session, 2) == [-99]
        await leaders.forget(session, 2, -99)
        assert not await leaders.knows(session, 2, -99)
        assert await leaders.knows(session, 1, -99)
