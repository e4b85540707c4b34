"""The tables. Queries stand beside their row mapping, one file per group of tables; nothing else names a column."""

from __future__ import annotations

from storage.models.access import bans, usage
from storage.models.archive import announcement_entries, announcements, kept_answers, papers, search_documents
from storage.models.base import metadata
from storage.models.chats import AT_ONCE, destinations, leaders, saved_papers, subscriptions
from storage.models.delivering import (
    UNFINISHED,
    UNSETTLED,
    deliveries,
    digest_announcements,
    digest_entries,
    digest_parts,
    digests,
    former_parts,
    open_answers,
    pins,
)
from storage.models.processes import notices, turns, workers
from storage.models.translating import (
    gate_alarms,
    glossary_terms,
    open_cards,
    spending,
    translation_gaps,
    translations,
)

__all__ = [
    "AT_ONCE",
    "UNFINISHED",
    "UNSETTLED",
    "announcement_entries",
    "announcements",
    "bans",
    "deliveries",
    "destinations",
    "digest_announcements",
    "digest_entries",
    "digest_parts",
    "digests",
    "former_parts",
    "gate_alarms",
    "glossary_terms",
    "kept_answers",
    "leaders",
    "metadata",
    "notices",
    "open_answers",
    "open_cards",
    "papers",
    "pins",
    "saved_papers",
    "search_documents",
    "spending",
    "subscriptions",
    "translation_gaps",
    "translations",
    "turns",
    "usage",
    "workers",
]
