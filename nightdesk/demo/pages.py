"""One function per manner of writing a page: what the real web makes of an article."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from babel.dates import format_datetime

from core.clock import iso
from nightdesk.demo.edition import Edition, Entry
from nightdesk.demo.story import Markup

_MORE = {"en": "More on this", "th": "ข่าวที่เกี่ยวข้อง", "zh": "相关新闻", "id": "Baca juga", "vi": "Tin liên quan"}


def page(edition: Edition, entry: Entry) -> tuple[str, bytes]:
    """The article page: content type and bytes in the outlet's charset."""
    charset = edition.outlet.charset
    text = _KINDS[edition.outlet.markup](edition, entry)
    # The legacy outlet says its charset only inside the page, as such sites do.
    header = "text/html" if charset != "utf-8" else "text/html; charset=utf-8"
    return header, text.encode(charset, errors="xmlcharrefreplace")


def front_page(edition: Edition) -> tuple[str, bytes]:
    """The outlet's list of headlines, for people who open it in a browser."""
    items = "".join(f'<li><a href="{escape(entry.link)}">{escape(entry.title)}</a></li>' for entry in edition.entries)
    body = f"<h1>{escape(edition.outlet.title)}</h1><ul>{items}</ul>"
    return "text/html; charset=utf-8", _document(edition, "<title>" + escape(edition.outlet.title) + "</title>", body)


def _document(edition: Edition, head: str, body: str) -> bytes:
    return (
        f'<!doctype html><html lang="{edition.outlet.language}"><head>{head}</head><body>{body}</body></html>'.encode()
    )


def _paragraphs(entry: Entry, opening: str = "<p>") -> str:
    return "\n".join(f"{opening}{escape(paragraph)}</p>" for paragraph in entry.paragraphs)


def _teasers(edition: Edition, wrap: str = "li") -> str:
    return "".join(
        f'<{wrap}><a href="{edition.base}/archive/{number}">{escape(teaser.title)}</a> '
        f"<span>{escape(teaser.text)}</span></{wrap}>"
        for number, teaser in enumerate(edition.teasers, start=1)
    )


def _more(edition: Edition) -> str:
    return _MORE.get(edition.outlet.language, _MORE["en"])


def _day(edition: Edition, entry: Entry) -> str:
    return str(format_datetime(entry.published, "d MMMM y, HH:mm", locale=edition.outlet.language)) + " UTC"


def _address(edition: Edition, entry: Entry) -> str:
    return f"{edition.base}{entry.path}"


def _semantic(edition: Edition, entry: Entry) -> str:
    site = escape(edition.outlet.title)
    return f"""<!doctype html>
<html lang="{edition.outlet.language}"><head><meta charset="utf-8"><title>{escape(entry.title)} | {site}</title>
<link rel="canonical" href="{_address(edition, entry)}">
<meta name="description" content="{escape(entry.summary)}">
<meta property="og:site_name" content="{site}">
<meta property="article:published_time" content="{iso(entry.published)}"></head>
<body><header><a href="/">{site}</a><nav><a href="/">World</a> <a href="/">Business</a> <a href="/">Sport</a></nav></header>
<main><article><h1>{escape(entry.title)}</h1>
<p class="byline">By <span rel="author">{escape(entry.byline)}</span></p>
<time datetime="{iso(entry.published)}">{_day(edition, entry)}</time>
{_paragraphs(entry)}
</article><aside class="related"><h2>{_more(edition)}</h2><ul>{_teasers(edition)}</ul></aside></main>
<footer>© {site}. All rights reserved.</footer></body></html>"""


def _div_soup(edition: Edition, entry: Entry) -> str:
    site = escape(edition.outlet.title)
    return f"""<!DOCTYPE html><html lang="{edition.outlet.language}"><head><meta charset="utf-8">
<title>{escape(entry.title)} - {site}</title>
<meta property="og:title" content="{escape(entry.title)}"><meta property="og:type" content="article">
<meta property="article:published_time" content="{iso(entry.published)}">
<link rel="canonical" href="{_address(edition, entry)}"></head><body>
<div id="cookie-banner" class="cookie-consent"><div>We and our partners use cookies to give you the best experience.</div>
<div class="btn">Accept all</div><div class="btn">Manage choices</div></div>
<div class="wrap"><div class="top"><div class="logo">{site}</div><div class="menu"><a href="/">News</a><a href="/">Money</a>
<a href="/">Sport</a><a href="/">Subscribe</a></div></div>
<div class="cols"><div class="col-main"><div class="post"><h1 class="post-title">{escape(entry.title)}</h1>
<div class="meta"><div class="author">{escape(entry.byline)}</div><div class="date">{_day(edition, entry)}</div></div>
<div class="share"><a href="#">Share</a><a href="#">Tweet</a><a href="#">Print</a></div>
<div class="post-content">{_paragraphs(entry)}</div></div>
<div class="related-articles"><div class="related-title">{_more(edition)}</div><ul>{_teasers(edition)}</ul></div></div>
<div class="sidebar"><div class="widget most-read"><div class="widget-title">Most read</div><ul>{_teasers(edition)}</ul></div>
<div class="widget newsletter">Sign up for our newsletter and never miss a story.</div></div></div>
<div class="footer">© {site} | Terms of use | Privacy policy</div></div></body></html>"""


