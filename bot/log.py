"""Log lines are events with fields: `delivered digest=7 chat=-100123 parts=3 ms=812`. No secret ever reaches one."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

# Bot tokens stand in every Telegram address, passwords in those of proxies and databases; keys of backends in headers
# that error texts may quote.
_SECRETS = re.compile(
    r"(?<!\d)\d{3,12}:[A-Za-z0-9_-]{30,}|\b(?:sk|key)-[A-Za-z0-9_-]{8,}|(?i:bearer\s+)\S+|(?<=://)[^/\s@:]*:[^/\s@]+(?=@)"
)
_QUIET = (
    "httpx",
    "httpcore",
    "httpx2",
    "httpcore2",
    "openai",
    "apscheduler",
    "telegram",
    "urllib3",
    "arxiv",
    "aiohttp.access",
    "alembic",
)
_NEEDS_QUOTES = re.compile(r'[\s"=]')


def redact(text: str) -> str:
    """The text with everything that looks like a token or key blotted out."""
    return _SECRETS.sub("<secret>", text)


def event(logger: logging.Logger, name: str, /, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log one event; values with spaces are quoted."""
    if not logger.isEnabledFor(level):
        return
    words = [name]
    for key, value in fields.items():
        text = str(value)
        if not text or _NEEDS_QUOTES.search(text):
            text = '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        words.append(f"{key}={text}")
    logger.log(level, "%s", " ".join(words))


class _Redacted(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        # Telegram out of reach is weather: the library's path through its own code to there tells nobody anything.
        if record.name.startswith("telegram.") and type(error).__module__ == "telegram.error":
            bare = logging.makeLogRecord({**vars(record), "exc_info": None, "exc_text": None})
            return redact(f"{super().format(bare)} ({type(error).__name__}: {error})")
        return redact(super().format(record))


def configure(level: str) -> None:
    """Log to standard error. At DEBUG the libraries speak too, but never at a level that prints addresses."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacted("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of every tick that is skipped because the one before is still at work, which is as it should be.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
