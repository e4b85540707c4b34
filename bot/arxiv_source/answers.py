"""What an HTTP answer of arXiv means before its body is read (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from bot.arxiv_source.errors import ArxivUnavailable

LARGEST_BODY = 8 * 2**20
"""Bytes, uncompressed. The largest feed on record (737 papers) has 1.6 MB; 2,000 entries are arXiv's own limit."""
RATE_EXCEEDED = b"Rate exceeded"
"""How arXiv's servers begin when too much was asked, at times with status 200."""

_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_MOST_HOPS = 3
_PAUSING = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.NOT_ACCEPTABLE}


def user_agent(version: str, contact: str) -> str:
    """Who asks, so that arXiv can tell and complain: `arxiv-digest-bot/1.0 (+mailto:you@example.org)`."""
    reachable = " ".join(contact.encode("ascii", "ignore").decode().split()).translate({ord("("): None, ord(")"): None})
    return f"arxiv-digest-bot/{version}" + (f" (+{reachable})" if reachable else "")


def refusal(status: int, headers: Mapping[str, str], now: datetime) -> ArxivUnavailable | None:
    """The error that a status is; None for 200. Statuses that ask for patience carry `retry_at`.

    `headers` has names without regard to case, as both HTTP libraries hand them out.
    """
    if status == HTTPStatus.OK:
        return None
    if status in _PAUSING:
        return ArxivUnavailable(f"arXiv asks for patience (HTTP {status})", _retry_at(headers.get("Retry-After"), now))
    return ArxivUnavailable(f"arXiv answered with HTTP {status}")


def followed(url: str, location: str, hops: int) -> str:
    """Where a redirect leads, if it is to the same host (or from http to https there) and not the last of many."""
    try:
        target = urljoin(url, location)
        old, new = urlsplit(url), urlsplit(target)
        same_port = old.port == new.port or (old.scheme, new.scheme) == ("http", "https")
    except ValueError as error:
        raise ArxivUnavailable("arXiv's answer leads to an address that is none") from error
    if old.hostname != new.hostname or not same_port or new.scheme not in {old.scheme, "https"}:
        raise ArxivUnavailable(f"arXiv's answer leads to another host: {new.hostname}")
    if hops > _MOST_HOPS:
        raise ArxivUnavailable("arXiv's answer leads from one address to the next without end")
    return target


def rate_exceeded(body: bytes, now: datetime) -> ArxivUnavailable | None:
    """The error when a body is the message that comes in place of an answer, whatever its status."""
    if body[:64].lstrip().startswith(RATE_EXCEEDED):
        return ArxivUnavailable("arXiv says that too much was asked", now + _PAUSE)
    return None


def _retry_at(header: str | None, now: datetime) -> datetime:
    """Retry-After as seconds or as an HTTP date; a minute where there is none, six hours at most."""
    text = (header or "").strip()
    pause = _PAUSE
    if text.isascii() and text.isdigit():
        pause = timedelta(seconds=min(int(text[:9]), _LONGEST_PAUSE.total_seconds()))
    elif text:
        try:
            when = parsedate_to_datetime(text)
        except ValueError:
            return now + _PAUSE
        pause = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    return now + min(max(pause, timedelta(0)), _LONGEST_PAUSE)
