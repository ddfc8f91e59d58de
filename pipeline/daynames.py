"""What months, weekdays and "yesterday" are called, in every language that is read."""

from __future__ import annotations

import re

from pipeline.anchors import lowered

#: As `lowered` writes them: a Turkish ı is an i.
MONTHS: dict[str, int] = {}
for _row in (
    "january|jan|enero|ene|janvier|janv|janeiro|januari|gennaio|januar|"
    "มกราคม|ม.ค.|जनवरी|يناير|ဇန်နဝါရီ|មករា|ມັງກອນ|كانون الثاني|"
    "января|январь|янв|ocak|január|siječnja|siječanj|januara",
    "february|feb|febrero|février|févr|fevereiro|februari|febbraio|februar|pebrero|กุมภาพันธ์|ก.พ.|फरवरी|فبراير|ဖေဖော်ဝါရီ|កុម្ភៈ|ກຸມພາ|شباط|"
    "февраля|февраль|февр|şubat|február|febr|veljače|veljača|februara",
    "march|mar|marzo|mars|março|maret|mac|märz|marso|มีนาคม|มี.ค.|मार्च|مارس|မတ်|មីនា|ມີນາ|آذار|"
    "марта|март|mart|március|márc|ožujka|ožujak|marta",
    "april|apr|abril|avril|aprile|เมษายน|เม.ย.|अप्रैल|أبريل|ဧပြီ|មេសា|ເມສາ|نيسان|"
    "апреля|апрель|апр|nisan|április|ápr|travnja|travanj|aprila",
    "may|mayo|mai|maio|mei|maggio|พฤษภาคม|พ.ค.|मई|مايو|မေ|ឧសភា|ພຶດສະພາ|أيار|"
    "мая|май|mayıs|május|máj|svibnja|svibanj|maja",
    "june|jun|junio|juin|junho|juni|giugno|hunyo|มิถุนายน|มิ.ย.|जून|يونيو|ဇွန်|មិថុនា|ມິຖຸນາ|حزيران|"
    "июня|июнь|haziran|június|jún|lipnja|lipanj|juna",
    "july|jul|julio|juillet|juil|julho|juli|luglio|julai|hulyo|กรกฎาคม|ก.ค.|जुलाई|يوليو|ဇူလိုင်|កក្កដា|ກໍລະກົດ|تموز|"
    "июля|июль|temmuz|július|júl|srpnja|srpanj|jula",
    "august|aug|agosto|août|agustus|ogos|สิงหาคม|ส.ค.|अगस्त|أغسطس|ဩဂုတ်|សីហា|ສິງຫາ|آب|"
    "августа|август|авг|ağustos|augusztus|kolovoza|kolovoz|avgusta",
    "september|sept|sep|septiembre|septembre|setembro|settembre|setyembre|กันยายน|ก.ย.|सितंबर|سبتمبر|စက်တင်ဘာ|កញ្ញា|ກັນຍາ|أيلول|"
    "сентября|сентябрь|сент|eylül|szeptember|szept|rujna|rujan|septembra",
    "october|oct|octubre|octobre|outubro|oktober|ottobre|oktubre|ตุลาคม|ต.ค.|अक्टूबर|أكتوبر|အောက်တိုဘာ|តុលា|ຕຸລາ|تشرين الأول|"
    "октября|октябрь|окт|ekim|október|okt|listopada|listopad|oktobra",
    "november|nov|noviembre|novembre|novembro|nobyembre|พฤศจิกายน|พ.ย.|नवंबर|نوفمبر|နိုဝင်ဘာ|វិច្ឆិកា|ພະຈິກ|تشرين الثاني|"
    "ноября|ноябрь|нояб|kasım|studenoga|studenog|studeni|novembra",
    "december|dec|diciembre|décembre|dezembro|desember|disember|"
    "dicembre|dezember|disyembre|ธันวาคม|ธ.ค.|दिसंबर|ديسمبر|ဒီဇင်ဘာ|"
    "ធ្នូ|ທັນວາ|كانون الأول|"
    "декабря|декабрь|дек|aralık|prosinca|prosinac|decembra",
):
    _number = len(set(MONTHS.values())) + 1
    MONTHS.update({lowered(_name): _number for _name in _row.split("|")})
#: Every name of a month, the longest first.
MONTH_NAMES = tuple(sorted(MONTHS, key=len, reverse=True))
NAMES = "|".join(re.escape(name) for name in MONTH_NAMES)
NO_LETTER = r"(?![a-zà-žа-яё])"  # scripts without spaces may go on

