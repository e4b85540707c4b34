"""One-off commands that need no Telegram: digest, render, paper. `bot.cli.main` holds their options."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import aiohttp

from bot.announcements.fetch import BEGINNING
from bot.app import Core, core
from bot.arxiv_source import calendar, categories
from bot.arxiv_source.answers import LARGEST_BODY
from bot.arxiv_source.categories import names_in
from bot.arxiv_source.feed import FeedError, parse_feed
from bot.arxiv_source.ids import find_ids
from bot.cli.terminal import CommandError, language_code, reason, write
from bot.config import Settings
from bot.digests.compose import compose
from bot.digests.rendering import stored_entries
from bot.i18n import words_for
from bot.render.card import render_card_plain
from bot.render.digest import render_digest, render_digest_plain
from bot.render.digest_pieces import approximate_note, digest_markdown
from bot.render.markdown import render_markdown
from bot.render.records_jsonl import RecordError, dump_records, load_records, to_record
from bot.translate.stored import stored_translations
from storage import announcements
from storage.records import (
    AnnouncedEntry,
    Announcement,
    AnnouncementState,
    AnnounceType,
    BilingualPaper,
    ChatKind,
    Destination,
    Digest,
    DigestEntry,
    Entry,
    Paper,
    Subscription,
)

_LISTED = 200
_FEED_LIMIT = LARGEST_BODY
_FEED_DEADLINE = aiohttp.ClientTimeout(total=120)


@dataclass(frozen=True, slots=True)
class DigestOrder:
    """What `digest` was asked for."""

    names: tuple[str, ...]
    feed: str | None
    announce_types: frozenset[AnnounceType]
    language: str
    form: str
    output: Path | None
    day: date | None = None
    """The mailing date; None for the newest."""


def parse_announce_types(text: str) -> frozenset[AnnounceType]:
    """`new,cross` or `all`. Raises CommandError for anything else."""
    if text.strip().lower() == "all":
        return frozenset(AnnounceType)
    chosen = frozenset(
        AnnounceType(name) for part in text.split(",") if (name := part.strip().lower()) in set(AnnounceType)
    )
    if not chosen or len(chosen) != len([part for part in text.split(",") if part.strip()]):
        known = ", ".join(AnnounceType)
        raise CommandError(f"--announce-types takes {known} or all; for example: --announce-types new,cross")
    return chosen


async def print_digest(settings: Settings, order: DigestOrder) -> None:
    """Write the digest of categories (their newest announcement), or of a feed in a file or at an address."""
    language = language_code(order.language)
    wanted = _canonical(order.names)
    if not wanted and order.feed is None:
        raise CommandError("Which category? For example: arxiv-digest-bot digest cs.CV (or --feed FILE)")
    if order.day is not None and order.feed is not None:
        raise CommandError("A feed is of its own date: give either --feed or --date")
    async with desk(settings) as parts:
        if order.feed is not None:
            query, entries = await _from_feed(order.feed)
            approximate: tuple[date, ...] = ()
            entries = [entry for entry in entries if not wanted or _covered(entry.paper, wanted)]
            named = wanted or (query,)
        else:
            (entries, approximate), named = await _announced(parts, wanted, order.day), wanted
        chosen = [entry for entry in entries if entry.announce_type in order.announce_types]
        texts = await stored_translations(parts.db, parts.chain, [entry.paper for entry in chosen], language)
    if not chosen:
        sys.stderr.write(f"arxiv-digest-bot: none of the {len(entries)} papers there is of these announce types\n")
    bilingual = [BilingualPaper(entry.paper, texts[entry.paper.source_hash], entry.announce_type) for entry in chosen]
    gaps = sum(not entry.translation.complete for entry in bilingual)
    if gaps:
        sys.stderr.write(
            f"arxiv-digest-bot: {gaps} of {len(bilingual)} papers are not translated in full; see `check`\n"
        )
    if approximate:
        sys.stderr.write(f"arxiv-digest-bot: {approximate_note(approximate, words_for('en'))}\n")
    write(_shown(bilingual, order.form, named, language, approximate), order.output)


def print_records(source: Path, form: str, output: Path | None) -> None:
    """Render records as `digest --format jsonl` writes them, in the order given."""
    try:
        with source.open(encoding="utf-8") as lines:
            records = load_records(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{source} cannot be read: {reason(error)}") from None
    except RecordError as error:
        raise CommandError(f"{source}: {error}") from None
    write(render_markdown(records) if form == "markdown" else dump_records(records), output)


async def print_paper(settings: Settings, text: str, language: str) -> None:
    """Print the bilingual card of each paper that a text names."""
    ids = find_ids(text)
    code = language_code(language)
    if not ids:
        raise CommandError(f"{text[:200]!r} names no arXiv paper; for example: https://arxiv.org/abs/2402.15351")
    async with desk(settings) as parts:
        found = await parts.lookup.find(ids)
        cards = [await parts.lookup.translated(paper, code) for paper in found.papers]
    words = words_for(code)
    shown = (
        render_card_plain(card, words, category_names=names_in(words.language, card.paper.categories)) for card in cards
    )
    if cards:
        write("\n\n".join(shown), None)
    if found.missing:
        listed = ", ".join(str(paper_id) for paper_id in found.missing)
        why = "arXiv has no such paper" if found.unavailable is None else str(found.unavailable)
        raise CommandError(f"{listed}: {why}")


async def print_announcements(settings: Settings, name: str | None) -> None:
    """List the announcements that are stored, the newest first: state, counts, source and reason."""
    wanted = _canonical([name]) if name else (None,)
    async with desk(settings) as parts, parts.db.read() as session:
        listed = [
            announcement
            for each in wanted
            for announcement in await announcements.listing(session, each, limit=_LISTED)
        ]
    if not listed:
        sys.stderr.write("arxiv-digest-bot: no announcement is stored yet\n")
    for announcement in listed:
        at = f"{announcement.fetched_at:%Y-%m-%d %H:%M}Z" if announcement.fetched_at else "-"
        told = announcement.source or announcement.reason or "-"
        if announcement.approximate:
            told += f" (approximate: {announcement.reason})"
        row = f"{announcement.mailing_date}  {announcement.category:<18} {announcement.state:<10} "
        sys.stdout.write(f"{row}{announcement.entry_count:>5}  {at:<17}  {told}\n")


async def refetch(settings: Settings, name: str, day: date | None) -> None:
    """Ask arXiv again for an announcement and say what came of it; posted digests are left as they are."""
    category, *more = _canonical([name])
    if more:
        raise CommandError(f"{name} is a group; one at a time, for example: arxiv-digest-bot refetch {category}")
    async with desk(settings) as parts:
        when = day or calendar.mailing_date(parts.now())
        held = await parts.fetcher.held(category, when, at_once=True)
        if held is None:
            raise CommandError(f"{category} {when} is not to be had: {_without_mailing(when, parts.now())}")
        found = held.announcement
        if found.state is AnnouncementState.FETCHED:
            found = await parts.fetcher.fetch(category, when)
    if not found.state.complete:
        raise CommandError(f"{category} {when} is {found.state}: {found.reason}")
    how = f" ({found.reason})" if found.approximate else ""
    sys.stdout.write(f"{category} {when}: {found.state}, {found.entry_count} entries from {found.source}{how}\n")


@asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[Core]:
    """The core on the bot's own database where there is one, else on one that is thrown away afterwards."""
    own = settings.database_url or (settings.data_dir / "bot.sqlite3").exists()
    with tempfile.TemporaryDirectory(prefix="arxiv-digest-") as folder:
        async with core(settings, database=None if own else f"sqlite+aiosqlite:///{folder}/desk.sqlite3") as parts:
            yield parts


