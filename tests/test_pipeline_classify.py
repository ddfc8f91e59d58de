import pytest

from pipeline.classify import classify
from pipeline.topic import load_topics
from pipeline.values import Classification
from pipeline.vocabulary import load_vocabulary


def of(title: str, text: str, language: str) -> Classification:
    return classify(title, text, language, load_topics(), load_vocabulary())


@pytest.mark.parametrize(
    ("language", "title", "text", "event"),
    [
        (
            "en",
            "Militia frees 30 from scam compound",
            "A militia released 30 foreigners from a scam compound in Myawaddy on Friday.",
            "rescue_release",
        ),
        (
            "en",
            "Police raid scam hub in Bavet",
            "Cambodian police raided a scam hub in Bavet on Monday and found 200 people inside.",
            "raid",
        ),
        (
            "en",
            "Two scam bosses executed",
            "China executed two scam bosses who ran fraud dens in Laukkaing, Myanmar.",
            "execution",
        ),
        (
            "en",
            "Treasury sanctions scam network",
            "The US Treasury imposed sanctions on a scam network and froze assets in Cambodia.",
            "sanctions_seizure",
        ),
        (
            "en",
            "Army blows up scam buildings",
            "Myanmar troops demolished 12 buildings of the scam centre at KK Park.",
            "demolition",
        ),
        ("zh", "20名涉诈犯罪嫌疑人被遣返回国", "8月3日，警方将20名涉诈犯罪嫌疑人从柬埔寨遣返回国。", "repatriation"),
        ("zh-Hant", "柬埔寨詐騙園區被突襲", "柬埔寨警方突襲西港一處詐騙園區。", "raid"),
        ("th", "บุกทลายแก๊งคอลเซ็นเตอร์ปอยเปต", "ตำรวจกัมพูชาบุกทลายแก๊งคอลเซ็นเตอร์ในปอยเปต", "raid"),
        ("my", "မြဝတီ ငွေလိမ်စခန်း ဖြိုဖျက်", "မြဝတီရှိ ငွေလိမ်စခန်းကို ဖြိုဖျက်ခဲ့သည်။", "demolition"),
        ("km", "បង្ក្រាបមណ្ឌលឆបោកនៅបាវិត", "នគរបាលបានបង្ក្រាបមណ្ឌលឆបោកនៅបាវិត ប្រទេសកម្ពុជា។", "raid"),
        (
            "vi",
            "Giải cứu 10 người khỏi trung tâm lừa đảo",
            "10 người được giải cứu khỏi trung tâm lừa đảo ở Campuchia.",
            "rescue_release",
        ),
        (
            "id",
            "15 WNI dipulangkan dari Kamboja",
            "Sebanyak 15 WNI korban sindikat penipuan di Kamboja dipulangkan pada Jumat.",
            "repatriation",
        ),
        (
            "ms",
            "Tiga suspek sindiket penipuan diekstradisi",
            "Tiga suspek sindiket penipuan di Kemboja ditangkap dan diekstradisi.",
            "arrest_handover",
        ),
        (
            "tl",
            "Scam hub sa Pampanga sinalakay",
            "Sinalakay ng mga pulis ang isang scam hub sa Porac, Pampanga, Pilipinas.",
            "raid",
        ),
        ("ja", "カンボジアの詐欺拠点を摘発", "カンボジアの警察は詐欺拠点を摘発した。", "raid"),
        (
            "ko",
            "캄보디아 범죄단지서 20명 송환",
            "캄보디아 범죄단지에서 붙잡힌 20명이 전세기로 송환됐다.",
            "repatriation",
        ),
        (
            "es",
            "Repatriados de un centro de estafas",
            "Doce jóvenes fueron repatriados desde un centro de estafas en Birmania.",
            "repatriation",
        ),
        (
            "fr",
            "Descente dans un centre d’arnaques",
            "La police du Cambodge a mené une descente dans un centre d’arnaques à Bavet.",
            "raid",
        ),
        (
            "pt",
            "Resgatados de um centro de golpes",
            "Dez pessoas foram resgatadas de um centro de golpes em Mianmar.",
            "rescue_release",
        ),
        ("hi", "म्यांमार के स्कैम सेंटर से स्वदेश लौटे", "म्यांमार के स्कैम सेंटर से 40 भारतीय स्वदेश वापस लाए गए।", "repatriation"),
        ("ar", "ترحيل عشرين من مراكز الاحتيال", "أعلنت كمبوديا ترحيل عشرين شخصا من مراكز الاحتيال.", "repatriation"),
    ],
)
def test_news_of_scam_centres_in_every_language(language: str, title: str, text: str, event: str) -> None:
    result = of(title, text, language)
    assert "scam_centres" in result.topic_names
    assert event in result.event_names


