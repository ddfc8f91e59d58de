"""What is on a page beside its article, taken out of the tree: hidden words, other articles, shares, banners."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipeline.tree import text_of

_DROPPED = (
    "nav footer aside iframe button input select textarea object embed video audio canvas map noscript dialog "
    "amp-ad amp-sidebar "
    "amp-consent amp-social-share amp-analytics amp-embed amp-carousel amp-list link meta"
).split()
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|text-indent\s*:\s*-\d{3,}"
)
_BLOCKS = frozenset(
    "div section article ul ol li p span table tr td dl aside header h2 h3 h4 h5 details figure main a b i em "
    "strong".split()
)

#: Names that mean the block is no part of the article. Matched between word borders of class and id.
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:"
    r"related(?!-?to)|rel-?(?:articles|posts|news|box)|recommend\w*|recirc\w*|readmore|read-?also|also-?read|"
    r"see-?also|more-?(?:news|stories|on|from)|"
    r"next-?(?:article|post|story)|prev-?(?:article|post)|infinite-?next|most-?(?:read|popular|viewed)|trending|"
    r"popular|hot-?news|top-?stories|latest-?news|"
    r"comments?(?:-?(?:list|area|section|wrap|box|form|thread))?|disqus\w*|respond|discussion|reader-?responses|"
    r"share|sharing|shares|social(?:-?(?:share|links|media|icons|bar))?|sharedaddy|addthis\w*|addtoany\w*|sociable|"
    r"follow-?us|"
    r"newsletter\w*|subscri(?:be|ption)\w*|sign-?up\w*|signup|promo\w*|barrier|paywall-?(?:prompt|message|overlay|"
    r"barrier|box)|regwall|piano\w*|"
    r"cookie\w*|consent\w*|gdpr\w*|tarteaucitron\w*|onetrust\w*|didomi\w*|cmp|"
    r"breadcrumbs?|pagination|pager|tag-?(?:s|list|cloud|links)|tagcloud|hashtags?|keywords|"
    r"ads?|advert\w*|sponsor\w*|taboola\w*|outbrain\w*|mgid\w*|adsbygoogle|dfp|"
    r"archive-?box|teaser-?list|(?:(?:right|left|main|primary|secondary|page|article|blog|site|"
    r"the)-)?sidebar(?:-?(?:\d|right|left|inner|widgets?))?(?=$|\s)|side-bar(?=$|\s)|widget-?area|"
    r"author-?(?:bio|box|info)|about-?author|"
    r"site-?footer|footer\w*|site-?nav\w*|navbar|nav|menu|topbar|masthead|skip-?link|print-?only|noprint|no-?print|"
    r"screen-?reader\w*|sr-only|visually-?hidden|"
    r"terkait|berita-?terkait|baca-?juga|artikel-?terkait|lien?s-?associes|lire-?aussi|leia-?tambem|lee-?tambien|"
    r"mehr-?zum-?thema"
    r")(?:$|[\s_-])"
)

#: Names that publishers give the article's own text.
_BODY_NAMES = re.compile(r"(?:article|story|post|entry|news|detail)-?_?-?(?:body|content|text)(?:$|[\s_-])")

#: Headings of blocks that lead to other articles.
_HEADINGS = re.compile(
    r"\W*(?:related\b.{0,30}|read (?:also|next|more (?:on|about|from|stories))\b.{0,20}|more (?:stories|news|from|"
    r"on|like)\b.{0,40}|"
    r"(?:you )?(?:may|might) (?:also )?like.{0,10}|recommended\b.{0,30}|"
    r"recommendations|also (?:read|on|in)\b.{0,30}|see also|trending\b.{0,20}|most (?:read|popular|viewed|"
    r"commented)\b.{0,20}|popular (?:now|stories|posts|articles)|"
    r"latest (?:news|stories|posts|articles)|top stories|up next|next article|don'?t miss|editor'?s? picks?|"
    r"from (?:the|our) archives?\b.{0,40}|around the web|"
    r"(?:leave|post|write) a (?:comment|reply)|comments?(?: \(\d+\))?|\d+ comments?|join the (?:conversation|"
    r"discussion)|share this\b.{0,20}|tags|hashtags|topics|newsletter|"
    r"(?:artikel|berita|baca) (?:terkait|juga|lainnya|populer)|terpopuler|rekomendasi.{0,20}|tin (?:liên quan|mới|"
    r"nóng|cùng)\b.{0,20}|bài liên quan|xem thêm|đọc thêm|"
    r"(?:articles?|sujets?|contenus?) (?:liés?|associés?|similaires?|connexes?)|(?:à )?lire aussi|"
    r"sur le même (?:sujet|thème)|les plus lus|"
    r"mehr zum thema|lesen sie auch|das könnte sie (?:auch )?interessieren|weitere (?:artikel|nachrichten|themen|"
    r"meldungen)|verwandte (?:artikel|themen)|meistgelesen|"
    r"(?:noticias|artículos|notas|contenido) relacionad[oa]s?|le puede interesar|te puede interesar|lea también|"
    r"lee también|lo más (?:leído|visto)|"
    r"(?:notícias|artigos|matérias) relacionad[oa]s|leia (?:também|mais)|veja também|mais lidas|(?:articoli|"
    r"notizie) correlat[ie]|leggi anche|potrebbe interessarti|"
    r"читайте также|по теме|похожие (?:новости|статьи)|другие новости|"
    r"相关(?:阅读|新闻|报道|文章|推荐|链接)|延伸阅读|推荐阅读|热点(?:排行|推荐|新闻)|热门(?:文章|新闻|推荐)|"
    r"猜你喜欢|更多(?:新闻|报道)|精彩推荐|点击排行|网友评论|"
    r"相關(?:新聞|閱讀|報道|報導|文章)|延伸閱讀|推薦閱讀|即時熱門|熱門(?:新聞|文章|搜尋)|更多(?:新聞|報道)|"
    r"你可能(?:也|還)?(?:喜歡|有興趣).{0,6}|人氣新聞|"
    r"関連(?:記事|ニュース|リンク|キーワード)|あわせて読みたい|おすすめ(?:記事)?|アクセスランキング|人気記事|"
    r"新着(?:記事|ニュース)|"
    r"관련 ?(?:기사|뉴스|글)|많이 본 (?:뉴스|기사)|추천 ?(?:기사|뉴스)|인기 ?(?:기사|뉴스)|이 시각 .{0,10}뉴스|"
    r"ข่าว(?:ที่)?เกี่ยวข้อง|อ่าน(?:เพิ่มเติม|ข่าว.{0,20}|ต่อ)|ข่าวอื่น.{0,10}|ข่าวยอดนิยม|บทความที่เกี่ยวข้อง|แท็ก(?:ที่เกี่ยวข้อง)?|"
    r"ဆက်စပ်.{0,20}|အခြားသတင်းများ|អត្ថបទ(?:ទាក់ទង|ពាក់ព័ន្ធ)|ព័ត៌មាន(?:ទាក់ទង|ពាក់ព័ន្ធ)"
    r")\W*",
    re.I,
)
#: Names that are trusted even where the block holds most of the page's words.
_SURE = re.compile(
    r"(?:^|[\s_-])(?:related-?(?:articles|posts|news|stories)|recommended|next-?(?:article|post)|infinite-?next|"
    r"comment-?(?:s|list|area|section)|disqus\w*|"
    r"cookie\w*|consent\w*|onetrust\w*|barrier|most-?(?:read|popular)|trending)(?:$|[\s_-])"
)
_MAX_SHARE = 0.35  # a block with more of the page's running text than this is rather the article, whatever its name
_MAX_NAMED_SHARE = 0.85
_MAX_HEADINGS = 40
_MAX_LAYOUT_ROWS = 25
_CARDS = ("h2", "h3", "h4", "h5", "h6")


def prune(body: HtmlElement, title: str | None) -> None:
    """Take out of `body` what is not its first article. Works in place."""
    for element in list(body.iter(*_DROPPED)):
        if element is not body:
            element.drop_tree()
    for form in list(body.iter("form")):
        # Some sites wrap the whole page into one form.
        form.drop_tag() if _prose(form) > 200 else form.drop_tree()
    _open_layout_tables(body)
    total = _prose(body)
    main = main_heading(body, title)
    keep = set(main.iterancestors()) | {main} if main is not None else {body}
    for element in _unwanted(body, keep):
        parent = element.getparent()
        if parent is not None and _may_go(element, total):
            element.drop_tree()
    _drop_related(body, keep)
    if main is not None:
        _drop_next_articles(body, main, keep)


def _open_layout_tables(body: HtmlElement) -> None:
    """Tables that only place columns become blocks: a cell of data is short and holds no paragraphs."""
    for table in list(body.iter("table")):
        cells = [
            cell
            for cell in table.iter("td")
            if cell.find("p") is not None or len(cell) > 2 or cell.find(".//table") is not None
        ]
        if any(len(text_of(cell)) > 300 for cell in cells) and sum(1 for _ in table.iter("tr")) < _MAX_LAYOUT_ROWS:
            for part in table.iter("table", "tbody", "tr", "td", "th", "font"):
                part.tag = "div" if part.tag != "font" else "span"


def main_heading(body: HtmlElement, title: str | None) -> HtmlElement | None:
    """The heading of the article: the first h1, or the heading that the page's title repeats."""
    headings = [element for element in body.iter("h1", "h2") if 3 < len(text_of(element)) < 400]
    wanted = _words(title or "")
    if wanted:
        for heading in headings:
            words = _words(text_of(heading))
            if words and (
                words == wanted or (len(words) > 12 and (wanted.startswith(words) or words.startswith(wanted)))
            ):
                return heading
    return next((heading for heading in headings if heading.tag == "h1"), None)


