"""Who asks where a proxy stands in between: a proxy's word counts only where the configuration trusts that proxy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import ip_address

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from nightdesk.web.networks import Address, Networks, read_networks

log = structlog.get_logger(__name__)


def client_of(peer: str, said: Sequence[str], trusted: Networks) -> str:
    """The address that a request comes from, as far as anybody trusted says.

    `said` is every X-Forwarded-For. Each proxy adds whom it heard from at the end, so it is read from there, past the
    trusted ones; what stands before the first other address may have been made up by the asker.
    """
    at = _address(peer)
    client = str(at) if at is not None else peer
    for word in reversed([word for line in said for word in line.split(",")]):
        if at is None or not _is_in(at, trusted):
            break
        at = _address(word)
        client = str(at) if at is not None else client
    return client


def is_trusted(peer: str, trusted: Networks) -> bool:
    at = _address(peer)
    return at is not None and _is_in(at, trusted)


def _is_in(address: Address, networks: Networks) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _address(written: str) -> Address | None:
    """An address in any of the ways that proxies write it: with a port, in brackets, or as IPv4 inside IPv6."""
    word = written.strip()
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    try:
        found = ip_address(word)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


class Forwarded:
    """ASGI middleware: after it, `client` and `scheme` are the asker's. `trusted` is asked for each request."""

    def __init__(self, app: ASGIApp, trusted: Callable[[], tuple[str, ...]]) -> None:
        self._app = app
        self._trusted = trusted
        self._warned: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("client"):
            scope = self._seen_through(scope)
        await self._app(scope, receive, send)

    def _seen_through(self, scope: Scope) -> Scope:
        peer, headers, trusted = scope["client"][0], Headers(scope=scope), read_networks(self._trusted())
        if not is_trusted(peer, trusted):
            if "x-forwarded-for" in headers:
                self._warn(peer)
            return scope
        client = client_of(peer, headers.getlist("x-forwarded-for"), trusted)
        proto = headers.get("x-forwarded-proto", "").strip().lower()
        scheme = proto if proto in ("http", "https") else scope["scheme"]
        return {**scope, "client": (client, 0), "scheme": scheme}

    def _warn(self, peer: str) -> None:
        """Once for each peer, a few at most: whoever it is may send the header as often as they like."""
        if peer not in self._warned and len(self._warned) < 20:
            self._warned.add(peer)
            log.warning(
                "forwarding_not_trusted", peer=peer, advice="name it in web.trusted_proxies if it is your proxy"
            )
