"""Which names the page answers to: only its own, so that no other site's name can be pointed at it."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_loopback(listen: str) -> bool:
    """Whether an address of `web.listen` is of this machine alone."""
    return host_of(listen) in LOOPBACK or host_of(listen).startswith("127.")


def host_of(address: str) -> str:
    """The host of `host:port`, without brackets."""
    return address.rpartition(":")[0].strip("[]").lower()


def names(listen: str, public_url: str) -> frozenset[str]:
    """The hosts that a request may name."""
    own = {host_of(listen)} | (set(LOOPBACK) if is_loopback(listen) else set())
    public = urlsplit(public_url).hostname if public_url else None
    return frozenset(own | ({public.lower()} if public else set()))


def host_asked(header: str) -> str:
    """The host of a Host header, without its port."""
    if header.startswith("["):
        return header.partition("]")[0].strip("[").lower()
    return header.partition(":")[0].lower()