def _unwanted(body: HtmlElement, keep: set[HtmlElement]) -> list[HtmlElement]:
    found = []
    for element in body.iter():
        if element in keep or element is body or not isinstance(element.tag, str):
            continue
        attributes = element.attrib
        if not attributes:
            continue
        style = attributes.get("style")
        if (
            attributes.get("aria-hidden") == "true"
            or "hidden" in attributes
            or (style and _HIDDEN_STYLE.search(style.lower()))
        ):
            found.append(element)
        elif element.tag in _BLOCKS and attributes.get("itemprop") != "articleBody":
            names = _names(element)
            if names != " " and _NAMES.search(names := _split_camel(names)) and not _BODY_NAMES.search(names):
                found.append(element)
    return found


def _names(element: HtmlElement) -> str:
    """Class and id; a long id is the slug of a heading, not a name."""
    own = element.get("id", "")
    return f"{element.get('class', '')} {own if len(own) < 26 else ''}"


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _split_camel(names: str) -> str:
    return _CAMEL.sub("-", names).lower() if not names.islower() else names


def _may_go(element: HtmlElement, total: int) -> bool:
    if element.find('.//*[@itemprop="articleBody"]') is not None:
        return False
    own = _prose(element)
    if own < 150 or own < _MAX_SHARE * total:
        return True
    return own < _MAX_NAMED_SHARE * total and _SURE.search(_split_camel(_names(element))) is not None