@pytest.mark.parametrize(
    ("language", "title", "text", "event"),
    [
        (
            "en",
            "Tonga signs police pact with China",
            "Tonga signed a police cooperation agreement with China on Monday.",
            "policing_agreement",
        ),
        (
            "en",
            "Chinese police liaison officers arrive in Honiara",
            "Four Chinese police liaison officers arrived in Solomon Islands.",
            "liaison_deployment",
        ),
        (
            "en",
            "China hands over patrol cars to Vanuatu police",
            "China handed over six patrol cars to the police of Vanuatu.",
            "equipment_aid",
        ),
        (
            "en",
            "Fiji police train in China",
            "Twenty Fiji police officers began a training course in China.",
            "police_training",
        ),
        (
            "en",
            "Secret Chinese police station closed",
            "A secret Chinese police station in Dublin was closed, Ireland said.",
            "overseas_station",
        ),
        ("zh", "中国与汤加签署警务合作协议", "中国与汤加签署警务合作协议。", "policing_agreement"),
        (
            "ja",
            "フィジー、中国との警察協力協定に署名",
            "フィジーは中国との警察協力協定に署名した。",
            "policing_agreement",
        ),
        (
            "it",
            "Pattugliamenti congiunti con la polizia cinese",
            "Pattugliamenti congiunti della polizia cinese e italiana a Roma.",
            "joint_patrol",
        ),
        (
            "fr",
            "Coopération policière entre Fidji et la Chine suspendue",
            "Fidji a suspendu la coopération policière avec la Chine.",
            "scrutiny_suspension",
        ),
    ],
)
def test_news_of_policing_abroad(language: str, title: str, text: str, event: str) -> None:
    result = of(title, text, language)
    assert "overseas_policing" in result.topic_names
    assert event in result.event_names


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("How to spot a romance scam", "Never send money to someone you met on a dating app. Tips from your bank."),
        ("Meth seized in Golden Triangle", "Thai soldiers seized meth pills on the Mekong near Chiang Saen."),
        (
            "Rescued orangutans flown home",
            "Four orangutans rescued from traffickers in Thailand were flown home to Indonesia.",
        ),
        (
            "Job fair for call centre agents",
            "A job fair in Manila is hiring 900 call centre agents at a good starting salary.",
        ),
        ("Troops of two armies in joint training", "Chinese and Cambodian soldiers opened a military exercise."),
        ("New patrol cars for city police", "The city police received 12 new patrol cars for the summer."),
        ("Fake call centre busted in Lagos", "Police in Lagos, Nigeria arrested 20 in a fraud ring with laptops."),
        ("Ballot scam, says opposition", "The opposition called the election a scam."),
    ],
)
def test_near_misses_are_on_no_beat(title: str, text: str) -> None:
    assert of(title, text, "en").topic_names == ()


def test_every_decision_shows_words_of_the_text() -> None:
    title, text = "Police raid scam hub in Bavet", "Police in Cambodia raided a scam hub."
    result = of(title, text, "en")
    assert result.evidence
    for item in result.evidence:
        assert f"{title}\n{text}"[item.position : item.position + len(item.quote)] == item.quote


def test_what_spoke_against_is_shown_too() -> None:
    result = of(
        "Scam compound guards arrested in Poipet",
        "Guards of a scam compound were arrested. Elsewhere meth was found.",
        "en",
    )
    assert any(item.weight < 0 and item.concept == "drugs" for item in result.evidence)


def test_a_conviction_long_past_is_not_the_news() -> None:
    text = (
        "Forty people were freed from a scam compound in Myanmar on Monday.\n"
        "In 2023 a court had sentenced a boss of the compound."
    )
    assert of("Forty freed from scam compound", text, "en").event_names == ("rescue_release",)


def test_an_empty_article_is_on_no_beat() -> None:
    assert of("", "", "en") == Classification()


