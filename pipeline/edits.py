"""Whether an edit changes anything: texts compared without their date lines and counters."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Words that stand beside dates and counts, not in news. Scripts without spaces are searched as they run.
_SPACED = (
    r"updated?|published|posted|modified|edited|last|first|created|on|at|by|am|pm|a\.m|p\.m|hrs?|hours?|min|mins|minutes?|"
    r"seconds?|days?|weeks?|ago|just|now|today|yesterday|read|reads|reading|time|views?|shares?|likes?|comments?|visits?|"
    r"times?|utc|gmt|bst|cet|est|edt|ict|wib|wita|wit|jst|kst|hkt|ist|local|"
    r"mon|tues?|wed|thur?s?|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|"
    r"january|february|march|april|august|september|october|november|december|"
    r"diperbarui|diterbitkan|dilihat|dibaca|tayang|terakhir|kali|pukul|jam|menit|yang|lalu|"
    r"senin|selasa|rabu|kamis|jumat|sabtu|minggu|januari|februari|maret|mei|juni|juli|agustus|oktober|desember|"
    r"cập|nhật|đăng|lúc|ngày|tháng|năm|giờ|phút|trước|lượt|xem|thứ|hai|ba|tư|sáu|bảy|chủ|"
    r"actualizado|publicado|visto|veces|hace|hora|horas|minutos|actualisé|publié|le|à|mis|jour|vues|lu|il|y|a|"
    r"aktualisiert|veröffentlicht|uhr|обновлено|опубликовано|просмотров|просмотры|в"
)
_RUNNING = (
    r"更新|發布|发布|發表|发表|時間|时间|編輯|编辑|瀏覽|浏览|閱讀|阅读|點擊|点击|觀看|观看|次数|次數|人氣|人气|最后|最後|分钟|分鐘|小时|小時|前|"
    r"星期|週|周|年|月|日|時|时|分|秒|次|于|於|上午|下午|"
    r"อัปเดต|อัพเดต|อัพเดท|ปรับปรุง|เผยแพร่|เมื่อ|ล่าสุด|วันที่|วัน|เวลา|เข้าชม|ผู้ชม|อ่าน|ครั้ง|คน|น\.|"
    r"จันทร์|อังคาร|พุธ|พฤหัสบดี|ศุกร์|เสาร์|อาทิตย์|มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|"
    r"กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม|ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค|"
    r"更新日時|公開|閲覧|수정|입력|등록|조회수?|업데이트|오전|오후|년|월|일|시|"
    r"បានធ្វើបច្ចុប្បន្នភាព|ថ្ងៃទី|ម៉ោង|នាទី|ဖတ်ရှု|နေ့|နာရီ"
)
_STAMP_WORDS = re.compile(rf"\b(?:{_SPACED})\b|(?:{_RUNNING})", re.I)
_EMPTY = re.compile(r"[\W\d_]*(?:\d+(?:st|nd|rd|th|h|m|k)\b[\W\d_]*)*", re.I)
_LONGEST_STAMP = 90


def is_stamp(line: str) -> bool:
    """Whether a line holds nothing but a date, a time or a counter: `Updated 14:05`, `1,204 views`."""
    return len(line) <= _LONGEST_STAMP and _EMPTY.fullmatch(_STAMP_WORDS.sub(" ", line)) is not None


def essence(title: str, text: str) -> tuple[str, ...]:
    """What of an article is news: its words, without white space and stamps."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    told = " ".join(line for line in lines if line and not is_stamp(line))
    return (" ".join(title.split()), told)


def flips_back(version: tuple[str, ...], before: Sequence[tuple[str, ...]], states_the_same: bool) -> bool:
    """Whether a page shows words it had before, and no more is to be said of that.

    Going back once is news where it takes a stated fact back; a page that goes to and fro is not.
    """
    if version not in before:
        return False
    return states_the_same or len(set(before)) < len(before)
