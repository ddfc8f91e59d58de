"""What is on a page beside its article: hidden words, other articles, shares, banners, told by name and heading."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

#: Names of what is no part of the article, matched between word borders of class and id.
_OTHER_ARTICLES = r"""
    related(?!-?to) rel-?(?:articles|posts|news|box) recommend\w* recirc\w* readmore read-?also also-?read see-?also
    more-?(?:news|stories|on|from) next-?(?:article|post|story) prev-?(?:article|post) infinite-?next
    most-?(?:read|popular|viewed) trending popular hot-?news top-?stories latest-?news archive-?box
    teaser-(?:list|box|grid|small|item)s? terkait berita-?terkait baca-?juga artikel-?terkait lien?s-?associes
    lire-?aussi leia-?tambem lee-?tambien mehr-?zum-?thema
"""
_READERS = r"""
    comment(?!ary|ator)\w* kommentare? disqus\w* respond discussion reader-?responses share sharing shares
    social(?:-?(?:share|links|media|icons|bar))? sharedaddy addthis\w* addtoany\w* sociable viral follow-?us
    newsletter\w* subscri(?:be|ption)\w* sign-?up\w* signup log-?in user-?info user-?profile ratings?
"""
_ADVERTISING = r"""
    promo(?!ted)\w* ads? advert\w* sponsor\w* taboola\w* outbrain\w* mgid\w* adsbygoogle dfp barrier premium
    paywall-?(?:prompt|message|overlay|barrier|box) regwall piano\w* cookie\w* consent\w* gdpr\w* tarteaucitron\w*
    onetrust\w* didomi\w* cmp
"""
_FURNITURE = r"""
    side(?=$|\s) side-bar(?=$|\s)
    (?:(?:right|left|main|primary|secondary|page|article|blog|site|the)-)?sidebar(?:-?(?:\d|right|left|inner))?(?=$|\s)
    widget-?area (?:sidebar|footer)-?widgets? breadcrumbs? pagination pager site-?footer footer\w* site-?nav\w* navbar
    nav menu topbar toolbar masthead skip-?link print-?only noprint no-?print screen-?reader\w* sr-only visually-?hidden
    banner modal overlay popup tooltips? rollover\w* popover\w* hover-?(?:card|box) message-?container
    disclaimer
"""
_ABOUT = r"""
    by-?lines?\w* authors?(?:-\w+)? about-?author contributors? credits? copyright syndication
    tag-?(?:s|list|cloud|links) tagcloud hashtags? keywords
    (?:entry|post|article|story|page)?-?meta(?:-?(?:data|info|bar))?
    timestamps? date-?time pub-?date publish-?date post-?date last-?update\w* article-?infos?
"""
_PICTURES = r"""
    (?:\w+-)?captions?(?:-\w+)? legend slide-?shows? carousel\w* slick-\w+ swiper\w* galler(?:y|ies) play-?list
    (?:video|media|image|photo)-?(?:caption|credit|info|title|description|playlist|gallery|meta)
"""


def _any_of(patterns: list[str]) -> str:
    """One pattern for all, those with the same first letter together: it is tried at every border of every name."""
    groups: dict[str, list[str]] = {}
    for pattern in patterns:
        plain = pattern[0].isalpha() and pattern[1:2] not in ("?", "*", "")
        groups.setdefault(pattern[0] if plain else "", []).append(pattern[1:] if plain else pattern)
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in groups.items())


_NAMES = re.compile(
    r"(?:^|[\s_-])(?:"
    + _any_of((_OTHER_ARTICLES + _READERS + _ADVERTISING + _FURNITURE + _ABOUT + _PICTURES).split())
    + r")(?:$|[\s_-])"
)

#: Names that publishers give the article's own text.
_BODY_NAMES = re.compile(
    r"twitter-tweet|(?:article|story|post|entry|news|detail)-?_?-?(?:body|content|text)(?:$|[\s_-])"
)

#: Headings of blocks that lead to other articles.
_HEADINGS = re.compile(
    r"\W*(?:related\b.{0,30}|read (?:also|next|more (?:on|about|from|stories))\b.{0,20}|more (?:stories|news|from|"
    r"on|like)\b.{0,40}|"
    r"(?:you )?(?:may|might) (?:also )?like.{0,10}|recommended\b.{0,30}|"
    r"recommendations|also (?:read|on|in)\b.{0,30}|see also|trending\b.{0,20}|most (?:read|popular|viewed|"
    r"commented)\b.{0,20}|popular (?:now|stories|posts|articles)|"
    r"latest (?:news|stories|posts|articles)|top stories|up next|next article|don'?t miss|editor'?s? picks?|"
    r"(?:more )?from (?:the|our) archives?\b.{0,40}|around the web|"
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
    r"(?:notícias|artigos|matérias) relacionad[oa]s|leia (?:também|mais)|veja também|mais lidas|"
    r"você (?:também )?pode gostar.{0,10}|(?:articoli|"
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


class Name(IntEnum):
    """What class and id of an element say of it; below PLAIN it is no part of the article."""

    HIDDEN = 0
    SURE = 1  # believed even where it holds most of the page's words
    NOISE = 2
    DOUBTFUL = 3
    PLAIN = 4
    TEXT = 5


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=50_000)
def name_of(names: str) -> Name:
    """The verdict on the classes or the id of an element."""
    found = Name.PLAIN
    for name in names.split():
        verdict = _verdict(name)
        if verdict is Name.TEXT:
            return verdict
        if verdict < found:
            found = verdict
    return found


@lru_cache(maxsize=50_000)
def _verdict(name: str) -> Name:
    if not name.islower():
        name = _CAMEL.sub("-", name).lower()
    if _BODY_NAMES.search(name):
        return Name.TEXT
    if _NAMES.search(name):
        return Name.SURE if _SURE.search(name) else Name.NOISE
    return Name.PLAIN


def leads_away(line: str) -> bool:
    """Whether `line` is the heading of a block such as "Related articles"."""
    return _HEADINGS.fullmatch(line) is not None
