"""Which proxy the environment names for an address."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

from yarl import URL


def proxy_of(url: str) -> str:
    """The proxy for this address ("" for none). aiohttp's own way asks in a thread at every request."""
    address = URL(url)
    host = address.host or ""
    if host in {"localhost", "::1"} or host.startswith("127.") or proxy_bypass(host):
        return ""
    proxy = getproxies().get(address.scheme, "")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy
