"""In every script of the beats, a watch, SQLite and Postgres find exactly the articles that a reader would expect."""

from __future__ import annotations

import pytest

from core.query import Document, Query, QuerySet, parse_query
from store.engine import Store
from store.search import search
from tests.test_store_search import fill

#: Title and text in the language of their name. All of it is invented.
TEXTS = {
    "zh": ("边境园区清剿", "警方在缅北一处电诈园区抓获嫌疑人，其中中国籍六十三人。首相未置评。"),
    "zh-Hant": ("邊境園區查緝", "警方在詐騙園區救出一百二十人，台灣籍者九人。東京都政府稱不知情。"),
    "ja": ("国境の詐欺拠点を摘発", "警察は特殊詐欺の拠点でスマートフォンを押収した。首相は「京都で話す」と述べた。"),
    "ko": ("국경 범죄단지 급습", "경찰은 보이스피싱 조직원을 체포했다고 밝혔다. 한국인 9명이 구출됐다."),
    "th": ("ตำรวจบุกจับแก๊งคอลเซ็นเตอร์", "เจ้าหน้าที่ช่วยเหยื่อ ๑๒ คน ข้ามแม่น้ำเมยไปยังแม่สอด น้ำมันถูกยึด"),
    "lo": ("ຕຳຫຼວດລາວບຸກຈັບແກ໊ງຫຼອກລວງ", "ເຈົ້າໜ້າທີ່ຊ່ວຍຄົນງານ ໑໒ ຄົນ ຢູ່ເຂດສາມຫຼ່ຽມຄຳ ນ້ຳມັນຖືກຍຶດ"),
    "km": ("ប៉ូលិសបង្ក្រាបការឆបោក", "សមត្ថកិច្ចសង្គ្រោះជនបរទេស ១២ នាក់ នៅក្រុងព្រំដែន។ ស្ត្រីពីរនាក់ត្រូវបានដោះលែង។"),
    "my": ("ငွေလိမ်ဂိုဏ်း ဝင်ရောက်စီးနင်း", "ရဲတပ်ဖွဲ့က နိုင်ငံခြားသား ၁၂ ဦးကို မြဝတီမြို့တွင် ကယ်တင်ခဲ့သည်။ ကျားဖြန့်မှုများ ရှိသည်။"),
    "hi": ("सीमा पर साइबर ठगी केंद्र पर छापा", "पुलिस ने १२ भारतीयों को छुड़ाया। ज़मीन मालिक फ़रार है।"),
    "ar": ("الشرطة تداهم مجمع احتيال", "قالت الشرطة إنها حرّرت ١٢ عاملاً، والعمّال من المجمّع الحدودي."),
    "vi": ("Công an triệt phá tổ lừa đảo", "Công an giải cứu mười hai người ở Đà Nẵng; đường dây lừa đảo qua mạng."),
    "id": ("Polisi gerebek markas penipuan", "Dua belas WNI diselamatkan; anak-anak menunggu di bandara."),
    "ms": ("Polis serbu pangsapuri", "Seramai dua belas rakyat dibebaskan daripada sindiket penipuan."),
    "tl": ("Mga Pinoy nakauwi na", "Labindalawang Pilipino mula sa scam hub ang nakauwi kahapon."),
    "fr": ("L'arnaque et l'école", "Des policiers ont formé des élèves ; l’État n'a rien payé. Le cœur est arrêté."),
    "es": ("La policía detiene a doce", "Los niños fueron liberados del centro de estafas; mañana habrá juicio."),
    "pt": ("Polícia fecha central do golpe", "Doze pessoas foram libertadas; a operação começou às três da manhã."),
    "de": ("Großrazzia im Betrugszentrum", "Zwölf Menschen kamen aus Zürich; die Polizeischüler übten auf der Straße."),
    "ru": ("Полиция закрыла кол-центр", "Освобождены двенадцать человек; Семён был ещё там, у реки Йошка."),
    "en": ("Police-led raid on cyber-scam centre",
           "A co-ordinated anti-fraud sweep freed 1,200 workers, the ministry’s counter-trafficking unit said. "
           "The ＡＢＣ group’s Ｐｈａｓｅ ２ site is closed. Re‐entry is barred; the naïve façade at Café Zoë stays."),
}  # fmt: skip

