"""Scrapy's settings: everything off that listens, remembers, guesses or reads anything but http(s)."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from crawler.config import CrawlConfig

#: The name that robots.txt files may address.
ROBOT = "Nightdesk"


def user_agent(config: CrawlConfig) -> str:
    """Who is asking, and whom to write to about it."""
    try:
        name = f"{ROBOT}/{version('nightdesk')}"
    except PackageNotFoundError:
        name = ROBOT
    contact = "".join(letter for letter in config.contact if " " <= letter <= "~")
    return f"{name} (+{contact})" if contact else name


def scrapy_settings(config: CrawlConfig) -> dict[str, Any]:
    """Hardened settings; robots.txt, delays, redirects and retries are ours, since they must outlive one crawl."""
    largest = int(max(config.page_mb, config.feed_mb) * 1024 * 1024)
    timeout = config.timeout.total_seconds()
    return {
        "LOG_ENABLED": False,
        "STATS_DUMP": False,
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        # what would open a port
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "EXTENSIONS_BASE": {},
        # what no request of ours needs, and each would pay for
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "SPIDER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES_BASE": {
            "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
        },
        # http and https through the guard, and nothing else
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.guard.GuardedHandler",
            "https": "crawler.guard.GuardedHandler",
            **dict.fromkeys(("file", "data", "ftp", "s3"), None),
        },
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "HTTPPROXY_ENABLED": False,  # a proxy would connect in our stead, past the guard
        # limits
        "DOWNLOAD_MAXSIZE": largest,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": timeout,
        "DNS_TIMEOUT": 10,
        "URLLENGTH_LIMIT": 2083,
        # nothing is carried from one site to another
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        # ours: crawler.fetch
        "REDIRECT_ENABLED": False,
        "RETRY_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": config.connections,
        "CONCURRENT_REQUESTS_PER_DOMAIN": config.connections,
        "USER_AGENT": user_agent(config),
        "DEFAULT_REQUEST_HEADERS": {"Accept-Language": "*"},
    }
