"""Which language a text is in, offline."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.language import detect_language, normal_tag

TEXTS = {
    "en": "The ferry between Port Lanter and the mainland will sail again from Monday, the harbour board said.",
    "fr": "Le bac entre le port et le continent reprendra lundi, a annoncé vendredi la direction du port de l’île.",
    "es": "El transbordador entre el puerto y el continente volverá a navegar el lunes, anunció la junta del puerto.",
    "pt": "A balsa entre o porto e o continente voltará a navegar na segunda-feira, anunciou a direção do porto.",
    "de": "Die Fähre zwischen der Insel und dem Festland fährt ab Montag wieder, teilte die Hafenbehörde mit.",
    "id": "Kapal feri antara pelabuhan dan daratan akan berlayar lagi mulai hari Senin, kata pengelola pelabuhan.",
    "vi": "Phà giữa cảng và đất liền sẽ chạy lại từ thứ Hai, ban quản lý cảng cho biết hôm thứ Sáu.",
    "ru": "Паром между портом и материком снова начнёт ходить с понедельника, сообщили в управлении порта.",
    "ar": "ستعود العبارة بين الميناء والبر الرئيسي إلى الإبحار يوم الاثنين، حسبما قال مجلس الميناء.",
    "hi": "बंदरगाह और मुख्य भूमि के बीच नौका सोमवार से फिर चलेगी, बंदरगाह बोर्ड ने शुक्रवार को कहा।",
    "zh": "来往港口与大陆之间的渡轮将于星期一恢复航行，港务局星期五表示，发动机维修已经完成。",
    "zh-Hant": "來往港口與大陸之間的渡輪將於星期一恢復航行，港務局星期五表示，發動機維修已經完成。",
    "ja": "港と本土を結ぶフェリーは月曜日に運航を再開すると、港湾局が金曜日に発表した。",
    "ko": "항구와 본토를 잇는 여객선이 월요일부터 다시 운항한다고 항만 당국이 밝혔다.",
    "th": "เรือข้ามฟากระหว่างท่าเรือกับแผ่นดินใหญ่จะกลับมาให้บริการอีกครั้งในวันจันทร์",
    "lo": "ເຮືອຂ້າມຟາກລະຫວ່າງທ່າເຮືອກັບແຜ່ນດິນໃຫຍ່ຈະກັບມາແລ່ນອີກໃນວັນຈັນ",
    "km": "សាឡាងរវាងកំពង់ផែ និងដីគោកនឹងដំណើរការឡើងវិញនៅថ្ងៃចន្ទ",
    "my": "ဆိပ်ကမ်းနှင့် ကုန်းမကြီးကြား ကူးတို့သင်္ဘော တနင်္လာနေ့တွင် ပြန်လည်ပြေးဆွဲမည်",
}


@pytest.mark.parametrize("tag", sorted(TEXTS))
def test_running_text_is_recognised(tag: str) -> None:
    assert detect_language(TEXTS[tag]) == tag


@pytest.mark.parametrize("tag", ["th", "zh", "ja", "en", "ru"])
def test_what_a_page_declares_does_not_outweigh_its_text(tag: str) -> None:
    assert detect_language(TEXTS[tag], hint="es-MX") == tag


def test_names_in_latin_letters_do_not_hide_the_script() -> None:
    assert detect_language("กกต.แถลง Port Lanter Ferry Board: เรือข้ามฟากกลับมาให้บริการวันจันทร์ Lanter Post") == "th"
    assert detect_language("港务局 Lanter Port Authority 表示 Ferry 将恢复航行，每班可载客二百四十人。") == "zh"


@pytest.mark.parametrize(
    ("text", "hint", "tag"),
    [
        ("Lanter", "id-ID", "id"),
        ("Lanter", None, None),
        ("", "th", "th"),
        ("12.30 – 14.00", "vi", "vi"),
        ("http://x.example/a", None, None),
        ("港口", "zh-TW", "zh-Hant"),
        ("港口", None, "zh"),
    ],
)
def test_short_text_goes_by_the_hint(text: str, hint: str | None, tag: str | None) -> None:
    assert detect_language(text, hint) == tag


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en_US", "en"),
        ("zh-TW", "zh-Hant"),
        ("zh_Hant_HK", "zh-Hant"),
        ("zh-CN", "zh"),
        ("in", "id"),
        ("FIL", "tl"),
        ("kr", "ko"),
        ("", None),
        ("english", None),
        ("{{lang}}", None),
        (None, None),
    ],
)
def test_tags_become_bcp_47_primary_tags(written: str | None, tag: str | None) -> None:
    assert normal_tag(written) == tag


def test_close_kin_are_told_apart_by_what_the_page_declares() -> None:
    text = "Polis menahan dua orang lelaki di pelabuhan itu pada pagi Jumaat untuk siasatan lanjut."
    assert detect_language(text, hint="ms-MY") == "ms"


def test_detection_opens_no_connection() -> None:
    code = (
        "import socket\n"
        "def refuse(*args, **kwargs): raise SystemExit('a connection')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from pipeline.language import detect_language\n"
        f"assert detect_language({TEXTS['fr']!r}) == 'fr'\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).returncode == 0
