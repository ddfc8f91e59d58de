"""Sitemaps, section pages, boards and channels of our own writing, for tests of the kinds of source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape

_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_HEADLINES = "Reporters at the river met people who had walked for two days"


def url_of(
    link: str, *, title: str = "", at: datetime | None = None, modified: datetime | None = None, outlet: str = ""
) -> str:
    """One address of a map; with a title one of a news map."""
    parts = f"<loc>{escape(link)}</loc>"
    parts += f"<lastmod>{modified.isoformat()}</lastmod>" if modified else ""
    if title:
        name = f"<n:publication><n:name>{escape(outlet)}</n:name></n:publication>" if outlet else ""
        date = f"<n:publication_date>{at.isoformat()}</n:publication_date>" if at else ""
        parts += f"<n:news>{name}{date}<n:title>{escape(title)}</n:title></n:news>"
    return f"<url>{parts}</url>"


def sitemap_of(*urls: str) -> str:
    return f'<?xml version="1.0"?><urlset xmlns="{_MAP}" xmlns:n="{_NEWS}">{"".join(urls)}</urlset>'


def index_of(parts: Mapping[str, datetime | None]) -> str:
    rows = "".join(
        f"<sitemap><loc>{escape(link)}</loc>{f'<lastmod>{at.isoformat()}</lastmod>' if at else ''}</sitemap>"
        for link, at in parts.items()
    )
    return f'<?xml version="1.0"?><sitemapindex xmlns="{_MAP}">{rows}</sitemapindex>'


def section(*slugs: str, date: str = "", prefix: str = "/news/", title: str = "") -> str:
    """A section page as newspapers build them: a menu, a list of articles with dates, a footer."""
    menu = "".join(
        f'<li><a href="/{name}">{name.title()}</a></li>' for name in ("politics", "sport", "business", "law")
    )
    rows = "".join(
        f'<div class="card"><a href="{prefix}{slug}"><img src="/x.jpg"></a>'
        f'<h3><a href="{prefix}{slug}">{title or slug.replace("-", " ").capitalize()} as {_HEADLINES}</a></h3>'
        f'<span class="when">{date}</span><a href="{prefix}{slug}">Read more</a></div>'
        for slug in slugs
    )
    foot = "".join(f'<a href="/about/{name}-of-the-house-and-desk">{name}</a>' for name in ("terms", "privacy", "jobs"))
    return (
        f"<html><head><title>News</title></head><body><nav><ul>{menu}</ul></nav>"
        f'<main><div class="list">{rows}</div></main><footer>{foot}</footer></body></html>'
    )


def board(*notices: str) -> str:
    rows = "".join(f'<li class="notice">{escape(text)}</li>' for text in notices)
    return f"<html><head><title>Notices</title></head><body><ul>{rows}</ul></body></html>"


def telegram(*posts: tuple[int, str], preview: bool = True, channel: str = "river_desk") -> str:
    """A channel's public preview, or the page that stands there where the channel has none."""
    if not preview:
        return f'<html><body><div class="tgme_page"><a href="tg://resolve">{channel}</a></div></body></html>'
    rows = "".join(
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="{channel}/{n}">'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        f'<a class="tgme_widget_message_date" href="https://t.me/{channel}/{n}">'
        f'<time datetime="2026-10-13T0{n % 10}:00:00+00:00" class="time">0{n % 10}:00</time></a></div></div>'
        for n, text in posts
    )
    return (
        f'<html><body><div class="tgme_channel_info_header_title"><span>River Desk</span></div>'
        f'<section class="tgme_channel_history">{rows}</section></body></html>'
    )
