"""Addresses and networks as the configuration writes them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]


@lru_cache(maxsize=8)
def read_networks(written: tuple[str, ...]) -> Networks:
    """Addresses and networks of `web.trusted_proxies`. Raises ValueError that shows the right form."""
    try:
        return tuple(ip_network(one.strip()) for one in written)
    except ValueError as error:
        raise ValueError(f'{error}; write addresses or networks, as in ["127.0.0.1", "10.0.0.0/8"]') from None
