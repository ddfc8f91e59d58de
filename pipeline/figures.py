"""What a number in a text is: a count of something, or money, an age, a date, a length of time, a measure."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from pipeline.eventdates import MONTH_NAMES
from pipeline.meters import is_metered
from pipeline.numbers import Number

Sort = Literal["count", "money", "age", "date", "time", "percent", "measure", "ordinal", "other"]

_CURRENCIES: dict[str, str] = {
    "us$": "USD",
    "a$": "AUD",
    "nz$": "NZD",
    "s$": "SGD",
    "hk$": "HKD",
    "nt$": "TWD",
    "t$": "TOP",
    "st$": "WST",
    "fj$": "FJD",
    "r$": "BRL",
    "c$": "CAD",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "CNY",
    "₩": "KRW",
    "฿": "THB",
    "₹": "INR",
    "₱": "PHP",
    "rp": "IDR",
    "rm": "MYR",
    "rs": "INR",
    "usd": "USD",
    "rmb": "CNY",
    "ksh": "KES",
    "k$": "PGK",
}
_MONEY_BEFORE = re.compile(
    r"(?:" + "|".join(re.escape(s) for s in sorted(_CURRENCIES, key=len, reverse=True)) + r")\.?\s?$", re.IGNORECASE
)
_MONEY_WORDS: dict[str, str] = {
    "us dollars?": "USD",
    "dollars?": "USD",
    "baht": "THB",
    "yuan": "CNY",
    "rmb": "CNY",
    "renminbi": "CNY",
    "euros?": "EUR",
    "won": "KRW",
    "yen": "JPY",
    "kip": "LAK",
    "riels?": "KHR",
    "kyats?": "MMK",
    "rupees?": "INR",
    "rupiah": "IDR",
    "ringgit": "MYR",
    "pesos?": "PHP",
    "pounds?": "GBP",
    "usdt": "USDT",
    "bitcoins?": "BTC",
    "tala": "WST",
    "kina": "PGK",
    "pa'anga": "TOP",
    "vatu": "VUV",
    "dong": "VND",
    "dólares": "USD",
    "dolares": "USD",
    "dolar": "USD",
    "dollars américains": "USD",
    "reais": "BRL",
    "yuanes": "CNY",
    "yuans": "CNY",
    "piso": "PHP",
    "万元人民币": "CNY",
    "元人民币": "CNY",
    "人民币": "CNY",
    "人民幣": "CNY",
    "美元": "USD",
    "美金": "USD",
    "港元": "HKD",
    "港幣": "HKD",
    "新台幣": "TWD",
    "泰铢": "THB",
    "泰銖": "THB",
    "元": "CNY",
    "円": "JPY",
    "ドル": "USD",
    "元相当": "CNY",
    "バーツ": "THB",
    "원": "KRW",
    "달러": "USD",
    "위안": "CNY",
    "บาท": "THB",
    "ดอลลาร์": "USD",
    "หยวน": "CNY",
    "đồng(?! phạm| bọn| nghiệp| hương| đội| chí)": "VND",
    "USD": "USD",
    "đô la": "USD",
    "nhân dân tệ": "CNY",
    "रुपये": "INR",
    "रुपए": "INR",
    "डॉलर": "USD",
    "دولار": "USD",
    "يوان": "CNY",
    "ကျပ်": "MMK",
    "ဒေါ်လာ": "USD",
    "ဘတ်": "THB",
    "ដុល្លារ": "USD",
    "រៀល": "KHR",
    "ກີບ": "LAK",
    "ໂດລາ": "USD",
}
_MONEY_AFTER = re.compile(
    r"\s?(?:de |d')?(?:(?:us|singapore|australian|hong kong|new zealand|samoan|fijian|canadian|new taiwan)\s)?("
    + "|".join(sorted(_MONEY_WORDS, key=len, reverse=True))
    + r")(?![a-zà-ÿ])",
    re.IGNORECASE,
)

#: "1.4 million Fiji dollars", "900 Kenyan shillings": whatever stands before the name of a currency, it is money.
_MONEY_OF_A_COUNTRY = re.compile(
    r"\s(?:[A-ZÀ-Þ][\w’'-]*\s){1,3}(?:dollars?|pounds?|francs?|pesos?|rupees?|shillings?|dinars?|dirhams?|kwacha)\b"
    r"|\s?(?:dólares|dolares|dollars|dolar|pesos|francs|euros)\s+(?:[a-zà-ÿA-ZÀ-Þ][\w’'-]+)"
)

_PERCENT = re.compile(
    r"\s?(?:%|％|percent\b|per ?cent\b|pour ?cent\b|por ?ciento|"
    r"por ?cento|persen\b|peratus|퍼센트|パーセント|phần trăm|प्रतिशत|"
    r"في المئة|في المائة|เปอร์เซ็นต์|ရာခိုင်နှုန်း|ភាគរយ)"
)
_PERCENT_BEFORE = re.compile(r"(?:ร้อยละ|百分之)\s?$")
_AGE = re.compile(
    r"[\s-]?(?:years? old|years? of age|-?year-olds?|岁|歲|歳|才\b|"
    r"세(?![가-힣])|대(?=가 |는 |의 | 남| 여| 청년)|살|ปี(?=\s|$|[)\"])|"
    r"tuổi|ans\b(?=[,)]|\s\w)|"
    r"años de edad|anos de idade|साल क|वर्षीय|वर्ष क|साल का|साल की|عاما|سنة من)"
)
_AGE_BEFORE = re.compile(
    r"(?:\baged?|aged between|\bages?|อายุ|berusia|berumur|umur|tuổi|"
    r"edad de|âgée?s? de|年龄|年齡|वर्षीय|يبلغ|عمره|အသက်|អាយុ|ອາຍຸ|"
    r"gulang)\s?(?:\d+\s?(?:and|to|-|–|sampai|至)\s?)?$",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"[\s-]?(?:full\s|straight\s|consecutive\s|more\s)?(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|nights?(?!-)|decades?|jours?|semaines?|mois|heures?|années?|ans|años?|meses|mes|"
    r"semanas?|días?|horas?|anos?|dias?|mês|giờ|ngày|tháng|tuần|năm|phút|hari|bulan|minggu|tahun|jam|menit|araw|taon|buwan|linggo|"
    r"oras|giorni|mesi|anni|settimane|tage|tagen|monate|jahre|wochen|stunden)\b"
    r"|\s?(?:年|个月|個月|ヶ月|か月|カ月|天|週間|周|星期|小时|小時|時間|分钟|分鐘|分間|日間|日内|개월|주간|주|년|시간|분|일간|ปี|เดือน|วัน|ชั่วโมง|สัปดาห์|นาที|"
    r"နှစ်|လကြာ|ရက်|နာရီ|ឆ្នាំ|ខែ|ថ្ងៃ|ម៉ោង|ປີ|ເດືອນ|ວັນ|ຊົ່ວໂມງ|साल|वर्ष|महीन|दिन|घंट|हफ्त|سنة|سنوات|عام|أعوام|شهر|أشهر|أيام|يوم|ساعة|ساعات|أسابيع|أسبوع)"
)
_MEASURE = re.compile(
    r"[\s-]?(?:kilomet\w+|kilómetro\w*|quilômetro\w*|km\b|met(?:er|re)s?\b|metros?\b|mètres?\b|m\b(?!w)|cm\b|mm\b|miles?\b|feet\b|foot\b|hectares?\b|acres?\b|kg\b|"
    r"kilos?\b|kilograms?\b|grams?\b|tonnes?\b|tons?\b|litres?\b|liters?\b|degrees\b|knots\b|litros?\b|toneladas?\b|公里|千米|米|公斤|吨|噸|升|公顷|平方|キロ|メートル|ヘクタール|トン|"
    r"킬로|미터|헥타르|กิโลเมตร|กม\.|เมตร|ตัน|ลิตร|กิโลกรัม|ไร่|ကီလိုမီတာ|មាត្រ|គីឡូម៉ែត្រ|किलोमीटर|मीटर|كيلومتر|متر|pages?\b|halaman\b|copies\b)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\s?(?:a\.?m\.?\b|p\.?m\.?\b|o'clock|น\.|時|时(?!间)|點|点(?!以)|시(?![가-힣])|giờ|WIB\b|:\d\d|h\d\d\b|बजे|မနက်)",
    re.IGNORECASE,
)
_CLOCK_BEFORE = re.compile(
    r"(?:\d[:.]|pukul |jam |เวลา |lúc |alle ore |kl\.\s|午前|午後|上午|下午|오전 |오후 )$", re.IGNORECASE
)
_ORDINAL = re.compile(
    r"(?:st|nd|rd|th|º|ª|er|ème|e)\b|\s?(?:号|號|番|호(?![가-힣])|回|度目|届|屆|周年|번째|차(?![가-힣])|課|号线)",
    re.IGNORECASE,
)
_ORDINAL_BEFORE = re.compile(
    r"(?:第|제|\bNo\.?\s?|(?-i:\bYears?\s)|\bZone\s|\bSite\s|\bGate\s|"
    r"\bSection\s|\bArticle\s|\bRoute\s|\bHighway\s|\bphase\s|\bpart\s|"
    r"\bUPDATE\s|\bApollo\s|ที่\s|ke-|thứ |nomor |โทร |\btel\.?\s|เบอร์ |"
    r"n[°º]\s?|#|\bA|\bF-|\bB|\bG|\bC|\bTerminal |\bTyphoon |台風|捜査|"
    r"captain's |Q)$",
    re.IGNORECASE,
)
#: "Call 1129 or visit": the number of a telephone.
_CALLED_BEFORE = re.compile(r"\b(?:call|dial|text|hotline|helpline|number)\s$", re.IGNORECASE)
_CALLED_AFTER = re.compile(r"\s?(?:[.,;:)]|$)|\s(?:or|for|if|to|and|at|from)\b")
#: "In house 209." or "Block 7, Bavet": the number that one of many bears.
_BORNE_BEFORE = re.compile(
    r"\b(?:house|building|block|tower|room|villa|unit|flat|apartment|floor|hall|warehouse|shelter|cell|ward|camp|lot|"
    r"district|street|road|lane|soi|moo|checkpoint|pier|platform|flight|bus|truck|page|chapter|clause|case|decree|"
    r"resolution)\s$",
    re.IGNORECASE,
)
_BORNE_AFTER = re.compile(r"\s?(?:[.,;:)]|$)|\s(?:in|on|at|near|from|to|and|where|with|was|is)\b")
_HYPHENED = re.compile(r"-(?!strong\b|member\b|odd\b|plus\b)[a-zA-Z]+")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janvier|février|mars|avril|mai|juin|juillet|août|"
    r"septembre|octobre|novembre|décembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|Januari|Februari|Maret|Mac|"
    r"Mei|Juni|Juli|Agustus|Ogos|Oktober|Desember|Disember|Enero|Pebrero|Marso|Hunyo|Hulyo|Agosto|Setyembre|Oktubre|Nobyembre|Disyembre|gennaio|"
    r"febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|Januar|Februar|März|Dezember)"
)
_MONTH_AFTER = re.compile(rf"(?:st|nd|rd|th)?\s?(?:of |de |a |ng |\. )?{_MONTH}\b\.?", re.IGNORECASE)
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\.?[ \xa0](?:the )?$", re.IGNORECASE)
_MONTH_BEFORE_YEAR = re.compile(rf"\b{_MONTH}\.?,?\s(?:de\s|\d{{1,2}},?\s)?$", re.IGNORECASE)
_DATE_AFTER = re.compile(
    r"\s?(?:年|月|日(?!本|間|内|元)|号(?=[，,在上下])|월|일(?!간|반|자리|부)|년|"
    r"ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค|มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|"
    r"พฤศจิกายน|ธันวาคม|ရက်နေ့|ရက်|tháng|जनवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|"
    r"أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|/\d|\.\d\d?\.\d|-\d\d?-\d)"
)
_DATE_BEFORE = re.compile(
    r"(?:\d/|\d年|\d月|วันที่\s|ngày\s|tháng\s|วันที่|tanggal\s|tgl\s|ថ្ងៃទី|ខែ|ឆ្នាំ|พ\.ศ\.\s?|ค\.ศ\.\s?|ပြီး|လ |ວັນທີ\s?)$",
    re.IGNORECASE,
)
#: A month in any script before four digits: they are its year.
_ANY_MONTH_BEFORE = re.compile(
    r"(?:"
    + "|".join(re.escape(name) for name in MONTH_NAMES if ord(name[0]) >= 0x250)
    + r")(?:လ|\s?ឆ្នាំ|\s?ปี|\s?พ\.ศ\.|\s?ค\.ศ\.)?[\s,]{0,2}$"
)
#: Years of the Buddhist era are written without a separator; what is counted is told by the word at their heels.
_COUNTED_AFTER = re.compile(r"\s?(?:คน|ราย|นาย|คดี|เครื่อง|ครั้ง|คัน|จุด|แห่ง|หลัง|บาท|ล้าน|ບາດ|ຄົນ|ລາຍ|នាក់|គ្រឿង|ករណី|ဦး|ယောက်)")
_BUDDHIST = re.compile("[\u0e00-\u0eff\u1780-\u17ff]")
_YEAR_CONTEXT = re.compile(
    r"(?:\b(?:in|since|from|of|by|until|year|en|de|desde|depuis|sejak|"
    r"pada|tahun|năm|noong|em|nel|dal|im|seit|before|after|late|early|"
    r"mid-|end of|for|to|and|between)\s|ปี\s?|ปี พ\.ศ\. ?|\(|, ?|[-–/])$",
    re.IGNORECASE,
)
_NAME_AGE = re.compile(r"[A-Za-zÀ-ÿ\u0900-\u097f\u0600-\u06ff가-힣ぁ-んァ-ン一-龥\u0e00-\u0e7f’'”\"]\s?[,(（]\s?$")


class Figure(NamedTuple):
    """A number and what sort it is; for money with its currency and its full span."""

    number: Number
    sort: Sort
    currency: str | None
    start: int
    end: int


def sort_figure(text: str, number: Number) -> Figure:
    """Which sort of figure `number` is, by what stands directly around it."""
    before = text[max(0, number.start - 24) : number.start]
    after = text[number.end : number.end + 40]
    money = _MONEY_BEFORE.search(before)
    if money and not before[: money.start()][-1:].isalpha():
        sign = money[0].strip().rstrip(".").lower()
        return Figure(number, "money", _CURRENCIES.get(sign), number.start - len(money[0]), number.end)
    if match := _MONEY_AFTER.match(after):
        return Figure(number, "money", _money_word(match[1]), number.start, number.end + match.end())
    if match := _MONEY_OF_A_COUNTRY.match(after):
        return Figure(number, "money", None, number.start, number.end + match.end())
    sort: Sort = "other" if is_metered(text, number.start, number.end) else _sort(before, after, number)
    return Figure(number, sort, None, number.start, number.end)


def _money_word(word: str) -> str | None:
    low = word.lower()
    for pattern, currency in _MONEY_WORDS.items():
        if re.fullmatch(pattern, low, re.IGNORECASE):
            return currency
    return None


def _sort(before: str, after: str, number: Number) -> Sort:
    if _PERCENT.match(after) or _PERCENT_BEFORE.search(before):
        return "percent"
    if _AGE_BEFORE.search(before) or (_AGE.match(after) and number.value < 120):
        return "age"
    if _is_date(before, after, number):
        return "date"
    if _CLOCK.match(after) or _CLOCK_BEFORE.search(before):
        return "time"
    if _DURATION.match(after):
        return "time"
    if _MEASURE.match(after):
        return "measure"
    if _ORDINAL_BEFORE.search(before) or _ORDINAL.match(after):
        return "ordinal"
    if _CALLED_BEFORE.search(before) and _CALLED_AFTER.match(after):
        return "other"
    if not number.written and _BORNE_BEFORE.search(before) and _BORNE_AFTER.match(after):
        return "ordinal"
    if (
        not number.written
        and 10 <= number.value < 100
        and _NAME_AGE.search(before)
        and re.match(r"\s?(?:[,)）.。]|$)", after)
    ):
        return "age"
    if _HYPHENED.match(after):
        return "other"
    return "count"


def _is_buddhist(before: str, after: str, number: Number) -> bool:
    """2569 among Thai, Lao or Khmer words, unless a counter follows it."""
    if number.value < 2440 or _COUNTED_AFTER.match(after):
        return False
    return bool(_BUDDHIST.search(before[-8:] + after[:4]))


def _is_date(before: str, after: str, number: Number) -> bool:
    if number.value <= 31 and (_MONTH_AFTER.match(after) or (_MONTH_BEFORE.search(before) and not number.written)):
        return True
    if (_DATE_AFTER.match(after) and number.value < 3000) or (_DATE_BEFORE.search(before) and number.value < 3000):
        return True
    year = 1900 <= number.value <= 2100 or 2440 <= number.value <= 2650
    if not year or number.value != int(number.value) or number.end - number.start != 4:
        return False
    if _ANY_MONTH_BEFORE.search(before) or _is_buddhist(before, after, number):
        return True
    return bool(_YEAR_CONTEXT.search(before) or _MONTH_BEFORE_YEAR.search(before) or not re.match(r"\s?[^\W\d]", after))
