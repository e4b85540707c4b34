"""The nouns of the house: frozen values that every room may name; no SQL, no wire.

Times are timezone-aware and in UTC. An `arxiv_id` never carries a version. A category is canonical
(`math.NA`, never its alias `cs.NA`); where a subscription or announcement names a category it may also be a whole
archive (`cs`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from storage.records.deliveries import (
    Delivery,
    DeliveryState,
    Gone,
    LeftOut,
    Moved,
    Outcome,
    Refused,
    RetryAt,
    Sent,
    Unsure,
)
from storage.records.destinations import (
    EVERY_DAY,
    ChatKind,
    Destination,
    DigestStyle,
    Layout,
    Subscription,
)
from storage.records.digests import (
    Digest,
    DigestEntry,
    DigestRecord,
    Part,
    PartKind,
)
from storage.records.papers import (
    DEFAULT_ANNOUNCE_TYPES,
    FIRST_SEEN,
    REPLACED,
    AnnouncedEntry,
    Announcement,
    AnnouncementState,
    AnnounceType,
    Entry,
    KeptAnswer,
    Paper,
    SavedPaper,
    newer,
    source_hash,
)
from storage.records.translations import (
    EXTRACTIVE,
    SUMMARIES,
    BilingualPaper,
    Cost,
    OpenAnswer,
    OpenCard,
    Term,
    TextField,
    Translation,
    Usage,
)

__all__ = [
    "DEFAULT_ANNOUNCE_TYPES",
    "EVERY_DAY",
    "EXTRACTIVE",
    "FIRST_SEEN",
    "REPLACED",
    "SUMMARIES",
    "AnnounceType",
    "AnnouncedEntry",
    "Announcement",
    "AnnouncementState",
    "BilingualPaper",
    "ChatKind",
    "Cost",
    "Delivery",
    "DeliveryState",
    "Destination",
    "Digest",
    "DigestEntry",
    "DigestRecord",
    "DigestStyle",
    "Entry",
    "Gone",
    "KeptAnswer",
    "Layout",
    "LeftOut",
    "Moved",
    "Now",
    "OpenAnswer",
    "OpenCard",
    "Outcome",
    "Paper",
    "Part",
    "PartKind",
    "Refused",
    "RetryAt",
    "SavedPaper",
    "Sent",
    "Subscription",
    "Term",
    "TextField",
    "Translation",
    "Unsure",
    "Usage",
    "newer",
    "source_hash",
]

Now = Callable[[], datetime]
"""The clock as it is handed around: returns the present as an aware datetime in UTC."""
