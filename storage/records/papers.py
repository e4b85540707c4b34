"""Papers, and what arXiv announces of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class AnnounceType(StrEnum):
    """Why a paper stands in an announcement, in arXiv's own words."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"


FIRST_SEEN = frozenset({AnnounceType.NEW, AnnounceType.CROSS})
"""The papers that a category shows for the first time."""

REPLACED = frozenset({AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS})
"""The papers of which there is a new version."""

DEFAULT_ANNOUNCE_TYPES = FIRST_SEEN


@dataclass(frozen=True, slots=True)
class Paper:
    """One version of one arXiv paper. Text is Unicode with TeX accents resolved and math left as LaTeX."""

    arxiv_id: str
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    primary_category: str
    cross_lists: tuple[str, ...] = ()
    submitted_at: datetime | None = None
    """When version 1 was submitted; feeds do not tell."""
    updated_at: datetime | None = None
    """When this version was submitted; feeds do not tell."""
    announced_on: date | None = None
    """The mailing date under which it was first seen; the query API does not tell."""
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    withdrawn: bool = False
    more_authors: bool = False
    """Whether `authors` are only the first of them: arXiv's listing pages end long lists without a sign."""

    @property
    def categories(self) -> tuple[str, ...]:
        """The primary category, then the cross-lists."""
        return (self.primary_category, *self.cross_lists)

    @property
    def source_hash(self) -> str:
        """Names the text that a translation is of: the same title and abstract need translating once."""
        return source_hash(self.title, self.abstract)


def source_hash(title: str, abstract: str) -> str:
    """The name of a text: its first 32 hexadecimal digits of SHA-256."""
    return hashlib.sha256(f"{title}\n\n{abstract}".encode()).hexdigest()[:32]


def newer(known: Paper | None, seen: Paper) -> Paper:
    """What to keep of two views of one version: the seen one, with what only the known one could tell."""
    if known is None or known.version != seen.version:
        return seen
    whole = known if known.authors and (seen.more_authors or not seen.authors) else seen
    return replace(
        seen,
        abstract=seen.abstract or known.abstract,
        authors=whole.authors,
        more_authors=whole.more_authors,
        submitted_at=seen.submitted_at or known.submitted_at,
        updated_at=seen.updated_at or known.updated_at,
        announced_on=known.announced_on or seen.announced_on,
        comment=seen.comment or known.comment,
        journal_ref=seen.journal_ref or known.journal_ref,
        doi=seen.doi or known.doi,
        withdrawn=seen.withdrawn or known.withdrawn,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper in an announcement."""

    paper: Paper
    announce_type: AnnounceType


class AnnouncementState(StrEnum):
    """What is known of a category's announcement for a mailing date."""

    DUE = "due"
    FETCHED = "fetched"
    LATE = "late"
    STALE = "stale"
    EMPTY = "empty"
    INCOMPLETE = "incomplete"

    @property
    def complete(self) -> bool:
        """Whether nothing of the announcement is missing."""
        return self in {AnnouncementState.FETCHED, AnnouncementState.EMPTY}


@dataclass(frozen=True, slots=True)
class Announcement:
    """A category (or archive) and the date of its mailing, as arXiv's listing page dates it (US Eastern)."""

    id: int
    category: str
    mailing_date: date
    state: AnnouncementState
    entry_count: int = 0
    source: str = ""
    """Where the entries came from: the address that answered, or a file's name."""
    reason: str = ""
    """Why the state is what it is, for the log and the administrators."""
    fetched_at: datetime | None = None
    retry_at: datetime | None = None
    approximate: bool = False
    """Whether the entries were chosen by submission time, because arXiv no longer tells what it announced."""
    asked_since: datetime | None = None
    """When it was asked for first."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A whole answer of an address, with the names that its server has for it: "" where it told none."""

    url: str
    etag: str
    last_modified: str
    """An HTTP date, as it came."""
    kept_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class AnnouncedEntry:
    """An entry as it is stored: by id, with its place in the announcement (from 0)."""

    announcement_id: int
    position: int
    arxiv_id: str
    version: int
    announce_type: AnnounceType


@dataclass(frozen=True, slots=True)
class SavedPaper:
    """A paper on a person's reading list."""

    user_id: int
    arxiv_id: str
    version: int | None
    """The version that was saved; None for the newest, whichever that is."""
    note: str
    saved_at: datetime
