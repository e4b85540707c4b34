"""The SQL that statements became, kept once for the process: turning one into text takes longer than running it.

SQLAlchemy keeps it per engine. SQLite has two here, one that reads and one that writes, and a database may be opened
anew.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy.util import LRUCache

_STATEMENTS = 500


class _Compiled(LRUCache[Any, Any]):
    """SQLAlchemy's keys begin with the engine's dialect; all that share this one are alike."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


@cache
def compiled_for_sqlite() -> LRUCache[Any, Any]:
    """To be given to each SQLite engine as its option `compiled_cache`."""
    return _Compiled(_STATEMENTS)
