"""Asking politely: one request at a time per site, robots.txt first, redirects step by step under the same rules."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from core.addresses import PORTS, Permit
from core.clock import Clock
from core.urls import origin_of, resolve, site_of
from crawler import politeness, robots
from crawler.answer import Answer
from crawler.budget import NOWHERE
from crawler.config import CrawlConfig
from crawler.settings import ROBOT
from crawler.source import Source
from crawler.traps import trap_in
from store.pages import SiteState

_HOPS = 5
_TIMES = 3  # the time of one request: what an address may take with all its redirects
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.5"

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Manners:
    """How requests in the name of one source are made."""

    delay: float
    permit: Permit | None = None  # the private address that the source may reach: its own
    ports: frozenset[int] = PORTS
    lax_tls: str | None = None  # the origin whose certificate is not verified
    obey_robots: bool = True


class Place(NamedTuple):
    """Whom a request bothers, and whose robots.txt it must obey."""

    site: str
    origin: str


@lru_cache(maxsize=2048)  # asked for several times in each visit
def place_of(url: str) -> Place:
    """Raises ValueError for what is no address."""
    return Place(site_of(url), origin_of(url))


def manners_of(source: Source, config: CrawlConfig) -> Manners:
    origin = place_of(source.url).origin
    return Manners(
        delay=(config.delay if source.delay is None else source.delay).total_seconds(),
        permit=Permit.of(source.url) if source.allow_private else None,
        ports=PORTS | {int(origin.rpartition(":")[2])},
        lax_tls=None if source.verify_tls else origin,
        obey_robots=source.obey_robots,
    )


class Way(Protocol):
    """How one request is made, without manners: crawler.web in the program, a web of their own in tests."""

    async def get(
        self,
        url: str,
        *,
        max_bytes: int,
        timeout: float,
        headers: Mapping[str, str] | None = None,
        ports: Collection[int] = PORTS,
        permit: Permit | None = None,
        verify_tls: bool = True,
    ) -> Answer: ...


class SiteMemory(Protocol):
    """Keeps what is known of sites between crawls."""

    async def load(self, site: str) -> SiteState: ...

    async def keep(self, state: SiteState) -> None: ...


@dataclass
class Gate:
    """One site's turn-taking; outlives the crawl."""

    state: SiteState
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    last: datetime | None = None


class Gates:
    """The gates of all sites asked by this process."""

    def __init__(self, memory: SiteMemory) -> None:
        self._memory = memory
        self._gates: dict[str, Gate] = {}

    async def gate(self, site: str) -> Gate:
        if site not in self._gates:
            state = await self._memory.load(site)
            self._gates.setdefault(site, Gate(state))
        return self._gates[site]

    async def keep(self, gate: Gate, state: SiteState) -> None:
        if state != gate.state:
            gate.state = state
            await self._memory.keep(state)

    def forget_idle(self, now: datetime, busy: set[str]) -> None:
        """Drop gates that nobody waits at and whose last request is long ago, so that memory stays bounded."""
        for site, gate in list(self._gates.items()):
            idle = gate.last is not None and (now - gate.last).total_seconds() > 3600
            if idle and site not in busy and not gate.lock.locked():
                del self._gates[site]