WEEKDAYS: dict[str, int] = {}
for _index, _row in enumerate(
    (
        "monday|mon|lunes|lundi|segunda-feira|senin|isnin|lunedì|montag|"
        "lunes|понедельник|pazartesi|hétfő|hétfőn|ponedjeljak|ponedjeljka|ponedeljak|"
        "thứ hai|วันจันทร์|周一|週一|星期一|礼拜一|月曜|월요일|"
        "सोमवार|الاثنين|الإثنين|တနင်္လာ|ចន្ទ|ວັນຈັນ",
        "tuesday|tue|martes|mardi|terça-feira|selasa|martedì|dienstag|"
        "martes|вторник|salı günü|kedd|kedden|utorak|utorka|"
        "thứ ba|วันอังคาร|周二|週二|星期二|火曜|화요일|मंगलवार|"
        "الثلاثاء|အင်္ဂါ|អង្គារ|ວັນອັງຄານ",
        "wednesday|wed|miércoles|mercredi|quarta-feira|rabu|mercoledì|"
        "mittwoch|miyerkules|miyerkoles|в среду|çarşamba|szerda|szerdán|srijeda|srijedu|sreda|sredu|"
        "thứ tư|วันพุธ|周三|週三|星期三|水曜|수요일|"
        "बुधवार|الأربعاء|ဗုဒ္ဓဟူး|ពុធ|ວັນພຸດ",
        "thursday|thu|jueves|jeudi|quinta-feira|kamis|khamis|giovedì|"
        "donnerstag|huwebes|четверг|perşembe|csütörtök|csütörtökön|četvrtak|četvrtka|"
        "thứ năm|วันพฤหัส|周四|週四|星期四|木曜|목요일|"
        "गुरुवार|الخميس|ကြာသပတေး|ព្រហស្បតិ៍|ວັນພະຫັດ",
        "friday|fri|viernes|vendredi|sexta-feira|jumat|jumaat|venerdì|"
        "freitag|biyernes|пятниц|cuma|péntek|pénteken|petak|petka|"
        "thứ sáu|วันศุกร์|周五|週五|星期五|金曜|금요일|"
        "शुक्रवार|الجمعة|သောကြာ|សុក្រ|ວັນສຸກ",
        "saturday|sat|sábado|samedi|sabtu|sabato|samstag|sabado|thứ bảy|"
        "суббот|cumartesi|szombat|szombaton|subota|subotu|"
        "วันเสาร์|周六|週六|星期六|土曜|토요일|शनिवार|السبت|စနေ|សៅរ៍|"
        "ວັນເສົາ",
        "sunday|sun|domingo|dimanche|minggu|ahad|domenica|sonntag|linggo|"
        "воскресень|pazar günü|vasárnap|nedjelja|nedjelju|nedelja|nedelju|"
        "chủ nhật|วันอาทิตย์|周日|週日|星期日|星期天|日曜|일요일|रविवार|"
        "الأحد|တနင်္ဂနွေ|អាទិត្យ|ວັນອາທິດ",
    )
):
    WEEKDAYS.update({lowered(_name): _index for _name in _row.split("|")})
#: Sundays by their names, weeks where they are written small.
WEEKS = frozenset(("minggu", "linggo"))
#: Everyday words that are also weekdays or months.
_NOT_ALONE = frozenset(("mon", "sat", "sun", "wed", "tue", "thu", "fri", "mar", "may"))


def _alternatives(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


#: Names in Latin letters stand alone; in scripts without spaces they may be written onto other words.
_LATIN = _alternatives([name for name in WEEKDAYS if ord(name[0]) < 0x250 and name not in _NOT_ALONE])
_OTHER = _alternatives([name for name in WEEKDAYS if ord(name[0]) >= 0x250])
WEEKDAY = re.compile(rf"(?<![^\W\d_])(?:{_LATIN})(?![^\W\d_])|{_OTHER}", re.IGNORECASE)
RELATIVE: tuple[tuple[int, re.Pattern[str]], ...] = (
    (-2, re.compile(r"\bthe day before yesterday\b|前天|一昨日|그저께|anteayer|"
        r"avant-hier|anteontem|เมื่อวานซืน|kemarin dulu|hôm kia|позавчера|"
        r"tegnapelőtt|\bprekjučer\b|\bevvelsi gün\b", re.I)),
    (-1, re.compile(r"\byesterday\b|\bovernight\b|昨天|昨日|昨晚|어제|\bayer\b|\bhier\b|"
        r"\bontem\b|\bieri\b|\bgestern\b|เมื่อวาน|\bkemarin\b|\bsemalam\b|"
        r"hôm qua|\bkahapon\b|मंगल को कल|أمس|မနေ့က|ម្សិលមិញ|ມື້ວານ|"
        r"\bвчера\b|\bнакануне\b|\bdün\b|\btegnap\b|\bjučer\b|\bjuče\b", re.I)),
    (0, re.compile(r"\btoday\b|\btonight\b|今天|今日|今晨|本日|오늘|\bhoy\b|"
        r"aujourd['’]hui|\bhoje\b|\boggi\b|\bheute\b|วันนี้|\bhari ini\b|"
        r"hôm nay|\bngayong araw\b|\bngayon\b|\bआज\b|اليوم|ယနေ့|ဒီနေ့|"
        r"ថ្ងៃនេះ|ມື້ນີ້|\bсегодня\b|\bbugün\b|\bma (?:reggel|délelőtt|délután|este)\b|\bdanas\b", re.I)),
    (1, re.compile(r"\btomorrow\b|明天|明日|내일|\bmañana\b|\bdemain\b|\bamanhã\b|"
        r"พรุ่งนี้|\bbesok\b|\besok\b|ngày mai|\bbukas\b|غدا|မနက်ဖြန်|"
        r"ថ្ងៃស្អែក|\bзавтра\b|\byarın\b|\bholnap\b|\bsutra\b", re.I)),
)  # fmt: skip