def _tables(edition: Edition, entry: Entry) -> str:
    site = escape(edition.outlet.title)
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{escape(entry.title)}</title>
<link rel="canonical" href="{_address(edition, entry)}"></head>
<body bgcolor="#ffffff"><table width="900" align="center" cellpadding="4"><tr><td colspan="2" bgcolor="#003366">
<font color="white" size="5">{site}</font></td></tr><tr><td width="180" valign="top" bgcolor="#eeeeee">
<table><tr><td><a href="/">Home</a></td></tr><tr><td><a href="/">Local news</a></td></tr><tr><td><a href="/">Rugby</a></td></tr>
<tr><td><b>{_more(edition)}</b></td></tr><tr><td><ul>{_teasers(edition)}</ul></td></tr></table></td>
<td valign="top"><h1>{escape(entry.title)}</h1><font size="2">{escape(entry.byline)}, {_day(edition, entry)}</font>
<br><br>{_paragraphs(entry)}</td></tr>
<tr><td colspan="2" align="center"><font size="1">© {site}</font></td></tr></table></body></html>"""


def _json_ld(edition: Edition, entry: Entry) -> str:
    site = escape(edition.outlet.title)
    document = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": entry.title,
        "datePublished": iso(entry.published),
        "inLanguage": edition.outlet.language,
        "author": {"@type": "Person", "name": entry.byline},
        "publisher": {"@type": "Organization", "name": edition.outlet.title},
        "mainEntityOfPage": _address(edition, entry),
        "articleBody": entry.text,
    }
    data = json.dumps(document, ensure_ascii=False).replace("</", "<\\/")
    return f"""<!doctype html><html lang="{edition.outlet.language}"><head><meta charset="utf-8"><title>{escape(entry.title)}</title>
<script type="application/ld+json">{data}</script></head><body>
<div id="app"><div class="site-header">{site}</div><h1 class="headline">{escape(entry.title)}</h1>
<div class="sapo">{escape(entry.summary)}</div><div class="article-body">{_paragraphs(entry)}</div>
<section class="related-news"><h3>{_more(edition)}</h3><ul>{_teasers(edition)}</ul></section></div>
<div class="site-footer">© {site}</div></body></html>"""


def _amp(edition: Edition, entry: Entry) -> str:
    site = escape(edition.outlet.title)
    return f"""<!doctype html><html amp lang="{edition.outlet.language}"><head><meta charset="utf-8">
<title>{escape(entry.title)}</title><link rel="canonical" href="{_address(edition, entry)}">
<meta name="viewport" content="width=device-width,minimum-scale=1">
<meta property="article:published_time" content="{iso(entry.published)}">
<style amp-boilerplate>body{{-webkit-animation:none}}</style></head><body>
<amp-sidebar id="menu" layout="nodisplay"><a href="/">Nasional</a> <a href="/">Dunia</a></amp-sidebar>
<div class="amp-header">{site}</div>
<amp-consent id="consent" layout="nodisplay"><div>Situs ini memakai kuki.</div></amp-consent>
<article class="amp-article"><h1>{escape(entry.title)}</h1><div class="amp-byline">{escape(entry.byline)}</div>
<div class="amp-date">{_day(edition, entry)}</div>
<amp-img src="/photo.jpg" width="640" height="360" layout="responsive"></amp-img>
{_paragraphs(entry)}</article>
<div class="amp-related"><h4>{_more(edition)}</h4><ul>{_teasers(edition)}</ul></div><footer>{site}</footer></body></html>"""


def _portal(edition: Edition, entry: Entry) -> str:
    site = escape(edition.outlet.title)
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>
<meta http-equiv="Content-Type" content="text/html; charset={edition.outlet.charset}" />
<title>{escape(entry.title)}_{site}</title><meta name="publishdate" content="{entry.published:%Y-%m-%d}" />
<link rel="canonical" href="{_address(edition, entry)}" /></head><body>
<div id="nav"><a href="/">首页</a> | <a href="/">国际</a> | <a href="/">体育</a></div>
<div id="article"><h1 id="title">{escape(entry.title)}</h1>
<div class="info">{entry.published:%Y-%m-%d %H:%M} 来源：{site}</div>
<div id="content">{_paragraphs(entry, "<p>　　")}</div><div class="editor">责任编辑：{escape(entry.byline)}</div></div>
<div class="xgxw"><h3>{_more(edition)}</h3><ul>{_teasers(edition)}</ul></div>
<div id="copyright">版权所有 {site}</div></body></html>"""


_KINDS: dict[Markup, Callable[[Edition, Entry], str]] = {
    "semantic": _semantic,
    "div_soup": _div_soup,
    "tables": _tables,
    "json_ld": _json_ld,
    "amp": _amp,
    "portal": _portal,
}