class Fetcher:
    """Polite requests through one open crawl."""

    def __init__(self, web: Way, gates: Gates, config: CrawlConfig, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._web = web
        self._gates = gates
        self._config = config
        self._clock = clock
        self._sleep = sleep

    async def feed(self, url: str, manners: Manners, headers: Mapping[str, str] | None = None) -> Answer:
        asked = {"Accept": _FEED_TYPES, **(headers or {})}
        answer = await self._follow(url, manners, asked, self._config.feed_mb)
        if answer.status == 304 and not headers:  # or a server that always says so would never be found out
            return replace(answer, error="unasked_304")
        return answer

    async def page(self, url: str, manners: Manners, headers: Mapping[str, str] | None = None) -> Answer:
        if trap_in(url):
            return Answer(url, url, error="trap")
        return await self._follow(url, manners, {"Accept": _PAGE_TYPES, **(headers or {})}, self._config.page_mb)

    async def is_waiting(self, site: str) -> bool:
        """Whether the site asked not to be asked now."""
        not_before = (await self._gates.gate(site)).state.not_before
        return not_before is not None and not_before > self._clock()

    async def _follow(self, url: str, manners: Manners, headers: Mapping[str, str], megabytes: float) -> Answer:
        """`url` and where it redirects to. Each step asks the robots.txt of its own host."""
        target = url.strip().replace(" ", "%20")
        moved_to, for_good = "", True
        until = self._clock() + (self._config.timeout + timedelta(seconds=manners.delay)) * _TIMES
        for _ in range(_HOPS + 1):
            if self._clock() >= until:
                return Answer(url, target, error="timeout")
            try:
                place_of(target)
            except ValueError:
                return Answer(url, target, error="address")
            refusal = await self._refusal(target, manners) if manners.obey_robots else None
            if refusal:
                return Answer(url, target, error=refusal)
            answer = await self._once(target, manners, headers, megabytes)
            following = resolve(target, answer.headers.get("location")) if answer.status in _REDIRECTS else None
            if answer.status in _REDIRECTS and following is None:
                return replace(answer, url=url, error="address" if answer.headers.get("location") else None)
            if following is None:
                return replace(answer, url=url, moved_to=moved_to)
            target = following
            for_good = for_good and answer.status in _FOR_GOOD
            moved_to = target if for_good else moved_to
        return Answer(url, target, error="redirects")

    async def _refusal(self, url: str, manners: Manners) -> str | None:
        rules = await self._robots(url, manners)
        if not rules.readable:
            return "robots_unreachable"
        return None if rules.allows(url, ROBOT) else "robots"

    async def _robots(self, url: str, manners: Manners) -> robots.Robots:
        site, origin = place_of(url)
        gate = await self._gates.gate(site)
        kept = robots.from_json(gate.state.robots.get(origin))
        if kept is not None and kept.is_fresh(self._clock()):
            return kept
        answer = await self._follow(
            f"{url.partition('://')[0].lower()}://{url.partition('://')[2].partition('/')[0].partition('?')[0]}/robots.txt",
            replace(manners, obey_robots=False),
            {"Accept": "text/plain, */*;q=0.5"},
            robots.MAX_BYTES * 2 / (1024 * 1024),
        )
        if answer.error in ("address", "waiting"):
            # Not about robots.txt: the request itself will meet the same end and say so.
            return robots.Robots(404, "", "")
        # Endless redirects and oversized files state no rules (RFC 9309); silence and 5xx mean: do not ask.
        status = 404 if answer.error in ("redirects", "too_large") else answer.status
        read = robots.read_robots(None if answer.error and status != 404 else status, answer.body, self._clock())
        kept_robots = dict(list(gate.state.robots.items())[-19:]) | {origin: read.as_json()}
        await self._gates.keep(gate, replace(gate.state, robots=kept_robots))
        return read

    async def _once(self, url: str, manners: Manners, headers: Mapping[str, str], megabytes: float) -> Answer:
        """One request when it is the site's turn."""
        site, origin = place_of(url)
        gate = await self._gates.gate(site)
        async with gate.lock:
            if gate.state.not_before is not None and gate.state.not_before > self._clock():
                return Answer(url, url, error="waiting")
            await self._sleep_before(gate, origin, manners.delay)
            answer = await self._web.get(
                url,
                headers=headers,
                max_bytes=int(megabytes * 1024 * 1024),
                timeout=self._config.timeout.total_seconds(),
                ports=manners.ports,
                permit=manners.permit,
                verify_tls=origin != manners.lax_tls,
            )
            now = gate.last = self._clock()
            state = politeness.after_answer(
                gate.state, answer.status, answer.error, answer.headers.get("retry-after"), now
            )
        await self._gates.keep(gate, state)
        return answer

    async def _sleep_before(self, gate: Gate, origin: str, delay: float) -> None:
        kept = robots.from_json(gate.state.robots.get(origin))
        pause = politeness.seconds_between(delay, gate.state.failures, kept.delay(ROBOT) if kept else 0.0)
        wait = politeness.seconds_until(self._clock(), gate.last, pause)
        if wait > 0:
            await self._sleep(wait)


def site_or_none(url: str) -> str:
    """The site of an address that may be none: all such share one."""
    try:
        return place_of(url).site
    except ValueError:
        return NOWHERE  # no address at all: all such wait for the same refusal
