"""What was done a moment ago, so that a second press does not do it again. It is forgotten at a restart."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.records import Now

_KEPT = timedelta(minutes=10)
_MOST = 10_000


class Recent:
    """Things by their names, each remembered for ten minutes."""

    def __init__(self, *, now: Now) -> None:
        self._now = now
        self._at: dict[tuple[object, ...], datetime] = {}

    def seen(self, *name: object) -> bool:
        """Whether this was asked for within the last ten minutes; if not it is remembered from now on."""
        now = self._now()
        at = self._at.get(name)
        if at is not None and now - _KEPT < at <= now:
            return True
        if len(self._at) >= _MOST:
            self._at = {pair: then for pair, then in self._at.items() if then > now - _KEPT}
        self._at.pop(name, None)
        self._at[name] = now
        return False
