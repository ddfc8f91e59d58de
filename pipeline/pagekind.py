"""What a page is that is no article: a challenge, an error served as a page, a consent wall, a list of teasers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.beside import Marked
from pipeline.structured import Structured
from pipeline.values import PageState


@dataclass(frozen=True)
class Verdict:
    """A page that is no article: its end state, and why in a code and words."""

    state: PageState
    reason: str


_CHALLENGE = re.compile(
    r"just a moment|attention required|checking (?:your browser|if the site connection)|"
    r"verify(?:ing)? (?:that )?you are (?:a )?human|are you a (?:robot|human)|"
    r"access (?:to this page has been )?denied|pardon our interruption|please (?:enable|turn on) (?:javascript|"
    r"cookies|js)|javascript is (?:disabled|not available|required)|"
    r"enable javascript and cookies|unusual traffic|you have been blocked|ddos protection|security check|"
    r"request unsuccessful|bot verification|captcha|"
    r"human verification|正在(?:进行)?安全(?:检查|验证)|请(?:完成|进行)(?:安全)?验证|人机验证|访问(?:被拒绝|"
    r"过于频繁)|您的访问.{0,12}(?:拦截|阻断)",
    re.I,
)
_MISSING = re.compile(
    r"(?:^|\W)404(?:\W|$)|page (?:not found|(?:is )?no longer available|does(?:n.?t| not) exist|you (?:are looking|"
    r"requested).{0,40})|(?:page|article|story|content) can.?t be found|"
    r"not found|nothing (?:was )?found|no longer (?:available|exists)|(?:article|story|content) (?:has been |"
    r"was )?(?:removed|deleted|not available|unavailable)|"
    r"page introuvable|seite (?:wurde )?nicht gefunden|página no (?:encontrada|existe)|página não encontrada|"
    r"pagina non trovata|halaman (?:tidak|yang anda).{0,20}(?:ditemukan|cari)|"
    r"không tìm thấy (?:trang|nội dung)|trang .{0,20}không tồn tại|страница не найдена|页面(?:不存在|未找到|"
    r"已删除)|(?:您访问的|该)(?:页面|文章|网页).{0,8}(?:不存在|已被?删除)|"
    r"頁面(?:不存在|已移除)|找不到(?:网页|頁面|页面|網頁)|ページが見つかりません|お探しのページ|"
    r"페이지를 찾을 수 없|ไม่พบ(?:หน้า|ข้อมูล|เนื้อหา)",
    re.I,
)
_CONSENT = re.compile(
    r"before you continue|we value your privacy|your privacy (?:choices|matters)|cookie (?:consent|settings|"
    r"notice)|we (?:and our partners )?use cookies|"
    r"manage (?:your )?consent|votre vie privée|accepter les cookies|ihre privatsphäre|zustimmung|"
    r"wir verwenden cookies|tu privacidad|la tua privacy",
    re.I,
)
_SORRY = re.compile(
    r"under maintenance|scheduled maintenance|temporarily unavailable|service unavailable|bad gateway|"
    r"internal server error|be right back|系统维护|维护中",
    re.I,
)
_LIST_TITLE = re.compile(
    r"\barchives?\b|page \d+ of \d+|(?:^|\W)page \d+(?:\W|$)|search results|results for|^(?:category|tag|topic|"
    r"author|label)\s*[:：]|latest news(?:\W|$)|"
    r"posts (?:tagged|by)|^tag[:\s]|標籤|标签[:：]|分类[:：]|搜索结果|搜尋結果|检索结果|检索|หมวดหมู่|ป้ายกำกับ|"
    r"kategori\s*[:：]|hasil pencarian|résultats de recherche|suchergebnisse",
    re.I,
)
_LIST_PATH = re.compile(
    r"/(?:category|categories|tag|tags|topic|topics|section|author|authors|search|archives?|label|kategori|tagar|"
    r"rubrique|thema|etiqueta)/|/page/\d+/?$|[?&](?:s|q|query|paged?|cat)=",
    re.I,
)
_MORE = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|read more|continue reading|baca selengkapnya|阅读全文|閱讀全文|続きを読む|อ่านต่อ|"
    r"\[&hellip;\])\s*$",
    re.I,
)
_SHORT = 1500


def wall(title: str, text: str, structured: Structured) -> Verdict | None:
    """A page that stands where the article should: challenge, consent, outage."""
    head = f"{title}\n{text[:600]}"
    if len(text) > _SHORT or (structured.is_article and len(text) > 400):
        return None
    if (match := _CHALLENGE.search(title)) or (len(text) < 700 and (match := _CHALLENGE.search(head))):
        return Verdict("blocked", f"challenge: the site asks for proof of a human reader (“{match[0]}”)")
    if _CONSENT.search(title) or (len(text) < 900 and len(_CONSENT.findall(head)) > 1):
        return Verdict("blocked", "consent: only the site's consent wall was served")
    if _SORRY.search(title) or (len(text) < 400 and _SORRY.search(head)):
        return Verdict("blocked", "unavailable: the site says that it is out of service")
    return None


def missing(title: str, headings: list[str], text: str, structured: Structured) -> Verdict | None:
    """An error page served as if all were well."""
    if structured.is_article and len(text) > 300:
        return None
    for line in (title, *headings[:2]):
        match = _MISSING.search(line)
        # "Ferry not found after ten days" is news: the phrase must be most of the line, or little else on the page.
        if match and len(text) < _SHORT and (2 * len(match[0]) >= len(line) or len(text) < 250) and len(line) < 90:
            return Verdict("not_article", f"soft_404: the page says that there is no article (“{line[:60]}”)")
    if len(text) < 300 and (match := _MISSING.search(text[:200])):
        return Verdict("not_article", f"soft_404: the page says that there is no article (“{match[0]}”)")
    return None


def teasers(page: Marked, title: str, url: str, structured: Structured, meta: dict[str, str]) -> Verdict | None:
    """A category, tag, search or front page: several headlines that link elsewhere, each with a line or two."""
    path = urlsplit(url).path
    dated = "article:published_time" in meta or structured.is_article or meta.get("og:type", "").lower() == "article"
    signs = 0
    signs += 2 if _LIST_TITLE.search(title) else 0
    signs += 2 if _LIST_PATH.search(url.split("://", 1)[-1]) else 0
    signs += 2 if structured.is_list else 0
    signs += 1 if meta.get("og:type", "").lower() in {"website", "object", "blog"} else 0
    signs += 3 if path in {"", "/"} and not urlsplit(url).query else 0
    signs -= 4 if dated else 0
    linked, prose = _teaser_blocks(page)
    if linked >= 3 and linked >= 2 * prose:
        signs += 2
    # Addresses of articles have a number or a slug; /politics/ is a section.
    steps = [step for step in path.split("/") if step]
    signs += 1 if 1 <= len(steps) <= 2 and not re.search(r"[\d_.-]", path) else 0
    if signs >= 4:
        return Verdict(
            "not_article", f"list: a page of {linked or 'several'} teasers that lead to articles, not an article"
        )
    return None


def _teaser_blocks(page: Marked) -> tuple[int, int]:
    """How many headings are links with little text behind, and how many paragraphs are long running text."""
    linked = prose = 0
    for block in page.alive():
        if block.tag in {"h2", "h3", "h4"}:
            linked += block.linked > 0.5 and len(block.text) > 12
        elif block.tag == "p":
            prose += len(block.text) > 220 and not _MORE.search(block.text[-40:])
    return linked, prose