def _prose(element: HtmlElement) -> int:
    """How much running text lies in `element`: long pieces of text that are not links."""
    total = 0
    for node in element.iter():
        if node.text and len(node.text) > 40 and node.tag != "a" and (length := len(node.text.strip())) > 40:
            total += length
        if node.tail and len(node.tail) > 40 and node is not element and (length := len(node.tail.strip())) > 40:
            total += length
    return total


def _drop_related(body: HtmlElement, keep: set[HtmlElement]) -> None:
    """Blocks that begin with a heading such as "Related articles"."""
    total = len(text_of(body)) or 1
    seen = 0
    for heading in list(body.iter("h2", "h3", "h4", "h5", "h6", "b", "strong", "p", "div", "span")):
        if len(heading) > 2 or heading in keep or heading is body:
            continue
        words = (heading.text or "").strip() or text_of(heading)[:80]
        if not 2 < len(words) < 70 or not _HEADINGS.fullmatch(words) or len(text_of(heading)) > 80:
            continue
        if seen < _MAX_HEADINGS and any(step is body for step in heading.iterancestors()):
            seen += 1
            _drop_section(heading, keep, total)


def _drop_section(heading: HtmlElement, keep: set[HtmlElement], total: int) -> None:
    parent = heading.getparent()
    while parent is not None and parent not in keep and parent.tag in {"p", "b", "strong", "header", "span"}:
        heading, parent = parent, parent.getparent()
    if parent is None:
        return
    leads = heading.getprevious() is None and not (parent.text or "").strip()
    if leads and parent.tag != "body" and parent not in keep:
        share = len(text_of(parent)) / total
        # A block of most of the words goes only if it is plainly made of cards, each with its own headline.
        cards = heading.tag in _CARDS and sum(1 for _ in parent.iter(*_CARDS)) > 2
        if share < _MAX_SHARE or (cards and share < _MAX_NAMED_SHARE):
            parent.drop_tree()
            return
    if heading.tag in {"h2", "h3", "h4", "h5", "h6"}:
        for follower in list(heading.itersiblings()):
            if follower.tag in {"h1", "h2", "h3"} or follower in keep or _is_prose(follower):
                break
            follower.drop_tree()
    else:
        follower = heading.getnext()
        if follower is not None and follower.tag in {"ul", "ol", "dl"} and follower not in keep:
            follower.drop_tree()
    heading.drop_tree()


