"""The running text of one article: the main part of a pruned page, without what is put between its lines."""

from __future__ import annotations

import logging
import re

from lxml import etree
from trafilatura import bare_extraction

from core.text import clean
from pipeline.beside import Marked
from pipeline.blocks import size
from pipeline.mainpart import main_lines
from pipeline.meters import is_meters
from pipeline.structured import Structured, plain
from pipeline.tree import text_of

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_READ_ALSO = re.compile(
    r"^\W{0,3}(?:read (?:also|more|next|full)|also read|see also|related|more on this|don.?t miss|watch|listen|"
    r"baca (?:juga|selengkapnya)|simak juga|lihat juga|xem thêm|đọc thêm|"
    r"(?:à )?lire (?:aussi|également)|voir aussi|lesen sie (?:auch|mehr)|mehr (?:dazu|lesen)|lea (?:también|"
    r"además)|lee también|te puede interesar|leia (?:também|mais)|veja também|"
    r"leggi anche|читайте также|相关(?:阅读|新闻|报道)|延伸阅读|更多(?:新闻|报道)|相關(?:新聞|報導|閱讀)|延伸閱讀|"
    r"関連記事|あわせて読みたい|관련 ?기사|อ่าน(?:เพิ่มเติม|ข่าวเพิ่ม|ข่าวที่เกี่ยวข้อง)|ข่าวที่เกี่ยวข้อง)"
    r"\s*[:：\-–—|>»►▶]",
    re.I,
)
_CHROME = re.compile(
    r"(?:advertis(?:e)?ments?|advertising|ad|sponsored(?: content)?|iklan|annonce|publicité|werbung|anzeige|"
    r"publicidad|publicidade|pubblicità|реклама|廣告|广告|広告|광고|โฆษณา|quảng cáo|"
    r"hash ?tags?|tags?|topics?|share(?: this)?(?: article| story| on .{0,20})?|shares?|follow us(?: on .{0,30})?|"
    r"comments?(?: \(\d+\))?|no comments yet\W*|print|email|"
    r"copy link|link copied\W*|save|listen(?: to this article)?|photo|image|play(?: video)?|close(?: window)?|"
    r"sign in|log in|subscribe(?: now)?|loading\W*|"
    r"story continues below.{0,30}|article continues (?:below|after).{0,30}|skip (?:advertisement|ad|to .{0,20})|"
    r"read more|continue reading|"
    r"\d{1,2}:\d{2}(?::\d{2})?|(?:\d+ )?(?:min|minutes?) read|分享|分享到|打印|关闭|關閉|責任編輯|责任编辑|シェア|"
    r"공유|แชร์)\W*",
    re.I,
)
_TAIL = re.compile(
    r"^(?:printed from|url:|close window|copyright\b|©|\(c\) ?(?:19|20)\d\d|all rights reserved|sign up (?:for|"
    r"to)\b|subscribe (?:to|now|for)\b|follow (?:us|@)|download (?:our|the) app|"
    r"分享到|分享至|【?打印】?|版权所有|版權所有|不得轉載|未经授权|.{0,30}ICP备|本文来源|免责声明|責任編輯[:：]|"
    r"责任编辑[:：]|無断転載|저작권자|무단 ?전재|ⓒ|ติดตามข่าว|ลิขสิทธิ์|"
    r"please (?:enable|activate) javascript|vous devez activer javascript|you need to enable javascript)",
    re.I,
)
_HASHTAGS = re.compile(r"(?:#[^\s#]{1,60}[\s,，、]*)+")
_BYLINE_DATE = re.compile(
    r"(?=.{0,120}$)(?=.*(?:19|20|25)\d\d)(?:by\b|published\b|posted\b|updated\b|\d|[A-Z][a-z]+ \d|作者|来源|來源|"
    r"記者|记者|发布|發布|2\d{3}年|penulis|oleh)",
    re.I,
)
_ENOUGH = 200


def main_text(page: Marked, title: str) -> str:
    """The article's paragraphs, an empty line between them; "" where the page has none."""
    return tidy("\n".join(main_lines(page)), title)


def second_opinion(tree: etree._Element, title: str) -> str:
    """What trafilatura makes of the page: some three times slower, asked where our own reading found little."""
    document = bare_extraction(
        etree.tostring(tree, encoding="unicode", method="html"),
        fast=True,
        include_comments=False,
        include_tables=True,
        include_links=False,
        with_metadata=False,
    )
    return tidy(getattr(document, "text", None) or "", title)


def tidy(text: str, title: str) -> str:
    """Lines to paragraphs, in NFC, without chrome: advertisements, "read also", share lines, tags, the title again."""
    kept: list[str] = []
    wanted = _key(title)
    for raw in clean(text).replace("\r", "\n").split("\n"):
        line = " ".join(raw.replace("\u3000", " ").split()).removeprefix("- ")
        if not line or _is_chrome(line) or (wanted and len(kept) < 2 and _key(line) == wanted):
            continue
        if (
            not kept
            and len(line) < 120
            and _BYLINE_DATE.match(line)
            and not line.endswith((".", "。", "!", "?", "”", '"'))
        ):
            continue
        if kept and line == kept[-1]:
            continue
        kept.append(line)
    return "\n\n".join(kept)


def _is_chrome(line: str) -> bool:
    if len(line) < 60 and (_CHROME.fullmatch(line) or not any(map(str.isalnum, line))):
        return True
    if is_meters(line):
        return True
    return len(line) < 300 and (
        _READ_ALSO.match(line) is not None or _TAIL.match(line) is not None or _HASHTAGS.fullmatch(line) is not None
    )


def fallback_text(structured: Structured, embedded: Structured, noscripts: list[etree._Element], title: str) -> str:
    """The longest text outside the visible page: in data for machines, or for readers without scripts."""
    texts = [tidy(plain(body), title) for body in (structured.body, embedded.body) if body]
    if structured.updates:
        texts.append(tidy("\n\n".join(plain(update) for update in structured.updates), title))
    texts += [_paragraphs(element, title) for element in noscripts]
    return max(texts, key=size, default="")


def teaser_text(page: Marked, title: str) -> str:
    """The headlines and lines of a list page, in their order."""
    lines = (block.text for block in page.alive() if block.tag in {"h2", "h3", "h4", "p"})
    return tidy("\n".join(lines), title)


def _paragraphs(element: etree._Element, title: str) -> str:
    lines = [text_of(block) for block in element.iter("p", "li", "h2", "h3", "blockquote")]
    return tidy("\n".join(lines), title)


def bare_text(page: Marked, title: str) -> str:
    """All sentences of a page where no main part stands out, as in print versions and tiny pages."""
    lines = (block.text for block in page.alive() if block.size >= 50 and _SENTENCE.search(block.text))
    return tidy("\n".join(lines), title)


_SENTENCE = re.compile(r"[.!?。！？…」』”\"'៖။ฯ๚]|[\u0e00-\u0eff]")


def enough(text: str) -> bool:
    return len(text) >= _ENOUGH or size(text) >= _ENOUGH


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
