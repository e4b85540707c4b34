"""JOURNEY pressed button → page: a stored digest → the papers of one page → what the archive knows of them → message.

It asks nobody and waits for nobody: what is not translated yet is shown in English. A page costs its own papers only,
however long the digest is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.digests.rendering import bilingual_papers, stored_entries
from bot.i18n import words_for
from bot.i18n.languages import ENGLISH
from bot.render.digest import page_count, page_slice, render_document, render_page
from storage import digests
from storage.database import Database
from storage.records import BilingualPaper, Digest, DigestEntry, Layout, Paper, Part


class DigestPages:
    """Pages of stored digests. `bot_name` is asked for the bot's user name."""

    def __init__(self, *, db: Database, bot_name: Callable[[], str]) -> None:
        self._db = db
        self._bot_name = bot_name

    async def page(self, digest_id: int, page: int, layout: Layout) -> Part:
        """A page (from 1; the last one for a number beyond) in a layout. LookupError where there is no such digest."""
        digest = in_layout(await self._digest(digest_id), layout)
        page = min(max(page, 1), page_count(digest.style, len(digest.entries)))
        shown = digest.entries[page_slice(digest.style, len(digest.entries), page)]
        # The file has no pages, only a head line.
        entries = await self._entries(digest, shown) if layout is not Layout.FILE else []
        return render_page(digest, entries, words_for(digest.interface), page, bot_name=self._bot_name())

    async def untranslated(self, digest_id: int, page: int, layout: Layout) -> tuple[list[Paper], str]:
        """The papers of a page that the archive does not have in full in the digest's language, and that language.

        LookupError where there is no such digest.
        """
        digest = in_layout(await self._digest(digest_id), layout)
        if layout is Layout.FILE or digest.language == ENGLISH:
            return [], digest.language
        page = min(max(page, 1), page_count(digest.style, len(digest.entries)))
        entries = await self._entries(digest, digest.entries[page_slice(digest.style, len(digest.entries), page)])
        return [entry.paper for entry in entries if not entry.translation.complete], digest.language

    async def document(self, digest_id: int) -> Part:
        """The whole digest as a document. LookupError where there is no such digest."""
        digest = await self._digest(digest_id)
        entries = await self._entries(digest, digest.entries)
        return render_document(digest, entries, words_for(digest.interface))

    async def has_file(self, digest_id: int) -> bool:
        """Whether the document came with the digest. LookupError where there is no such digest."""
        return (await self._digest(digest_id)).style.has_file

    async def _digest(self, digest_id: int) -> Digest:
        async with self._db.read() as session:
            return await digests.get(session, digest_id)

    async def _entries(self, digest: Digest, shown: Sequence[DigestEntry]) -> list[BilingualPaper]:
        return await bilingual_papers(self._db, await stored_entries(self._db, shown), digest.language)


def in_layout(digest: Digest, layout: Layout) -> Digest:
    """The digest as it looks in another layout; the file that came along with it stays."""
    style = replace(digest.style, layout=layout, attach_file=digest.style.has_file, paged=True)
    return replace(digest, style=style)
