"""Number words by language: what they are worth, what they multiply, and what joins them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

#: Each number with the words for it behind it.
_WRITTEN = {
    "en": (
        "0 zero 1 one 2 two 3 three 4 four 5 five 6 six 7 seven 8 eight 9 nine 10 ten 11 eleven 12 twelve 13 "
        "thirteen 14 fourteen 15 fifteen 16 sixteen 17 seventeen 18 eighteen 19 nineteen 20 twenty 30 thirty "
        "40 forty 50 fifty 60 sixty 70 seventy 80 eighty 90 ninety"
    ),
    "es": (
        "0 cero 1 uno 2 dos 3 tres 4 cuatro 5 cinco 6 seis 7 siete 8 ocho 9 nueve 10 diez 11 once 12 doce 13 "
        "trece 14 catorce 15 quince 16 dieciséis 17 diecisiete 18 dieciocho 19 diecinueve 20 veinte 21 "
        "veintiuno 22 veintidós 23 veintitrés 24 veinticuatro 25 veinticinco 26 veintiséis 27 veintisiete 28 "
        "veintiocho 29 veintinueve 30 treinta 40 cuarenta 50 cincuenta 60 sesenta 70 setenta 80 ochenta 90 "
        "noventa 100 cien ciento centenar 200 doscientos doscientas 300 trescientos trescientas 400 cuatrocientos "
        "cuatrocientas 500 quinientos quinientas 600 seiscientos seiscientas 700 setecientos setecientas 800 "
        "ochocientos ochocientas 900 novecientos novecientas 1000 millar 10 decena 12 docena 20 veintena 30 treintena"
    ),
    "fr": (
        "0 zéro 1 un 2 deux 3 trois 4 quatre 5 cinq 6 six 7 sept 8 huit 9 neuf 10 dix dizaine 11 onze 12 "
        "douze douzaine 13 treize 14 quatorze 15 quinze quinzaine 16 seize 17 dix-sept 18 dix-huit 19 dix-neuf 20 "
        "vingt vingtaine 30 trente trentaine 40 quarante 50 cinquante cinquantaine 60 soixante 70 soixante-dix 80 "
        "quatre-vingts quatre-vingt 90 quatre-vingt-dix 100 centaine"
    ),
    "pt": (
        "1 um uma 2 dois duas 3 três 4 quatro 5 cinco 6 seis 7 sete 8 oito 9 nove 10 dez 11 onze 12 doze 13 "
        "treze 14 catorze quatorze 15 quinze 16 dezesseis 17 dezessete 18 dezoito 19 dezenove 20 vinte 30 "
        "trinta 40 quarenta 50 cinquenta 60 sessenta 70 setenta 80 oitenta 90 noventa 100 cem cento centena 10 "
        "dezena 12 dúzia 200 duzentos duzentas 300 trezentos trezentas 400 quatrocentos quatrocentas 500 "
        "quinhentos quinhentas 600 seiscentos seiscentas 700 setecentos 800 oitocentos 900 novecentos"
    ),
    "it": (
        "2 due 3 tre 4 quattro 5 cinque 6 sei 7 sette 8 otto 9 nove 10 dieci decina 11 undici 12 "
        "dodici dozzina 13 tredici 14 quattordici 15 quindici 16 sedici 17 diciassette 18 diciotto 19 diciannove "
        "20 venti ventina 30 trenta trentina 40 quaranta 50 cinquanta cinquantina 60 sessanta 70 settanta 80 "
        "ottanta 90 novanta 100 cento centinaio 200 duecento 300 trecento 400 quattrocento 500 cinquecento"
    ),
    "de": (
        "2 zwei 3 drei 4 vier 5 fünf 6 sechs 7 sieben 8 acht 9 neun 10 zehn 11 elf 12 zwölf 13 "
        "dreizehn 14 vierzehn 15 fünfzehn 16 sechzehn 17 siebzehn 18 achtzehn 19 neunzehn 20 zwanzig 30 dreißig 40 "
        "vierzig 50 fünfzig 60 sechzig 70 siebzig 80 achtzig 90 neunzig 100 hundert einhundert 200 zweihundert"
    ),
    "id": (
        "1 satu seorang seekor 2 dua 3 tiga 4 empat 5 lima 6 enam 7 tujuh 8 delapan lapan 9 sembilan 10 "
        "sepuluh 11 sebelas 100 seratus 1000 seribu"
    ),
    "vi": "1 một mốt 2 hai 3 ba 4 bốn 5 năm lăm 6 sáu 7 bảy 8 tám 9 chín 10 mười",
    "tl": (
        "1 isa isang 2 dalawa dalawang 3 tatlo tatlong 4 apat 5 lima limang 6 anim 7 pito pitong 8 walo "
        "walong 9 siyam 10 sampu sampung 11 labing-isa labing-isang 12 labindalawa labindalawang 13 labintatlo "
        "labintatlong 14 labing-apat 15 labinlima labinlimang 16 labing-anim 17 labimpito labimpitong 18 labingwalo "
        "labing-walo labing-walong 19 labinsiyam labing-siyam 20 dalawampu dalawampung 30 tatlumpu tatlumpung 40 "
        "apatnapu apatnapung 50 limampu limampung"
    ),
    "hi": (
        "1 एक 2 दो 3 तीन 4 चार 5 पांच पाँच 6 छह छः 7 सात 8 आठ 9 नौ 10 दस 11 ग्यारह 12 बारह 13 तेरह 14 चौदह 15 पंद्रह "
        "16 सोलह 17 सत्रह 18 अठारह 19 उन्नीस 20 बीस 30 तीस 40 चालीस 50 पचास 60 साठ 70 सत्तर 80 अस्सी 90 नब्बे"
    ),
    "ar": (
        "3 ثلاثة ثلاث 4 أربعة أربع 5 خمسة خمس 6 ستة ست 7 سبعة سبع 8 ثمانية ثماني ثمان 9 تسعة تسع 10 عشرة عشر "
        "20 عشرين عشرون 30 ثلاثين ثلاثون 40 أربعين أربعون 50 خمسين خمسون"
    ),
    "ru": (
        "1 один одна одно одного одной одну 2 два две двух двум двумя двое двоих 3 три трёх трех трём трем "
        "тремя трое троих 4 четыре четырёх четырех четырьмя четверо четверых 5 пять пяти пятью пятеро пятерых "
        "6 шесть шести шестеро шестерых 7 семь семи семеро семерых 8 восемь восьми 9 девять девяти 10 десять "
        "десяти десятеро 11 одиннадцать одиннадцати 12 двенадцать двенадцати 13 тринадцать тринадцати 14 "
        "четырнадцать четырнадцати 15 пятнадцать пятнадцати 16 шестнадцать шестнадцати 17 семнадцать "
        "семнадцати 18 восемнадцать восемнадцати 19 девятнадцать девятнадцати 20 двадцать двадцати 30 "
        "тридцать тридцати 40 сорок сорока 50 пятьдесят пятидесяти 60 шестьдесят шестидесяти 70 семьдесят "
        "семидесяти 80 восемьдесят восьмидесяти 90 девяносто девяноста 100 сто ста 200 двести двухсот 300 "
        "триста трёхсот трехсот 400 четыреста четырёхсот четырехсот 500 пятьсот пятисот 600 шестьсот шестисот "
        "700 семьсот семисот 800 восемьсот восьмисот 900 девятьсот девятисот"
    ),
    "tr": (
        "1 bir 2 iki 3 üç 4 dört 5 beş 6 altı 7 yedi 8 sekiz 9 dokuz 10 on 20 yirmi 30 otuz 40 kırk 50 elli "
        "60 altmış 70 yetmiş 80 seksen 90 doksan"
    ),
    "hr": (
        "1 jedan jedna jedno jednog jednoga jednu 2 dva dvije dvoje dvojica dvojicu 3 tri troje trojica "
        "trojicu 4 četiri četvero četvorica četvoricu 5 pet petero petorica petoricu 6 šest šestero šestorica "
        "7 sedam sedmero sedmorica 8 osam osmero osmorica 9 devet 10 deset desetero 11 jedanaest 12 dvanaest "
        "13 trinaest 14 četrnaest 15 petnaest 16 šesnaest 17 sedamnaest 18 osamnaest 19 devetnaest 20 "
        "dvadeset dvadesetak 30 trideset tridesetak 40 četrdeset 50 pedeset pedesetak 60 šezdeset 70 "
        "sedamdeset 80 osamdeset 90 devedeset 100 sto stotinu stotinjak 200 dvjesto dvjesta dvesta 300 tristo "
        "trista 400 četiristo 500 petsto 600 šesto šeststo 700 sedamsto 800 osamsto 900 devetsto"
    ),
}
#: Hungarian writes a number below a thousand as one word, and thousands with what they are times.
_HUNGARIAN_UNITS = "1 egy 2 két kettő 3 három 4 négy 5 öt 6 hat 7 hét 8 nyolc 9 kilenc"
_HUNGARIAN_TENS = "20 húsz huszon 30 harminc 40 negyven 50 ötven 60 hatvan 70 hetven 80 nyolcvan 90 kilencven"


def _read(written: str) -> Iterator[tuple[str, int]]:
    """The words of a row, each with its number."""
    number = 0
    for word in written.split():
        if word.isdecimal():
            number = int(word)
        else:
            yield word, number


def _hungarian() -> dict[str, int]:
    units = dict(_read(_HUNGARIAN_UNITS))
    below = {**units, "tíz": 10} | {f"tizen{word}": 10 + value for word, value in units.items()}
    for tens, value in _read(_HUNGARIAN_TENS):
        below |= {f"{tens}{word}": value + unit for word, unit in units.items() if tens != "húsz"}
        if tens != "huszon":
            below[tens] = value
    hundreds = {"száz": 100} | {f"{word}száz": 100 * value for word, value in units.items() if value > 1}
    above = {f"{hundred}{word}": value + rest for hundred, value in hundreds.items() for word, rest in below.items()}
    thousands = {f"{word}ezer": 1000 * value for word, value in below.items()}
    return below | hundreds | above | thousands


def _compounds(tens: str, units: str, join: str) -> dict[str, int]:
    """Numbers below a hundred that a language writes as one word. `join` says how."""
    return {
        join.format(ten=ten, unit=unit): value + small for ten, value in _read(tens) for unit, small in _read(units)
    }


_FRENCH = _compounds(
    "60 soixante 80 quatre-vingt",
    "11 onze 12 douze 13 treize 14 quatorze 15 quinze 16 seize 17 dix-sept 18 dix-huit 19 dix-neuf",
    "{ten}-{unit}",
) | _compounds("80 quatre-vingt", "1 un 2 deux 3 trois 4 quatre 5 cinq 6 six 7 sept 8 huit 9 neuf", "{ten}-{unit}")
_ITALIAN_UNITS = "2 due 3 tre tré 4 quattro 5 cinque 6 sei 7 sette 9 nove"
_ITALIAN = _compounds(
    "20 venti 30 trenta 40 quaranta 50 cinquanta 60 sessanta 70 settanta 80 ottanta 90 novanta",
    _ITALIAN_UNITS,
    "{ten}{unit}",
) | _compounds(
    "20 vent 30 trent 40 quarant 50 cinquant 60 sessant 70 settant 80 ottant 90 novant", "1 uno 8 otto", "{ten}{unit}"
)
_GERMAN = _compounds(
    "20 zwanzig 30 dreißig 40 vierzig 50 fünfzig 60 sechzig 70 siebzig 80 achtzig 90 neunzig",
    "1 ein 2 zwei 3 drei 4 vier 5 fünf 6 sechs 7 sieben 8 acht 9 neun",
    "{unit}und{ten}",
)

_READ = {language: dict(_read(row)) for language, row in _WRITTEN.items()}
#: By language: what a word is worth by itself.
WORTH: Mapping[str, Mapping[str, int]] = _READ | {
    "hu": _hungarian(),
    "fr": _READ["fr"] | _FRENCH,
    "it": _READ["it"] | _ITALIAN,
    "de": _READ["de"] | _GERMAN,
}
#: Languages that write numbers with the words of another.
_LIKE = {"ms": "id", "sr": "hr", "bs": "hr"}
#: What a word multiplies by what stands before it, in any of the languages whose words are no others' words.
_TIMES = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "dozen": 12,
    "score": 20,
    "puluh": 10,
    "ratus": 100,
    "ribu": 1_000,
    "juta": 1_000_000,
    "mươi": 10,
    "trăm": 100,
    "nghìn": 1_000,
    "cientos": 100,
    "mil": 1_000,
    "cent": 100,
    "cents": 100,
    "mille": 1_000,
    "daan": 100,
    "libo": 1_000,
    "सौ": 100,
    "हजार": 1_000,
    "belas": -10,
    "dozens": 12,
}
_OWN_TIMES: Mapping[str, Mapping[str, int]] = {
    "ru": dict(_read("1000 тысяча тысячи тысяч тысячу тысячам 1000000 миллион миллиона миллионов")),
    "tr": dict(_read("100 yüz 1000 bin 1000000 milyon")),
    "hu": dict(_read("1000 ezer 1000000 millió")),
    "hr": dict(_read("1000 tisuća tisuće tisuću hiljada hiljade hiljadu 1000000 milijun milijuna milion miliona")),
}
#: Of them those that may stand alone: "yüz kişi" is a hundred people.
_ALONE = {"tr": ("yüz", "bin"), "ru": ("тысяча", "тысячи", "тысячу"), "hu": ("ezer",), "hr": ("tisuću", "hiljadu")}
_LINKS = {"en": ("and",), "es": ("y",), "pt": ("e",), "fr": ("et",), "ar": ("و",), "hr": ("i",)}


def worth_of(language: str) -> Mapping[str, int]:
    """What words are worth in a language; where it is not known, in English."""
    language = _LIKE.get(language, language)
    return WORTH.get(language) or (WORTH["en"] if language in ("", "en") else {})


def times_of(language: str) -> Mapping[str, int]:
    """What words multiply by."""
    return {**_TIMES, **_OWN_TIMES.get(_LIKE.get(language, language), {})}


def begins_of(language: str) -> frozenset[str]:
    """What multiplies and may stand first."""
    return frozenset(("dozens", *_ALONE.get(_LIKE.get(language, language), ())))


def links_of(language: str) -> tuple[str, ...]:
    """What may stand between two words of one number."""
    return _LINKS.get(_LIKE.get(language, language), ())
