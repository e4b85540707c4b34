"""The one renderer of digests: entries → papers with translations and earlier versions → the parts of the messages.

Used by the daily journey, /digest and its pages, corrections and the command line, so that a digest looks the same
wherever it is shown. Rendering costs once per distinct digest, however many chats get it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from bot.i18n import words_for
from bot.render.digest import page_slice, render_digest
from bot.translate.budget import Payer
from bot.translate.chain import Chain
from bot.translate.stored import stored_translations, untranslated
from storage import digests, papers, subscriptions, translations
from storage.database import Database
from storage.records import REPLACED, BilingualPaper, Digest, DigestEntry, Entry, Now, Part, Translation


def _no_name() -> str:
    """For the command line, where no bot runs: its digests have no links to a private chat."""
    return ""


class DigestRenderer:
    """Renders whole digests. `bot_name` is asked for the bot's user name, which links to its private chat need."""

    def __init__(self, *, db: Database, chain: Chain, now: Now, bot_name: Callable[[], str] = _no_name) -> None:
        self._db = db
        self._chain = chain
        self._now = now
        self._bot_name = bot_name

    async def translated(self, digest: Digest) -> tuple[Part, ...]:
        """The parts of a digest, with every translation that can be had now, paid for by its announcement."""
        digest, entries = await self._stored(digest)
        payer = await announcement_payer(self._db, digest.categories[0], digest.mailing_dates[-1], digest.language)
        made = await stored_translations(
            self._db, self._chain, [entry.paper for entry in entries], digest.language, payer=payer
        )
        return await self._parts(digest, entries, made)

    async def first_page_translated(self, digest: Digest, payer: Payer) -> tuple[Part, ...]:
        """The parts of a digest; its first page is translated for `payer`, within the cap, the rest is as stored."""
        digest, entries = await self._stored(digest)
        first = entries[page_slice(digest.style, len(entries), 1)]
        made = await stored_translations(
            self._db, self._chain, [entry.paper for entry in first], digest.language, payer=payer
        )
        return await self._parts(digest, entries, made)

    async def as_stored(self, digest: Digest) -> tuple[Part, ...]:
        """The parts of a digest with the translations that are stored; nothing is translated for it."""
        digest, entries = await self._stored(digest)
        return await self._parts(digest, entries, {})

    async def _stored(self, digest: Digest) -> tuple[Digest, list[Entry]]:
        """A paged digest is stored before it is rendered: its buttons name it."""
        if digest.style.paged and not digest.id:
            async with self._db.begin() as session:
                digest = await digests.save(session, digest, (), self._now())
        return digest, await stored_entries(self._db, digest.entries)

    async def _parts(
        self, digest: Digest, entries: Sequence[Entry], made: Mapping[str, Translation]
    ) -> tuple[Part, ...]:
        bilingual = await bilingual_papers(self._db, entries, digest.language, made)
        return render_digest(digest, bilingual, words_for(digest.interface), bot_name=self._bot_name())


async def stored_entries(db: Database, entries: Sequence[DigestEntry]) -> list[Entry]:
    """The papers of these entries as they are stored, in the same order; those that are not stored are left out."""
    async with db.read() as session:
        found = await papers.many(session, [(entry.arxiv_id, entry.version) for entry in entries])
    return [
        Entry(paper, entry.announce_type)
        for entry in entries
        if (paper := found.get((entry.arxiv_id, entry.version))) is not None
    ]


async def bilingual_papers(
    db: Database, entries: Sequence[Entry], language: str, made: Mapping[str, Translation] | None = None
) -> list[BilingualPaper]:
    """Entries with their translations, and with the version before where they are replacements.

    `made` holds translations by source hash that take precedence over the stored ones. What has none is untranslated.
    """
    made = made or {}
    replaced = [(entry.paper.arxiv_id, entry.paper.version) for entry in entries if entry.announce_type in REPLACED]
    async with db.read() as session:
        others = {entry.paper.source_hash for entry in entries} - made.keys()
        texts = {**await translations.current(session, others, language), **made}
        earlier = await papers.before(session, replaced) if replaced else {}
    return [
        BilingualPaper(
            paper=entry.paper,
            translation=texts.get(entry.paper.source_hash) or untranslated(entry.paper, language),
            announce_type=entry.announce_type,
            previous=earlier.get((entry.paper.arxiv_id, entry.paper.version)),
        )
        for entry in entries
    ]


async def announcement_payer(db: Database, category: str, day: date, language: str) -> Payer:
    """Who pays for translating an announcement: it has a budget of its own.

    Where a single chat reads that category in that language, the chat pays.
    """
    async with db.read() as session:
        only_chat = await subscriptions.only_chat(session, category, language)
    return Payer(only_chat or 0, f"{category} {day}")