def _is_prose(element: HtmlElement) -> bool:
    """A paragraph of running text, most of it outside links: the article goes on."""
    if element.tag != "p":
        return False
    length = len(text_of(element))
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return length > 80 and linked < length / 3


def _drop_next_articles(body: HtmlElement, main: HtmlElement, keep: set[HtmlElement]) -> None:
    """Whole articles that the server appended behind the one that was asked for."""
    order = {element: number for number, element in enumerate(body.iter("h1", "article"))}
    whole = text_of(body)
    start = whole.find(text_of(main))
    for other in [element for element in order if element.tag == "h1" and element is not main][:_MAX_HEADINGS]:
        block = other
        while (parent := block.getparent()) is not None and parent not in keep and parent is not body:
            block = parent
        if block is other or parent is None or order[other] < order.get(main, -1) or not _is_twin(block, parent, keep):
            continue
        words = text_of(block)
        if (
            text_of(other) == text_of(main)
            or not words.startswith(text_of(other)[:40])
            or len(words) < len(text_of(other)) + 100
        ):
            continue
        if whole.find(words[:300]) - start > len(text_of(main)) + 150:  # the first article has text of its own
            block.drop_tree()


_DATA_ADDRESS = re.compile(r"data-(?:\w+-)?(?:url|id|href|permalink|path|slug)")


def _is_twin(block: HtmlElement, parent: HtmlElement, keep: set[HtmlElement]) -> bool:
    """Whether `block` is built like the block of the main article beside it; a section of one article is not."""
    if block.tag == "article" or any(_DATA_ADDRESS.fullmatch(name) for name in block.attrib):
        return True
    classes = set((block.get("class") or "").split())
    return any(sibling in keep and classes & set((sibling.get("class") or "").split()) for sibling in parent)


def _words(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
