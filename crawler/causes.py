"""Why a source cannot be read: every cause with its weight, in plain words, and with what mends it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from core.saying import Saying

#: By which a list counts: "17 of 115 cannot be read: 9 blocked, 5 moved, 3 empty".
Group = Literal["blocked", "moved", "empty", "unreachable", "troubled", "unreadable", "silent", "odd", "ours"]

#: How much one failure counts: a page that is gone tells more than a time-out.
HARD, SOFT, PASSING = 1.0, 0.5, 0.25


@dataclass(frozen=True)
class Cause:
    """One reason, as the operator reads it."""

    code: str
    group: Group
    weight: float
    words: str  # what is the matter; ends a sentence that begins with the source's name
    advice: str
    status: str = ""  # of an answer that is one of many alike

    @property
    def said(self) -> Saying:
        """The words, as other languages say them too."""
        if self.code in CAUSES:
            return Saying(f"cause_{self.code}", self.words)
        if not self.status:
            return Saying("cause_unforeseen", self.words, {"code": self.code})
        status = {"status": self.status}
        if self.group == "troubled":
            return Saying("cause_in_trouble", self.words, status)
        return Saying("cause_answers", self.words, status)

    @property
    def mending(self) -> Saying:
        """The advice, as other languages say it too."""
        return Saying(_SHARED.get(self.advice) or f"mend_{self.code}", self.advice)


_OPEN_IT = "Open the address in a browser"
_FIND_FEED = (
    f"{_OPEN_IT}, look for the feed's new address and set `url`; `nightdesk sources add` finds feeds of a site."
)
_BY_ITSELF = "It is tried again by itself."
_TELL = "Tell the site."
_OTHER_FEED = "Look for another feed of the site."
#: What several causes are mended by, by the code of its sentence.
_SHARED = {
    _FIND_FEED: "mend_find_feed",
    _BY_ITSELF: "mend_by_itself",
    _TELL: "mend_tell",
    _OTHER_FEED: "mend_other_feed",
}

_KNOWN = (
    # the site does not want us
    Cause("http_401", "blocked", SOFT, "it asks for a login (401)", "Look for a public feed, or remove the source."),
    Cause(
        "http_403",
        "blocked",
        SOFT,
        "the site refuses us (403)",
        "Set `crawl.contact`, so that the site can see who asks; else ask the site, or follow another of its feeds.",
    ),
    Cause("http_451", "blocked", SOFT, "it is withheld for legal reasons (451)", "Follow another outlet."),
    Cause(
        "http_429",
        "blocked",
        PASSING,
        "the site says that we ask too often (429)",
        "Raise `every` or `delay` of the site's sources; visits have been slowed already.",
    ),
    Cause(
        "challenge",
        "blocked",
        SOFT,
        "a check for robots stands in front of the page",
        "Ask the site to let feeds through, or follow another of its addresses; no setting of ours passes such checks.",
    ),
    Cause(
        "consent_wall",
        "blocked",
        SOFT,
        "a page that asks for consent stands in front of it",
        "Look for a feed without it, often at /feed or /rss; `nightdesk sources add` tries the usual places.",
    ),
    Cause("login", "blocked", SOFT, "a login page stands where the list was", "Look for a public feed of the site."),
    Cause(
        "robots",
        "blocked",
        SOFT,
        "robots.txt forbids it",
        "Follow another feed of the site; `obey_robots = false` overrides this where the site agreed.",
    ),
    Cause(
        "robots_unreachable",
        "troubled",
        PASSING,
        "robots.txt is not answered, so nothing may be asked",
        "It is tried again by itself; if it lasts, tell the site.",
    ),
    # it is not there any more
    Cause("http_404", "moved", HARD, "there is nothing at this address any more (404)", _FIND_FEED),
    Cause("http_410", "moved", HARD, "the site says that it is gone for good (410)", _FIND_FEED),
    Cause("soft_404", "moved", HARD, "a page saying 'not found' stands where the list was", _FIND_FEED),
    Cause("parked", "moved", HARD, "the domain is for sale or parked", "Look for the outlet's new domain."),
    Cause("home_page", "moved", HARD, "the address leads to another page of the site now", _FIND_FEED),
    Cause("redirects", "moved", SOFT, "it redirects without end", _FIND_FEED),
    # it is there and holds nothing
    Cause(
        "empty",
        "empty",
        SOFT,
        "it answers, and lists nothing",
        "If the page shows news in a browser, its layout changed: set `item`, `include` or another `url`.",
    ),
    Cause(
        "empty_answer", "empty", SOFT, "the answer is empty", "It is tried again by itself; if it lasts, check `url`."
    ),
    # it cannot be reached
    Cause("dns", "unreachable", SOFT, "its host name is not found", "Check the name in `url`, and this machine's DNS."),
    Cause(
        "tls",
        "unreachable",
        SOFT,
        "its certificate is not valid",
        "Tell the site; `verify_tls = false` reads it anyway, at the risk of reading a forgery.",
    ),
    Cause(
        "timeout",
        "unreachable",
        PASSING,
        "it does not answer in time",
        "It is tried again by itself; raise `crawl.timeout` if the site is only slow.",
    ),
    Cause("connection", "unreachable", PASSING, "the connection breaks", _BY_ITSELF),
    Cause("refused_connection", "unreachable", PASSING, "it refuses connections", _BY_ITSELF),
    Cause("cut_short", "unreachable", PASSING, "its answers break off", _BY_ITSELF),
    Cause(
        "address",
        "unreachable",
        HARD,
        "its address may not be asked: private, or not of the web",
        "Check `url`; `allow_private = true` opens a source's own private address.",
    ),
    # what came cannot be read
    Cause("html", "unreadable", HARD, "a web page stands where a feed was", _FIND_FEED),
    Cause("not_a_feed", "unreadable", HARD, "what it answers is no feed", _FIND_FEED),
    Cause(
        "damaged", "unreadable", SOFT, "its feed is damaged beyond reading", "Tell the site; a validator shows where."
    ),
    Cause("truncated", "unreadable", SOFT, "its feed breaks off before the first entry", _BY_ITSELF),
    Cause("too_large", "unreadable", SOFT, "its answer is larger than allowed", "Raise `crawl.feed_mb` if it is news."),
    Cause("headers", "unreadable", SOFT, "its answer has headers without end", _TELL),
    Cause("encoding", "unreadable", SOFT, "its answer is packed too many times over", _TELL),
    Cause(
        "unasked_304",
        "unreadable",
        SOFT,
        "it says that nothing changed to who never asked before",
        "Tell the site; it is tried again by itself.",
    ),
    Cause("trap", "moved", HARD, "its address repeats itself without end", "Check `url`."),
    # it can be read, and something is odd
    Cause(
        "silent",
        "silent",
        0,
        "it answers, but nothing new has come for much longer than usual",
        f"{_OPEN_IT}: if there is newer news, the list moved or its layout changed; if not, the outlet is quiet.",
    ),
    Cause(
        "links_alike",
        "odd",
        0,
        "all its entries link to the same page, so that only what the list itself says of them is read",
        _OTHER_FEED,
    ),
    Cause(
        "dates_stopped",
        "odd",
        0,
        "new entries come, but the dates in it stand still",
        "Times are taken from the pages meanwhile; tell the site.",
    ),
    Cause(
        "too_few",
        "odd",
        0,
        "it brings fewer items than `expect.min_per_week` says",
        f"{_OPEN_IT}; lower `expect.min_per_week` if the outlet is quiet.",
    ),
    # ours
    Cause("definition", "ours", HARD, "its definition cannot be read", "`nightdesk check` says what is wrong with it."),
    Cause("internal", "ours", SOFT, "our reading of it broke", "The log has the details; please report it."),
    Cause("not_built", "ours", HARD, "this kind of source cannot be visited", "Set `kind`, or remove the source."),
)
CAUSES = {cause.code: cause for cause in _KNOWN}

#: Causes that the content shows, which an unchanged answer keeps.
OF_CONTENT = frozenset({"empty", "links_alike", "dates_stopped"})
_READERS = ("feed_", "listing_", "sitemap_", "posts_")


def cause_of(error: str) -> Cause:
    """The cause behind a visit's error, also behind one that nobody foresaw."""
    code = error
    for reader in _READERS:
        code = code.removeprefix(reader)
    if code != error and code == "empty" and error == "feed_empty":
        code = "empty_answer"
    if code.startswith("kind_"):
        code = "not_built"
    if code in CAUSES:
        return CAUSES[code]
    if match := re.fullmatch(r"http_(\d\d\d)", code):
        status = match[1]
        if status.startswith("5"):
            return Cause(code, "troubled", PASSING, f"the site is in trouble ({status})", _BY_ITSELF, status)
        return Cause(code, "unreadable", SOFT, f"the site answers {status}", _FIND_FEED, status)
    return Cause(code, "unreadable", SOFT, f"it cannot be read ({code.replace('_', ' ')})", _FIND_FEED)
