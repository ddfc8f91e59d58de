"""What stands where a feed or a list of news was expected: a check for robots, a wall, a page 'not found'. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import urlsplit

_LOOKED_AT = 200_000
_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,300}?)</title", re.I | re.S)
_HEADING = re.compile(r"<h1[^>]{0,300}>(.{0,300}?)</h1", re.I | re.S)
_TAG = re.compile(r"<[^>]{0,2000}>")
_UNSEEN = re.compile(r"<(script|style|noscript|template)\b.{0,100000}?</\1\s*>", re.I | re.S)

#: Marks of the usual checks for robots, in the page's source.
_CHALLENGES = (
    "cf-chl-",
    "/cdn-cgi/challenge-platform/",
    "cf_chl_opt",
    "_incapsula_resource",
    "ddos-guard",
    "sucuri_cloudproxy",
    "px-captcha",
    "captcha-delivery.com",
    "geo.captcha-delivery",
    "acw_sc__v2",
    "awswafintegration",
    "aws-waf-token",
    "__ddg",
    "hcaptcha.com/1/api.js",
    "recaptcha/challengepage",
)
_CHALLENGE_TITLES = (
    "just a moment",
    "attention required",
    "access denied",
    "are you a robot",
    "are you human",
    "verify you are human",
    "verifying you are human",
    "security check",
    "checking your browser",
    "robot check",
    "bot verification",
    "人机验证",
    "安全验证",
    "访问验证",
    "ตรวจสอบความปลอดภัย",
)
_CONSENT_HOSTS = ("consent.google.", "consent.yahoo.", "guce.", "consent.youtube.", "cmp-consent.")
_CONSENT_TITLES = (
    "before you continue",
    "we value your privacy",
    "your privacy choices",
    "privacy settings",
    "cookie consent",
    "consent required",
    "bevor sie fortfahren",
    "avant de continuer",
)
_NOT_FOUND = (
    "not found",
    "page not available",
    "no longer available",
    "does not exist",
    "doesn't exist",
    "can't be found",
    "cannot be found",
    "error 404",
    "404 error",
    "ไม่พบหน้า",
    "ไม่พบข้อมูล",
    "ไม่พบเนื้อหา",
    "页面不存在",
    "頁面不存在",
    "找不到页面",
    "找不到頁面",
    "無法找到",
    "không tìm thấy",
    "không tồn tại",
    "tidak ditemukan",
    "tidak dijumpai",
    "ページが見つかりません",
    "찾을 수 없",
    "រកមិនឃើញ",
    "ရှာမတွေ့",
    "no encontrada",
    "introuvable",
    "nicht gefunden",
)
_PARKED = (
    "domain is for sale",
    "buy this domain",
    "domain for sale",
    "this domain is parked",
    "domain parking",
    "sedoparking",
)
_LOGIN_TITLES = ("log in", "login", "sign in", "เข้าสู่ระบบ", "登录", "登錄", "đăng nhập")


def looks_like_page(body: bytes) -> bool:
    """Whether this is a web page rather than a feed."""
    start = body[:2000].lstrip(b"\xef\xbb\xbf\x00 \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in start


def recognise(
    body: bytes, *, url: str, final_url: str = "", status: int | None = 200, headers: Mapping[str, str] | None = None
) -> str | None:
    """The code of what is in the way, see crawler.causes; None where the page says nothing of the kind."""
    if (headers or {}).get("cf-mitigated") == "challenge":
        return "challenge"
    host = (urlsplit(final_url or url).hostname or "").lower()
    if host.startswith(_CONSENT_HOSTS):
        return "consent_wall"
    source = body[:_LOOKED_AT].decode("utf-8", "replace")
    lower = source.lower()
    title = _words(_TITLE, source)
    # An article may speak of any of this; only a short page, or its title, is about it.
    is_short = len(_visible(source)) < 1500
    if _any(_CHALLENGE_TITLES, title) or (is_short and _any(_CHALLENGES, lower)):
        return "challenge"
    if _any(_CONSENT_TITLES, title):
        return "consent_wall"
    if _any(_PARKED, title) or (is_short and _any(_PARKED, lower)):
        return "parked"
    heading = _words(_HEADING, source)
    if title.startswith("404") or heading.startswith("404") or _any(_NOT_FOUND, title) or _any(_NOT_FOUND, heading):
        return "soft_404"
    if 'type="password"' in lower and _any(_LOGIN_TITLES, title):
        return "login"
    return "home_page" if status == 200 and _led_away(url, final_url) else None


def _led_away(url: str, final_url: str) -> bool:
    """Whether a redirect led from a path to the start page, as many sites do instead of a 404."""
    if not final_url or final_url == url:
        return False
    asked, came = urlsplit(url), urlsplit(final_url)
    return len(asked.path.strip("/")) > 0 and came.path in ("", "/") and not came.query


def _words(pattern: re.Pattern[str], source: str) -> str:
    match = pattern.search(source)
    return " ".join(unescape(_TAG.sub(" ", match[1])).split()).lower() if match else ""


def _visible(source: str) -> str:
    return " ".join(_TAG.sub(" ", _UNSEEN.sub(" ", source)).split())


def _any(marks: tuple[str, ...], text: str) -> bool:
    return any(mark in text for mark in marks)