#: What is asked, and in which articles it stands, newest first.
EXPECTED = {
    # Two characters of Chinese and Japanese, anywhere in a run, in their own script only
    "电诈": ["zh"], "缅北": ["zh"], "詐騙": ["zh-Hant"], "詐欺": ["ja"], "警方": ["zh", "zh-Hant"],
    "首相": ["zh", "ja"], "园区": ["zh"], "園區": ["zh-Hant"], "警察": ["ja"], "京都": ["zh-Hant", "ja"],
    "北一": ["zh"], "剿警": [], "人其": [], "东京": [], "東京": ["zh-Hant"],
    "六十三人": ["zh"], "诈": ["zh"], "詐": ["zh-Hant", "ja"], '"电诈园区 抓获"': ["zh"], "园区 AND 首相": ["zh"],
    "スマートフォン": ["ja"], "ｽﾏｰﾄﾌｫﾝ": ["ja"], "スマート": ["ja"], "ホン": [], "国境 -首相": [], "拠点 首相": ["ja"],
    # Korean: particles written on
    "경찰": ["ko"], "국경": ["ko"], "한국": ["ko"], "범죄단지": ["ko"], "보이스피싱": ["ko"], "9명": ["ko"], "찰은": [],
    # Thai and Lao: two characters, whole characters, marks in either order
    "แก๊ง": ["th"], "แก": [], "น้ำ": ["th"], "นํ้า": ["th"], "น้ำมัน": ["th"], "แม่สอด": ["th"], "เมย": ["th"],
    "คน": ["th"], "จับ": ["th"], "๑๒": ["th", "lo", "km", "my", "hi", "ar"], "คอลเซ็นเตอร์": ["th"], "มอย": [],
    "ລາວ": ["lo"], "ຄົນ": ["lo"], "ນ້ຳ": ["lo"], "ນໍ້າ": ["lo"], "ຕຳຫຼວດ": ["lo"], "ຊ່ວຍຄົນງານ": ["lo"],
    "ແກ": [], "ແກ໊ງ": ["lo"],
    # Khmer and Burmese: consonants below, medials and tones
    "ឆបោក": ["km"], "ស្ត្រី": ["km"], "ស្រី": [], "នាក់": ["km"], "ប៉ូលិស": ["km"], "ព្រំដែន": ["km"], "ដែនស": [],
    "ငွေ": ["my"], "ငွေလိမ်": ["my"], "ငေ": [], "မြဝတီ": ["my"], "ကျား": ["my"], "ကား": [], "ရဲတပ်ဖွဲ့": ["my"],
    "၁၂": ["th", "lo", "km", "my", "hi", "ar"],
    # Devanagari and Arabic
    "छापा": ["hi"], "पुलिस": ["hi"], "ठगी": ["hi"], "ठग": [], "ठग*": ["hi"], "ज\u093cमीन": ["hi"], "\u095bमीन": ["hi"],
    "شرطة": ["ar"], "الشرطة": ["ar"], "مجمع": ["ar"], "المجمّع": ["ar"], "حررت": ["ar"], "حرّرت": ["ar"],
    "١٢": ["th", "lo", "km", "my", "hi", "ar"],
    # Latin and Cyrillic with and without marks
    "lua dao": ["vi"], "lừa đảo": ["vi"], "da nang": ["vi"], '"đà nẵng"': ["vi"], "cong an": ["vi"],
    "gerebek": ["id"], "anak": ["id"], "anak-anak": ["id"], "anakanak": ["id"], '"anak anak"': ["id"],
    "dibebaskan": ["ms"], "nakauwi": ["tl"], "arnaque": ["fr"], "l'arnaque": ["fr"], "ecole": ["fr"], "école": ["fr"],
    "etat": ["fr"], "coeur": ["fr"], "cœur": ["fr"], "ninos": ["es"], "niños": ["es"], "manana": ["es"],
    "policia": ["es", "pt"], "operacao": ["pt"], "três": ["pt"], "zurich": ["de"], "strasse": ["de"], "STRASSE": ["de"],
    "großrazzia": ["de"], "grossrazzia": ["de"], "zwolf": ["de"], "семен": ["ru"], "семён": ["ru"],
    "кол-центр": ["ru"], "колцентр": ["ru"], "иошка": [], "йошка": ["ru"],
    # Hyphens, apostrophes, mixed width, marks
    "police-led": ["en"], "policeled": ["en"], '"police led"': ["en"], "led": ["en"],
    "cyberscam": ["en"], "cyber-scams": ["en"], '"scam centre"': ["en"], '"scam center"': ["en"], "scam": ["tl", "en"],
    "coordinated": ["en"], "co-ordinated": ["en"], "antifraud": ["en"], "anti-fraud": ["en"], "fraud": ["en"],
    "countertrafficking": ["en"], "reentry": ["en"], "re-entry": ["en"], "ministry": ["en"], "ministries": ["en"],
    "ABC": ["en"], "ａｂｃ": ["en"], '"phase 2"': ["en"], '"ｐｈａｓｅ ２"': ["en"], "1200": ["en"], "1,200": ["en"],
    "１２００": ["en"], "naive": ["en"], "facade": ["en"], "cafe zoe": ["en"], "zoë": ["en"],
    # What an index cannot tell, and what it is asked together with
    '"fraud workers"~3': ["en"], '"fraud workers"~2': [], '"workers fraud"~3': ["en"],
    "警方 -电诈": ["zh-Hant"], "policia NOT central": ["es"], "(电诈 OR 詐騙 OR 詐欺) 警方": ["zh", "zh-Hant"],
    "title:police": ["en"], "text:police": [], "title:警方": [], "text:警方": ["zh", "zh-Hant"],
    "url:zh": ["zh", "zh-Hant"],
    "poli* -lang:en": ["id", "ms", "fr", "es", "pt", "de"], "首相 lang:ja": ["ja"], "lang:zh": ["zh", "zh-Hant"],
    "12 OR 1200": ["th", "lo", "km", "my", "hi", "ar", "en"], "published:2026-10-13": ["zh"],
}  # fmt: skip


