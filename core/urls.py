"""Addresses of pages: their normal form, what makes two of them one article, and the site they belong to. Pure."""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract

#: Longer ones are traps or data, never articles; and an index row of Postgres ends at about 2,700 bytes.
MAX_URL_BYTES = 2000

_PORTS = {"http": 80, "https": 443}

#: Query parameters that only say who sent the reader. Names are compared in lower case.
_TRACKING = frozenset(
    (
        # Google Ads, Analytics, News, DoubleClick
        *(
            "gclid",
            "gclsrc",
            "dclid",
            "gbraid",
            "wbraid",
            "gad_source",
            "gad_campaignid",
            "srsltid",
            "_ga",
            "_gl",
            "ved",
            "usg",
        ),
        # Meta
        *("fbclid", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref", "igshid", "igsh", "mibextid"),
        # Microsoft, Yandex, Twitter, TikTok, LinkedIn, Reddit, Snapchat, Pinterest
        *("msclkid", "cvid", "ocid", "yclid", "ysclid", "_openstat", "twclid", "ttclid", "li_fat_id", "trk", "trkinfo"),
        *("rdt_cid", "sccid", "epik"),
        # Mailchimp, HubSpot, Marketo, Adobe, Vero, Omeda, Drip, Klaviyo, Beehiiv, Sailthru, Listrak
        *(
            "mc_cid",
            "mc_eid",
            "mc_tc",
            "_hsenc",
            "_hsmi",
            "__hssc",
            "__hstc",
            "__hsfp",
            "hsctatracking",
            "mkt_tok",
            "s_cid",
        ),
        *(
            "ef_id",
            "s_kwcid",
            "vero_id",
            "vero_conv",
            "oly_anon_id",
            "oly_enc_id",
            "rb_clickid",
            "__s",
            "_ke",
            "_bhlid",
        ),
        *("sailthru", "trk_contact", "trk_msg", "trk_module", "trk_sid", "ml_subscriber", "ml_subscriber_hash"),
        # Piano/AT Internet, Webtrends, Branch, Adjust, Outbrain, Taboola, WordPress
        *(
            "xtor",
            "wt.mc_id",
            "wt_zmc",
            "wtrid",
            "_branch_match_id",
            "_branch_referrer",
            "ob_click_id",
            "tblci",
            "doing_wp_cron",
        ),
        # newspapers' own: where on the page or in which app the link was followed
        *(
            "cmp",
            "cmpid",
            "icid",
            "ito",
            "smid",
            "smtyp",
            "ftag",
            "ncid",
            "mod",
            "intcmp",
            "taid",
            "sref",
            "partner",
            "guccounter",
        ),
        *("guce_referrer", "guce_referrer_sig", "soc_src", "soc_trk", "sh", "cid_source", "traffic_source", "fromrss"),
        # Alibaba, Baidu, WeChat, Weibo, Toutiao
        *(
            "spm",
            "scm",
            "wfr",
            "isappinstalled",
            "share_token",
            "share_from",
            "nsukey",
            "wxfid",
            "weibo_id",
            "bd_vid",
            "tt_from",
        ),
    )
)
_TRACKING_PREFIXES = (
    "utm_",
    "mtm_",
    "pk_",
    "piwik_",
    "matomo_",
    "hsa_",
    "at_",
    "ns_",
    "itm_",
    "amp_js",
    "aff_",
    "vgo_",
)
#: Names that may mean the page itself; they are tracking only with such a value.
_TRACKING_VALUES = {
    "ref": re.compile(r"rss|feeds?|home|newsletter|share|social|twitter|facebook|tw|fb", re.I),
    "source": re.compile(r"rss|feeds?|newsletter|twitter|facebook|telegram|share|social", re.I),
    "src": re.compile(r"rss|feeds?|twitter|facebook|share", re.I),
    "from": re.compile(r"rss|feeds?|singlemessage|timeline|groupmessage|share", re.I),
    "feed": re.compile(r"rss|atom|1", re.I),
    "rss": re.compile(r"|1|true|yes", re.I),
    "output": re.compile(r"amp|1", re.I),
    "outputtype": re.compile(r"amp", re.I),
    "amp": re.compile(r"|1|true|yes", re.I),
    "amp_markup": re.compile(r"1", re.I),
    "for": re.compile(r"pc", re.I),
}

_DEVICE_HOST = re.compile(r"(?:www\d?|m|mobile|amp|wap)\.(?=[^.]+\.[^.])")
_AMP_ENDING = re.compile(r"(?:/amp|\.amp|/amp\.html|\.amp\.html)$")
_INDEX_PAGE = re.compile(r"/index\.(?:html?|php|asp|aspx|jsp)$", re.I)
_LEADING = re.compile(r"^/+")
_GOOGLE = re.compile(r"(www\.)?google\.[a-z.]{2,6}")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


def normalise_url(url: str) -> str:
    """The same address, written one way: no fragment, tracking, default port or odd escapes. Raises ValueError."""
    return urlunsplit(_normal(url))


def url_key(url: str) -> str:
    """What stays the same however an article is linked: neither scheme, www, mobile or AMP form, nor tracking.

    Never raises: what is no address is its own key.
    """
    try:
        parts = _normal(url)
    except ValueError:
        return url.strip()
    netloc = _without_device(parts.netloc)
    path = _INDEX_PAGE.sub("/", _AMP_ENDING.sub("", parts.path.rstrip("/"))).rstrip("/")
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{netloc}{path}?{query}" if query else f"{netloc}{path}"


def _normal(url: str) -> SplitResult:
    parts = _unwrap(_split(url))
    host, port = _host_and_port(parts)
    query = "&".join(_kept_parameters(parts.query))
    path = _clean_escapes(_without_dots(parts.path)) or "/"
    return SplitResult(parts.scheme, f"{host}:{port}" if port else host, path, query, "")


def site_of(url: str) -> str:
    """Whom we must be polite to: the registrable domain; for a private address its scheme, host and port."""
    parts = _split(url)
    host, port = _host_and_port(parts)
    bare = host.strip("[]")
    if _is_local(bare):
        return f"{parts.scheme}://{host}:{port or _PORTS[parts.scheme]}"
    return registrable_domain(bare) or bare


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str | None:
    """`news.example.co.th` is of `example.co.th`; None for addresses and unknown endings."""
    return _extractor()(host).top_domain_under_public_suffix or None


def resolve(base: str, link: str | None) -> str | None:
    """`link` as found on `base`, absolute and unchanged otherwise; None if it leads to no web page."""
    if not link or not link.strip():
        return None
    try:
        absolute = urljoin(base, link.strip())
        _split(absolute)
    except ValueError:
        return None
    return absolute


def origin_of(url: str) -> str:
    """Scheme, host and port as one string: what has a robots.txt of its own. Raises ValueError."""
    parts = _split(url)
    host, port = _host_and_port(parts)
    return f"{parts.scheme}://{host}:{port or _PORTS[parts.scheme]}"


def _split(url: str) -> SplitResult:
    text = url.strip().replace(" ", "%20")
    if len(text.encode()) > MAX_URL_BYTES:
        raise ValueError(f"an address of more than {MAX_URL_BYTES} bytes")
    if _UNSAFE.search(text):
        raise ValueError("an address with control characters or backslashes")
    parts = urlsplit(text)  # writes the scheme in small letters
    if parts.scheme not in _PORTS or not _hostname(parts.netloc):
        raise ValueError("not an http or https address")
    return parts


def _host_and_port(parts: SplitResult) -> tuple[str, int | None]:
    """The host as it is asked for on the wire, and the port unless it is the scheme's own."""
    host, port = _address(parts.netloc)
    return host, None if port == _PORTS[parts.scheme] else port


# A list names the same few hosts for each of its entries, and taking them apart is most of the work on an address.
@lru_cache(maxsize=4096)
def _hostname(netloc: str) -> str:
    return SplitResult("", netloc, "", "", "").hostname or ""


@lru_cache(maxsize=4096)
def _address(netloc: str) -> tuple[str, int | None]:
    host = _hostname(netloc).rstrip(".").lower()
    if not host:
        raise ValueError("an address without a host")
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = host.encode("idna").decode("ascii")
    return host, SplitResult("", netloc, "", "", "").port


def _unwrap(parts: SplitResult) -> SplitResult:
    """The publisher's address inside one of Google's AMP cache or viewer."""
    host = _hostname(parts.netloc)
    if host.endswith(".cdn.ampproject.org"):
        found = re.match(r"/[a-z]/(s/)?([^/]+\.[^/]+)(/.*)?$", parts.path)
    elif _GOOGLE.fullmatch(host):
        found = re.match(r"/amp/(s/)?([^/]+\.[^/]+)(/.*)?$", parts.path)
    else:
        return parts
    if found is None:
        return parts
    return SplitResult("https" if found[1] else "http", found[2], found[3] or "/", parts.query, "")


def _without_device(netloc: str) -> str:
    return _DEVICE_HOST.sub("", netloc, count=1) if _DEVICE_HOST.match(netloc) else netloc


def _kept_parameters(query: str) -> list[str]:
    return [_clean_escapes(pair) for pair in query.split("&") if pair and not _is_tracking(pair)]


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    known = _TRACKING_VALUES.get(name)
    return known is not None and known.fullmatch(value) is not None


_RESERVED = "!#$&'()*+,/:;=?@[]%"
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~!#$&'()*+,/:;=?@\[\]]*")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def _clean_escapes(text: str) -> str:
    """Escapes in upper case, none where a letter needs none, everything else outside ASCII escaped."""

    def one(match: re.Match[str]) -> str:
        letter = chr(int(match[1], 16))
        return letter if letter in _UNRESERVED else match[0].upper()

    if "%" not in text and _PLAIN.fullmatch(text):
        return text
    return quote(_ESCAPE.sub(one, text), safe=_RESERVED)


def _without_dots(path: str) -> str:
    if "/." not in path:
        return _LEADING.sub("/", path) if path.startswith("//") else path
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            kept[1:] = kept[1:-1]
        elif part != ".":
            kept.append(part)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/".join(kept)


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))


@cache
def _extractor() -> TLDExtract:
    from tldextract import TLDExtract

    # The list inside the package only: nothing is fetched and nothing is written.
    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)