def _without_mailing(day: date, now: datetime) -> str:
    """Why there is no announcement of a date."""
    if day > (newest := calendar.mailing_date(now)):
        return f"the newest is of {newest}"
    if day < BEGINNING:
        return f"arXiv begins on {BEGINNING}"
    return "arXiv announces Monday to Friday, but not on the day after a holiday"


def _canonical(names: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        known = categories.meant(name)
        if not known:
            nearest = ", ".join(category.id for category in categories.nearest(name))
            right = f"Did you mean {nearest}?" if nearest else "For example: cs.CV, math"
            raise CommandError(f"arXiv has no category {name!r}. {right}")
        found += known
    return tuple(dict.fromkeys(found))


def _covered(paper: Paper, wanted: Sequence[str]) -> bool:
    return any(categories.covers(query, paper.categories) for query in wanted)


async def _from_feed(source: str) -> tuple[str, list[Entry]]:
    try:
        feed = parse_feed(await _read(source))
    except FeedError as error:
        raise CommandError(f"{source}: {error}") from None
    if feed.built_at is None:
        return feed.query, list(feed.entries)
    # Good enough for a heading; which announcement a feed is, is never decided by its own date.
    day = feed.built_at.astimezone(calendar.EASTERN).date()
    return feed.query, [replace(entry, paper=replace(entry.paper, announced_on=day)) for entry in feed.entries]


async def _read(source: str) -> bytes:
    try:
        if not source.startswith(("http://", "https://")):
            return await asyncio.to_thread(Path(source).read_bytes)
        async with aiohttp.ClientSession(timeout=_FEED_DEADLINE) as http, http.get(source) as answer:
            answer.raise_for_status()
            body = await answer.content.read(_FEED_LIMIT)
            while chunk := await answer.content.read(_FEED_LIMIT - len(body) + 1):
                body += chunk
                if len(body) > _FEED_LIMIT:
                    raise CommandError(f"{source} is larger than {_FEED_LIMIT} bytes: that is no feed.")
            return body
    except (OSError, TimeoutError, aiohttp.ClientError) as error:
        raise CommandError(f"{source} cannot be read: {reason(error)}") from None


async def _announced(parts: Core, wanted: Sequence[str], asked: date | None) -> tuple[list[Entry], tuple[date, ...]]:
    """The announcement of these categories for a date (or the newest) as one list, each paper once.

    With the dates whose papers were chosen by submission time.
    """
    day = asked or calendar.mailing_date(parts.now())
    announced: list[Announcement] = []
    listed: dict[int, tuple[AnnouncedEntry, ...]] = {}
    for category in wanted:
        held = await parts.fetcher.held(category, day, at_once=True)
        if held is None or not held.announcement.state.complete:
            why = held.announcement.reason if held is not None else _without_mailing(day, parts.now())
            raise CommandError(f"The announcement of {category} for {day} is not to be had now: {why}")
        announced.append(held.announcement)
        listed[held.announcement.id] = held.entries
    wishes = [Subscription(0, category, day - timedelta(days=1), frozenset(AnnounceType)) for category in wanted]
    place = Destination(chat_id=0, kind=ChatKind.PRIVATE, language="en", interface="en", timezone="UTC")
    digest = compose(place, wishes, announced, listed)
    return (await stored_entries(parts.db, digest.entries), digest.approximate) if digest is not None else ([], ())


def _shown(
    entries: Sequence[BilingualPaper], form: str, named: Sequence[str], language: str, approximate: tuple[date, ...]
) -> str:
    words = words_for(language)
    if form == "classic":
        digest = Digest(
            categories=tuple(named),
            mailing_dates=tuple(
                sorted({day for entry in entries if (day := entry.paper.announced_on)} | set(approximate))
            ),
            approximate=approximate,
            language=language,
            interface=words.language,
            entries=tuple(
                DigestEntry(entry.paper.arxiv_id, entry.paper.version, entry.announce_type or AnnounceType.NEW)
                for entry in entries
            ),
        )
        return render_digest_plain(render_digest(digest, entries, words))
    if form == "markdown":
        return digest_markdown(entries, words, note=approximate_note(approximate, words))
    return dump_records([to_record(entry, words=words) for entry in entries])
