"""Which addresses may be fetched: public ones, over http or https, spelled plainly.

Two gates. `check_url` refuses a URL by its looks, before any name is resolved; `is_public` judges the address that a
connection is really about to use, where the crawler calls it. A source that lies in a private network is let through
by a `Permit` for its own scheme, host and port and nothing else.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.errors import NightdeskError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Ports that any source may use; a configuration may add to them.
PORTS = frozenset({80, 443})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 2083

#: Not for the public, though Python's `is_global` says otherwise in some release or other.
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT, and the metadata service of one cloud
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarking
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible, long gone
        "100::/64",
        "2001::/23",  # protocol assignments; Teredo is unwrapped before
        "2001:db8::/32",
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local, long gone
    )
)
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_SPACE_OR_CONTROL = re.compile(r"[\s\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_AUTHORITY = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?", re.UNICODE)
#: What some resolver takes for an IPv4 address: 2130706433, 0x7f.1, 0177.0.0.1, 127.1.
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE | re.ASCII)
_PLAIN_V4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}", re.ASCII)
#: Names that mean this machine or this network, whatever a resolver says.
_LOCAL_NAMES = (
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
    "onion",
)


class AddressRefused(NightdeskError):
    """An address that is not fetched. `reason` says why in a few words."""

    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{_shown(url)} is not fetched: {reason}")


@dataclass(frozen=True)
class Permit:
    """One source's own private address: this scheme, host and port, and no other."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Permit:
        """The permit that a source's URL stands for. Raises AddressRefused if the URL is not plain."""
        scheme, host, port = _parts(url)
        return cls(scheme, host, port)

    def covers(self, url: str) -> bool:
        try:
            return _parts(url) == (self.scheme, self.host, self.port)
        except AddressRefused:
            return False


def is_public(address: str | Address) -> bool:
    """Whether an IP address belongs to the public internet, also the one inside a mapped or tunnelled address."""
    if isinstance(address, str):
        try:
            address = ipaddress.ip_address(address.partition("%")[0] if ":" in address else address)
        except ValueError:
            return False
    inner = _inside(address)
    if inner is not None:
        return all(is_public(part) for part in inner)
    if (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
    ):
        return False
    return address.is_global and not any(address in network for network in _NEVER if network.version == address.version)


def _inside(address: Address) -> tuple[ipaddress.IPv4Address, ...] | None:
    """IPv4 addresses that an IPv6 one carries: v4-mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if any(address in network for network in _NAT64):
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return None


def check_url(url: str, *, ports: Collection[int] = PORTS, permits: Collection[Permit] = ()) -> None:
    """Raise AddressRefused unless `url` may be asked for. What its name resolves to is checked at the connection."""
    scheme, host, port = _parts(url)
    if any(permit == Permit(scheme, host, port) for permit in permits):
        return
    if port not in ports:
        raise AddressRefused(url, f"port {port} is not one of {', '.join(map(str, sorted(ports)))}")
    if _is_ip(host):
        if not is_public(host):
            raise AddressRefused(url, "it is a private or reserved address")
    elif host.rpartition(".")[2] in _LOCAL_NAMES or "." not in host:
        raise AddressRefused(url, "its name belongs to a local network")


def _parts(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL that all programs read alike. Raises AddressRefused."""
    if len(url) > _LONGEST:
        raise AddressRefused(url, f"it is longer than {_LONGEST} characters")
    if _SPACE_OR_CONTROL.search(url):
        raise AddressRefused(url, "it has a space or an invisible character in it")
    if "\\" in url:
        raise AddressRefused(url, "it has a backslash in it, which programs read in different ways")
    scheme = url.partition(":")[0].lower()
    if scheme not in _DEFAULT_PORTS:
        raise AddressRefused(url, "only http and https are fetched")
    authority = _AUTHORITY.match(url)
    if authority is None or not authority[1]:
        raise AddressRefused(url, "it names no host")
    if "@" in authority[1]:
        raise AddressRefused(url, "it has a user name in it")
    try:
        split = urlsplit(url)
        host, port = split.hostname or "", split.port
    except ValueError as error:
        raise AddressRefused(url, "its host or port cannot be read") from error
    return scheme, _host(url, host), port if port is not None else _DEFAULT_PORTS[scheme]


def _host(url: str, host: str) -> str:
    if ":" in host or "[" in url.split("/")[2]:
        return _ipv6(url, host)
    if unicodedata.normalize("NFKC", host) != unicodedata.normalize("NFC", host):
        raise AddressRefused(url, "its host is written with look-alike characters")
    if _NUMERIC.fullmatch(host):
        if not _PLAIN_V4.fullmatch(host):
            raise AddressRefused(url, "its host is a number in an odd spelling; write four decimal numbers")
        return host
    plain = host.removesuffix(".")
    if len(plain) > 253 or not all(_LABEL.fullmatch(label) and len(label) <= 63 for label in plain.split(".")):
        raise AddressRefused(url, "its host is not a name")
    if _NUMERIC.fullmatch(plain.rpartition(".")[2]):
        raise AddressRefused(url, "its host ends in a number")
    return plain


def _ipv6(url: str, host: str) -> str:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError as error:
        raise AddressRefused(url, "its host is no IPv6 address") from error
    if address.scope_id is not None:
        raise AddressRefused(url, "its host names a network interface")
    return address.compressed


def _is_ip(host: str) -> bool:
    return ":" in host or _PLAIN_V4.fullmatch(host) is not None


def _shown(url: str) -> str:
    """A URL fit for an error: short, in one line, without a user name or what follows the path."""
    shown = _SPACE_OR_CONTROL.sub("?", url)
    shown = re.sub(r"(?<=//)[^/?#]*@", "…@", shown.partition("?")[0])
    return shown if len(shown) <= 120 else f"{shown[:119]}…"
