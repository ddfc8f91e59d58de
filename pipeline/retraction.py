"""Whether a new version of an article takes the article back: says so where it begins, instead of telling the news."""

from __future__ import annotations

import re

_BEGINNING = 300
_SAYS_SO = re.compile(
    r"^\W*(?:retracted|retraction|withdrawn|story withdrawn|article retracted)\b\W"
    r"|\b(?:this|the) (?:article|story|report|post) (?:has been|was|is|had been) (?:retracted|withdrawn|taken down)\b"
    r"|\bwe (?:have )?(?:retracted|withdrawn|retract|withdraw) (?:this|the|our) (?:article|story|report|post)\b"
    r"|\b(?:has|have) (?:retracted|withdrawn) (?:this|the|its|their) (?:article|story|report)\b"
    r"|(?:本文|本报道|本報道|该报道|該報道|此文)(?:已|现已|現已)?(?:被)?(?:撤回|撤稿|撤下)|^\W*(?:撤稿|撤回)"
    r"|\b(?:artikel|berita) ini (?:telah )?(?:ditarik|dicabut)\b"
    r"|\b(?:esta nota|este artículo|esta noticia) ha sido (?:retirad[ao]|retractad[ao])\b"
    r"|\bcet article a été (?:retiré|rétracté)\b|\beste artigo foi (?:retirado|retratado)\b",
    re.IGNORECASE | re.MULTILINE,
)


def is_retracted(title: str, text: str) -> bool:
    """Whether headline or beginning say so. Of a first version this is news of somebody else's."""
    return bool(_SAYS_SO.search(title) or _SAYS_SO.search(text[:_BEGINNING]))