@pytest.fixture
def queries() -> dict[str, Query]:
    return {written: parse_query(written) for written in EXPECTED}


def documents() -> dict[str, Document]:
    return {
        name: Document.of(title=title, text=text, url=f"https://news.example/article/{name}", language=name)
        for name, (title, text) in TEXTS.items()
    }


def test_watches_hear_what_a_reader_would(queries: dict[str, Query]) -> None:
    dated = {written: query for written, query in queries.items() if "published" not in query.fields}
    together = QuerySet(dated)
    heard: dict[str, list[str]] = {written: [] for written in dated}
    for name, document in documents().items():
        for written in together.match(document):
            heard[written].append(name)
    assert heard == {written: EXPECTED[written] for written in dated}


def test_search_finds_what_a_reader_would(store: Store, queries: dict[str, Query]) -> None:
    names = fill(store, TEXTS)
    with store.read() as db:
        for written, query in queries.items():
            found = [names[hit.article_id] for hit in search(db, query)]
            assert found == EXPECTED[written], written


def test_a_long_text_is_found_like_a_short_one_and_shown_where_the_words_stand(sqlite_store: Store) -> None:
    padding = "Qux quux corge. " * 100
    padded = {name: (title, f"{padding}\n{text}\n{padding}") for name, (title, text) in TEXTS.items()}
    names = fill(sqlite_store, padded)
    pieces = 0
    with sqlite_store.read() as db:
        for written, expected in EXPECTED.items():
            hits = search(db, parse_query(written))
            assert [names[hit.article_id] for hit in hits] == expected, written
            for hit in hits:
                text = padded[names[hit.article_id]][1].replace("\n", " ")
                assert hit.snippet.strip("… ") in text
                pieces += len(hit.marks)
        (hit,) = search(db, parse_query("แม่สอด"))
    assert pieces > 100
    assert "ไปยัง[แม่สอด]" in hit.highlighted("[", "]")


def test_every_found_word_is_marked_in_its_own_script(store: Store) -> None:
    fill(store, TEXTS)
    shown = {
        "电诈": "[电诈]园区", "แม่สอด": "ไปยัง[แม่สอด]", "ຄົນງານ": "ຊ່ວຍ[ຄົນງານ]", "ស្ត្រី": "[ស្ត្រី]ពីរ", "မြဝတီ": "[မြဝတီ]မြို့",
        "한국": "[한국인] 9명", "١٢": "[١٢] عاملاً", "da nang": "[Đà] [Nẵng]", "phase": "[Ｐｈａｓｅ] ２",
    }  # fmt: skip
    with store.read() as db:
        for written, expected in shown.items():
            snippets = [hit.highlighted("[", "]") for hit in search(db, parse_query(written))]
            assert any(expected in snippet for snippet in snippets), (written, snippets)
