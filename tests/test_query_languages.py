"""One watch holds across languages: names and concepts are found in every script their readers write."""

from __future__ import annotations

import pytest

from core.query import Document, parse_query
from pipeline.vocabulary import load_vocabulary

#: One invented rescue, and one market day in the same town, as desks in ten languages would write them.
RESCUE = {
    "en": "Soldiers rescued 31 people from a scam compound in Myawaddy on Monday.",
    "zh-Hans": "士兵周一从妙瓦底一处电诈园区解救了31人。",
    "zh-Hant": "士兵週一從妙瓦底一處詐騙園區解救了31人。",
    "th": "ทหารช่วยเหลือ 31 คนออกจากฐานสแกมเมอร์ในเมียวดีเมื่อวันจันทร์",
    "km": "ទាហានបានសង្គ្រោះមនុស្ស ៣១ នាក់ពីមណ្ឌលឆបោកនៅមៀវ៉ាឌី",
    "my": "စစ်သားများက မြဝတီရှိ ငွေလိမ်စခန်းမှ လူ ၃၁ ဦးကို ကယ်တင်ခဲ့သည်",
    "vi": "Binh sĩ giải cứu 31 người khỏi một khu lừa đảo ở Myawaddy hôm thứ Hai.",
    "id": "Tentara menyelamatkan 31 orang dari kompleks penipuan di Myawaddy pada Senin.",
    "ja": "兵士は月曜日、ミャワディの特殊詐欺拠点から31人を救出した。",
    "ko": "군인들이 월요일 미야와디의 범죄단지에서 31명을 구출했다.",
}
MARKET = {
    "en": "The night market in Myawaddy sells mangoes again.",
    "zh-Hans": "妙瓦底的夜市又卖芒果了。",
    "zh-Hant": "妙瓦底的夜市又賣芒果了。",
    "th": "ตลาดกลางคืนในเมียวดีกลับมาขายมะม่วงอีกครั้ง",
    "km": "ផ្សារ​រាត្រី​នៅ​មៀវ៉ាឌី​លក់​ស្វាយ​ម្ដង​ទៀត",
    "my": "မြဝတီ ညဈေးတွင် သရက်သီးများ ပြန်ရောင်းနေသည်",
    "vi": "Chợ đêm ở Myawaddy lại bán xoài.",
    "id": "Pasar malam di Myawaddy kembali menjual mangga.",
    "ja": "ミャワディの夜市で再びマンゴーが売られている。",
    "ko": "미야와디 야시장에서 다시 망고를 판다.",
}
LANGUAGES = list(RESCUE)


def holds(query: str, text: str) -> bool:
    return parse_query(query, load_vocabulary()).match(Document.of(text=text)) is not None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("written", ["Myawaddy", "妙瓦底", "เมียวดี"])
def test_a_place_in_any_spelling_is_found_in_every_language(language: str, written: str) -> None:
    assert holds(f"place:{written}", RESCUE[language])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("query", ['place:Myawaddy concept:"scam centre"', 'concept:"scam centre" concept:rescue'])
def test_one_query_hears_the_rescue_in_every_language_and_not_the_market(language: str, query: str) -> None:
    assert holds(query, RESCUE[language])
    assert not holds(query, MARKET[language])


@pytest.mark.parametrize("written", ["rescue", "freed", "解救"])
def test_a_concept_may_be_named_by_any_of_its_words(written: str) -> None:
    assert holds(f"concept:{written}", RESCUE["ja"])


def test_a_beginning_in_the_tables_is_one_in_the_query() -> None:
    assert holds("concept:arrest", "Gendarmes were detaining boatmen.")


@pytest.mark.parametrize(
    ("text", "found"),
    [("The MPS sent a team.", True), ("Two MPs spoke of boats.", False), ("公安部派出工作组。", True)],
)
def test_an_abbreviation_is_found_in_capitals_only(text: str, found: bool) -> None:
    assert holds('agency:"Ministry of Public Security"', text) is found
    assert holds("agency:MPS", text) is found


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ('org:"Amnesty International"', "国际特赦组织发布了报告。"),
        ('person:"She Zhijiang"', "佘智江出庭。"),
        ('agency:"Royal Thai Police"', "สำนักงานตำรวจแห่งชาติแถลง"),
    ],
)
def test_organisations_persons_and_agencies_cross_scripts_too(field: str, text: str) -> None:
    assert holds(field, text)
