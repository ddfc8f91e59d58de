"""Whether a page asks for payment before it goes on."""

from __future__ import annotations

import re

_ASKED = re.compile(
    r"subscribe to (?:continue|read|unlock|keep)|(?:to )?(?:continue|keep) reading,? (?:this|for|with|your|please|"
    r"subscribe)|(?:already a|become a) (?:subscriber|member)|"
    r"this (?:article|content|story) is (?:for|only|exclusive|reserved)|for subscribers only|subscriber[- ]only|"
    r"unlock this (?:article|story)|"
    r"réservé aux abonnés|abonnez-vous pour|il vous reste \d+|weiterlesen mit|nur für abonnenten|jetzt abonnieren|"
    r"contenido exclusivo para|suscríbete para|exclusivo para (?:suscriptores|assinantes)|"
    r"assine para|riservato agli abbonati|khusus (?:pelanggan|member)|berlangganan untuk|доступ(?:но|"
    r"ен) (?:только )?(?:по подписке|подписчикам)|"
    r"(?:订阅|付费|会员)(?:后)?(?:可|即可)?(?:继续)?阅读|(?:訂閱|付費|會員)(?:後)?(?:可|即可)?(?:繼續)?閱讀|"
    r"会員限定|有料会員|続きを読むには|유료 ?회원|구독(?:자)? ?전용|สมาชิกเท่านั้น",
    re.I,
)
#: One of these is in everything that _ASKED finds; a search for words is many times faster than for patterns.
_HINTS = (
    "subscri", "continue reading", "keep reading", "already a", "become a", "this article is", "this content is",
    "this story is", "unlock this", "abonn", "il vous reste", "weiterlesen mit", "contenido exclusivo", "suscríbete",
    "exclusivo para", "assine para", "riservato agli", "khusus ", "berlangganan", "подпис", "订阅", "付费", "会员",
    "訂閱", "付費", "會員", "会員限定", "有料会員", "続きを読む", "유료", "구독", "สมาชิก",
)  # fmt: skip


def asks_for_payment(words: str) -> bool:
    lowered = words.lower()
    return any(hint in lowered for hint in _HINTS) and _ASKED.search(words) is not None
