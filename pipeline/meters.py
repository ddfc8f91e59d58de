"""How a page counts its own readers: views, comments, shares, minutes to read. Figures of the page, not of its news."""

from __future__ import annotations

import re

_LINE = 80  # a line of meters alone is no longer
_REACH = 16  # characters before a number in which its label begins

#: Behind a number they mean that wherever they stand. Whole words where words have spaces.
_SPACED = (
    r"views?|page ?views?|comments?|replies|retweets?|reposts?|upvotes?|min(?:ute)?s?\.?[ -](?:to )?read(?: time)?|"
    r"visualizaciones|comentarios?|min(?:utos?)?\.? de lectura|vues|commentaires?|min(?:utes?)?\.? de lecture|"
    r"visualizações|comentários?|min(?:utos?)?\.? de leitura|visualizzazioni|commenti|min(?:uti)? di lettura|"
    r"aufrufe|kommentare?|min(?:uten)?\.? lesezeit|kali (?:dibaca|dilihat|ditonton|dibagikan|tayang)|komentar|komen|"
    r"(?:menit|minit) (?:mem)?baca|lượt (?:xem|đọc|thích|chia sẻ|bình luận)|bình luận|phút đọc|komento|"
    r"просмотр(?:а|ов)?|комментари(?:й|я|ев)|лайк(?:а|ов)?|репост(?:а|ов)?|мин(?:ут[аы]?)?\.? (?:на )?чтени[ея]|"
    r"görüntülenme|yorum|beğeni|paylaşım|dakika(?:lık)? okuma|megtekintés|hozzászólás|komment|perc(?:es)? olvasás|"
    r"pregleda|komentara|min(?:uta)? čitanja|मिनट में पढ़ें|बार देखा गया|टिप्पणियां|مشاهدات|مشاهدة|تعليقات|تعليقا|"
    r"دقائق قراءة"
)
_UNSPACED = (
    "次(?:浏览|瀏覽|阅读|閱讀|观看|觀看|播放|点击|點擊)|人(?:阅读|閱讀|浏览|瀏覽)过?|[条條则則](?:评论|評論|留言)|个赞|個讚|"
    "分[钟鐘](?:阅读|閱讀)|回視聴|回再生|件のコメント|分で読め|개의 댓글|ครั้งที่อ่าน|ยอดวิว|วิว|ความคิดเห็น|คอมเมนต์|"
    "ຄວາມຄິດເຫັນ|ຄຳເຫັນ|មតិយោបល់|မှတ်ချက်"
)
#: Before a number they do too; those of everyday speech only with a sign that makes a label of them.
_LABELS = tuple(
    (
        "reading time|lượt xem|lượt đọc|阅读量|閱讀量|阅读数|浏览量|瀏覽量|点击量|點擊量|播放量|"
        "观看次数|觀看次數|评论数|评论量|转发量|点赞数|閲覧数|再生回数|"
        "コメント数|조회수|댓글|좋아요|ยอดอ่าน|ยอดเข้าชม|ยอดวิว|ยอดแชร์|จำนวนผู้อ่าน|จำนวนผู้ชม|ຍອດເຂົ້າຊົມ"
    ).split("|")
)
_SIGNED_LABELS = tuple(
    (
        "views|comments|shares|likes|reads|dibaca|dilihat|ditonton|komentar|bình luận|chia sẻ|просмотров|"
        "комментариев|阅读|閱讀|浏览|瀏覽|点击|點擊|播放|观看|觀看|评论|評論|转发|轉發|点赞|點讚|分享|조회|공유|เข้าชม|แชร์|เปิดอ่าน"
    ).split("|")
)
_SIGNS = (":", "：", "(", "（")
#: What elsewhere may be counted of the world, and alone on a line with its number is the page's.
_ALONE = (
    "shares?|likes?|reads?|followers?|reactions?|visitas|vistas|lecturas|compartid[oa]s|me gusta|partages|lectures|"
    "j.aime|compartilhamentos|curtidas|condivisioni|geteilt|suka|dibagikan|thích|paylaş|dijeljenja|赞|讚|留言|いいね|"
    "シェア|閲覧|コメント|ถูกใจ|อ่าน|คนดู|مشاركة|قراءة|تعليق"
)
#: Behind a number that has its label before it.
_COUNTERS = r"kali(?! di)|ครั้ง|คน|ຄັ້ງ|[次条條个個人]|件|回|개|회|명|min(?:ute)?s?(?! ?[a-z])"
_NUMBER = (
    r"\d[\d.,]*(?:[ \u00a0]\d{3})*"
    r"(?:\s?(?:(?:k|m|rb|ribu|jt|juta|nghìn|triệu|mil|mille|тыс\.?)(?!\w)|万|萬|만|천|พัน|หมื่น|แสน|ล้าน))?\+?"
)
#: What a line of meters is made of, one after the other.
_PIECE = re.compile(
    rf"(?P<number>{_NUMBER}(?:\s?(?:{_COUNTERS})(?!\w))?)"
    rf"|(?P<label>{_UNSPACED}"
    rf"|(?<![^\W\d])(?:{'|'.join((*_LABELS, *_SIGNED_LABELS))}|{_SPACED}|{_ALONE})(?![^\W\d]))",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_BEHIND = re.compile(rf"\s?(?:[km]\b\+?)?\+?\s?(?:(?:{_SPACED})(?!\w)|(?:{_UNSPACED}))", re.IGNORECASE)


def is_meters(line: str) -> bool:
    """Whether a line has nothing but such figures: `1,000 views`, `Shares 240`, `12 comments · 3 min read`."""
    if len(line) > _LINE or _DIGIT.search(line) is None or _PIECE.match(line.lstrip(" |·•-–(")) is None:
        return False
    kinds: set[str | None] = set()

    def taken(match: re.Match[str]) -> str:
        kinds.add(match.lastgroup)
        return " "

    left = _PIECE.sub(taken, line)
    return kinds == {"number", "label"} and not any(map(str.isalnum, left))


def is_metered(text: str, start: int, end: int) -> bool:
    """Whether the number from `start` to `end` is one: by the words beside it, or since its line has nothing else."""
    if _BEHIND.match(text, end) or _is_labelled(text[max(0, start - _REACH) : start]):
        return True
    begin, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return is_meters(text[begin : stop if stop >= 0 else len(text)])


def _is_labelled(before: str) -> bool:
    """Asked of every number, so by the ends of plain words and no pattern."""
    word, labels = before.rstrip().lower(), _LABELS
    if word.endswith(_SIGNS):
        word, labels = word.rstrip(" :：(（"), (*_LABELS, *_SIGNED_LABELS)
    if not word.endswith(labels):
        return False
    # "Reviews:" is no "views:".
    return any(word.endswith(label) and not word.removesuffix(label)[-1:].isalpha() for label in labels)
