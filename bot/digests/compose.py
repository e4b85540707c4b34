"""Decides who gets which paper, in which order, once. Pure: stored facts in, digests out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.arxiv_source import calendar
from storage.records import (
    FIRST_SEEN,
    AnnouncedEntry,
    Announcement,
    AnnounceType,
    Destination,
    Digest,
    DigestEntry,
    Subscription,
)

GRACE = timedelta(hours=2)
"""How long after a feed's change a destination waits for the last of its categories, so that it gets one digest."""

GIVE_UP = timedelta(days=7)
"""For how long a mailing date that arXiv does not give is asked for before it is passed over."""

# arXiv's own order; a paper that stands in several announcements counts as the first of these.
_RANK = {kind: rank for rank, kind in enumerate(AnnounceType)}


def compose(
    destination: Destination,
    subscriptions: Sequence[Subscription],
    announcements: Sequence[Announcement],
    entries: Mapping[int, Sequence[AnnouncedEntry]],
    *,
    delivered: Mapping[str, int] | None = None,
) -> Digest | None:
    """The digest of what a destination has not yet received, or None when nothing in it is for this destination.

    `entries` holds each announcement's entries by its id; `delivered` the papers that the destination was sent
    before with their highest versions, which come again only as later versions, to those who want replacements.
    """
    wishes = {subscription.category: subscription for subscription in subscriptions}
    chosen: dict[str, tuple[tuple[int, date, int, int], DigestEntry]] = {}
    days: dict[date, bool] = {}
    told: set[str] = set()
    order = {category: place for place, category in enumerate(sorted(wishes))}
    for announcement in announcements:
        wish = wishes.get(announcement.category)
        if wish is None or announcement.mailing_date <= wish.cursor or not announcement.state.complete:
            continue
        told.add(announcement.category)
        for entry in entries.get(announcement.id, ()):
            if entry.announce_type not in wish.announce_types:
                continue
            known_version = (delivered or {}).get(entry.arxiv_id)
            if known_version is not None and (entry.announce_type in FIRST_SEEN or entry.version <= known_version):
                continue
            days[announcement.mailing_date] = announcement.approximate or days.get(announcement.mailing_date, False)
            place = (
                _RANK[entry.announce_type],
                announcement.mailing_date,
                order[announcement.category],
                entry.position,
            )
            known = chosen.get(entry.arxiv_id)
            version = max(entry.version, known[1].version if known else 0)
            if known is None or place < known[0]:
                chosen[entry.arxiv_id] = place, DigestEntry(entry.arxiv_id, version, entry.announce_type)
            else:
                chosen[entry.arxiv_id] = known[0], DigestEntry(entry.arxiv_id, version, known[1].announce_type)
    if not chosen:
        return None
    return Digest(
        # A category of which nothing is known is not named: it would read as one without papers.
        categories=tuple(sorted(told)),
        mailing_dates=tuple(sorted(days)),
        language=destination.language,
        interface=destination.interface,
        entries=tuple(entry for _, entry in sorted(chosen.values(), key=lambda pair: pair[0])),
        style=destination.style,
        approximate=tuple(sorted(day for day, approximate in days.items() if approximate)),
    )


def waits(subscriptions: Iterable[Subscription], complete: Collection[tuple[str, date]], now: datetime) -> bool:
    """Whether a destination should still wait for the newest announcement of one of its categories.

    `complete` holds the (category, mailing date) pairs that are known in full.
    """
    day = calendar.mailing_date(now)
    if now >= calendar.feed_changes_at(day) + GRACE:
        return False
    return any(wish.cursor < day and (wish.category, day) not in complete for wish in subscriptions)


def cursors(
    subscriptions: Iterable[Subscription],
    announcements: Iterable[Announcement],
    now: datetime,
    *,
    given_up: Collection[tuple[str, date]] = (),
) -> dict[str, date]:
    """How far each subscription has come once these announcements are planned.

    A cursor stops before a mailing date that is not known in full, so that it still comes when arXiv has it at last.
    Those `given_up`, as pairs of category and date, are passed over: they were asked for during GIVE_UP.
    """
    complete = {
        (announcement.category, announcement.mailing_date)
        for announcement in announcements
        if announcement.state.complete
    }
    newest = calendar.mailing_date(now)
    ahead: dict[str, date] = {}
    for wish in subscriptions:
        for day in calendar.mailing_dates(wish.cursor, newest):
            if (wish.category, day) in complete:
                ahead[wish.category] = day
            elif (wish.category, day) not in given_up:
                break
    return ahead


def refetched(digest: Digest, before: Sequence[AnnouncedEntry], now: Sequence[AnnouncedEntry]) -> Digest:
    """The digest after one of its announcements was fetched again.

    Papers that only the earlier fetch had (`before` without `now`) go; papers that it lacked come at the end of their
    announce type, if the digest holds papers of that type, or may have none only because the earlier fetch had none.
    """
    fetched = {entry.arxiv_id for entry in before}
    kinds = {entry.announce_type for entry in digest.entries} | (FIRST_SEEN - {entry.announce_type for entry in before})
    present = {entry.arxiv_id for entry in now}
    kept = [entry for entry in digest.entries if entry.arxiv_id not in fetched or entry.arxiv_id in present]
    known = {entry.arxiv_id for entry in kept}
    added = [
        DigestEntry(entry.arxiv_id, entry.version, entry.announce_type)
        for entry in now
        if entry.announce_type in kinds and entry.arxiv_id not in known and entry.arxiv_id not in fetched
    ]
    ordered = sorted([*kept, *added], key=lambda entry: _RANK[entry.announce_type])
    return replace(digest, entries=tuple(ordered))
