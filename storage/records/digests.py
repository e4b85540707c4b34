"""Digests: what stands in them, and the parts that are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from storage.records.destinations import DigestStyle
from storage.records.papers import AnnounceType


class PartKind(StrEnum):
    """What a part of a digest is sent as."""

    MESSAGE = "message"
    RICH = "rich"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a digest, ready to be sent: everything needed to send it again exactly.

    MESSAGE payload: {"text": HTML, "buttons": [[{"text": …, "url": … or "callback_data": …}]]}.
    RICH payload: the same, and {"rich": {"html": rich HTML}}; `text` is what is sent where rich messages are refused.
    DOCUMENT payload: {"file_name": …, "content": text, "caption": HTML}, and "buttons" where it has any.
    """

    number: int
    kind: PartKind
    payload: Mapping[str, Any]
    content_hash: str


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """A paper in a digest, in order."""

    arxiv_id: str
    version: int
    announce_type: AnnounceType


@dataclass(frozen=True, slots=True)
class Digest:
    """What one or many destinations get: the same entries in the same language, interface and look."""

    categories: tuple[str, ...]
    mailing_dates: tuple[date, ...]
    language: str
    interface: str
    entries: tuple[DigestEntry, ...]
    style: DigestStyle = field(default_factory=DigestStyle)
    id: int = 0
    created_at: datetime | None = None
    approximate: tuple[date, ...] = ()
    """Those of the mailing dates whose papers were chosen by submission time."""

    @property
    def key(self) -> str:
        """Names the content: two destinations with equal keys share one digest."""
        # Only where it differs from what every digest was before there was a choice: stored keys stay what they are.
        plain = asdict(DigestStyle(self.style.layout))
        changed = [f"{name}={value}" for name, value in asdict(self.style).items() if value != plain[name]]
        parts = [
            ",".join(self.categories),
            ",".join(day.isoformat() for day in self.mailing_dates),
            self.language,
            self.interface,
            self.style.layout,
            *changed,
            *(f"approximate={day.isoformat()}" for day in self.approximate),
            *(f"{entry.arxiv_id}v{entry.version}:{entry.announce_type}" for entry in self.entries),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """A paper's texts under the names of the JSONL form: what the Markdown digest is rendered from.

    `tldr` is the summary in the reader's language, `tldr_en` the English one; an empty string where there is none.
    """

    arxiv_id: str
    link: str
    title: str
    abstract: str
    translated_title: str
    translated_abstract: str
    tldr: str
    tldr_en: str
