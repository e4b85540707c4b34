"""The one error that asking arXiv can end in."""

from __future__ import annotations

from datetime import datetime


class ArxivUnavailable(Exception):
    """arXiv cannot be asked now, or its answer is no answer: nothing is known of what was asked.

    `reason` is a sentence without address or traceback; `retry_at` (UTC) is when arXiv wants to be asked again, where
    it said so or is known to want a pause.
    """

    def __init__(self, reason: str, retry_at: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_at = retry_at