# --- Taken for what they are not, once ---


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Taxi driver suspended after tourist scammed", "A taxi driver in Cebu, Philippines, scammed a tourist."),
        (
            "en",
            "Gang leader killed in Vietnam",
            "A cartel gang leader was murdered in Ho Chi Minh City, Vietnam, police say.",
        ),
        ("en", "Wanted fraudster found in Manila", "A fraudster on an FBI list was arrested in the Philippines."),
        ("en", "Minister Qin Gang skips Jakarta meeting", "Foreign Minister Qin Gang will skip a meeting in Jakarta."),
        ("en", "NATO shelves Tokyo liaison office", "NATO has shelved plans for a liaison office in Tokyo, Japan."),
        (
            "en",
            "Drunk man attacks tourist",
            "Police said a drunk man gave a Filipino tourist a push on a bus in Taipei.",
        ),
        ("en", "State Patrol welcomes dogs", "The Georgia State Patrol gave badges to German shepherds, police said."),
        ("en", "Visit to the police station", "Chinese tourists asked police officers in Paris for the way."),
        ("en", "Meth seized in Myawaddy", "Troops raided a meth lab in Myawaddy and arrested foreigners."),
    ],
)
def test_what_only_looks_right(language: str, title: str, text: str) -> None:
    assert of(title, text, language).topic_names == ()


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "90 foreigners flown out of Mae Sot", "Thai troops put 90 foreign nationals on planes at Mae Sot."),
        ("zh", "西港搜查酒店 带走60名外籍人员", "柬埔寨警方在西港搜查一家酒店，逮捕60名外籍人员。"),
        ("th", "ส่งต่างชาติ 60 คนข้ามแม่สอด", "ทหารส่งกลับชาวต่างชาติ 60 คนที่แม่สอดจากเมียวดี"),
        (
            "ko",
            "시아누크빌 호텔 급습해 외국인 60명 체포",
            "캄보디아 경찰이 시아누크빌 호텔을 급습해 외국인 60명을 체포했다.",
        ),
        ("en", "Blackout for Myawaddy", "Thailand cut power and fuel to Myawaddy in Myanmar on Tuesday."),
    ],
)
def test_people_of_a_known_place_need_no_word_for_fraud(language: str, title: str, text: str) -> None:
    assert "scam_centres" in of(title, text, language).topic_names


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Donor hands police ten patrol cars", "Japan handed over ten patrol vehicles to Fiji police on Monday."),
        ("zh", "中国向斐济警方移交10辆巡逻车", "中国周一向斐济警方捐赠10辆巡逻车。"),
        ("id", "Jepang hibahkan mobil patroli", "Jepang menyerahkan 10 mobil patroli kepada polisi Fiji."),
        ("ko", "일본, 피지 경찰에 순찰차 기증", "일본이 피지 경찰에 순찰차 10대를 기증했다."),
        ("es", "Japón dona coches patrulla", "Japón donó diez coches patrulla a la policía de Fiyi."),
        ("vi", "Nhật Bản tặng xe tuần tra", "Nhật Bản trao tặng cảnh sát Fiji mười xe tuần tra."),
    ],
)
def test_a_patrol_car_is_no_patrol(language: str, title: str, text: str) -> None:
    result = of(title, text, language)
    assert "equipment_aid" in result.event_names
    assert "joint_patrol" not in result.event_names


def test_a_page_of_several_matters_is_on_what_one_of_them_is_on() -> None:
    text = (
        "The budget vote was put off until Thursday, a party leader said, after the senator fell ill.\n"
        "The Treasury imposed sanctions on nine firms behind scam compounds in Cambodia.\n"
        "The football final will be played on Sunday."
    )
    result = of("Politics live: budget vote, sanctions and football", text, "en")
    assert result.topic_names == ("scam_centres",)
    assert result.event_names == ("sanctions_seizure",)


def test_a_ransom_is_no_rescue() -> None:
    text = "A família recebeu pedido de resgate pelo filho, torturado em um centro de golpes no Camboja."
    assert "rescue_release" not in of("Família recebe pedido de resgate por filho no Camboja", text, "pt").event_names


def test_those_held_in_a_raid_are_part_of_the_raid() -> None:
    result = of(
        "Police raid scam hub in Cebu", "Police raided a scam hub in Cebu, Philippines, and arrested 40 people.", "en"
    )
    assert result.event_names == ("raid",)
