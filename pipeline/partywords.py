"""The words around the name of a state that tell on which side of an act its police stand."""

from __future__ import annotations

import re

#: "from China", "donated by Japan".
FROM = re.compile(
    r"(?:\bfrom|\bby|\bvenus? d[eu]|\bvenid\w+ d[eu]|\bdesde|\bvindos da|\bdari|\bdaripada|\btừ|\baus|\bmula sa|\bиз|"
    r"\biz|来自|來自|从|從|由|จาก|ពី|ຈາກ|\bمن)\s?(?:the |la |der |the People['’]s Republic of )?$",
    re.IGNORECASE,
)
FROM_AFTER = re.compile(r"から|에서 온|で製|製|产|產|ből\b|ból\b|['’]den\b|['’]dan\b")
#: "to Samoa", "for Fiji".
FOR = re.compile(
    r"(?:\bto|\bfor|\binto|\bà la|\bau|\baux|\bpara|\bpara a|\bal|\ba la|\bkepada|\buntuk|\bcho|\bfür|\ban|"
    r"向|给|給|為|为|赴|แก่|ให้|ដល់|ແກ່|\bإلى)\s?(?:the |la |el |le |l['’])?$",
    re.IGNORECASE,
)
FOR_AFTER = re.compile(r"に(?=供与|寄贈|贈|引き渡|対し|派遣)|へ|에(?=\s)|에게|['’](?:ya|ye|a|e)\b(?= )")
#: "Chinese instructors", "China's embassy": who gives, teaches or sends.
GIVER_AFTER = re.compile(
    r"\s?(?:-?(?:funded|donated|trained|led|made|backed|financed)\b|"
    r"(?:police |state |federal )?(?:instructors?|trainers?|experts?|advisers?|advisors?|embassy|ambassador|envoy|"
    r"grant|aid|donation|liaison|attach[ée]s?)\b|"
    r"教官|专家|專家|大使|使馆|使館|驻|駐|顾问|顧問|大使館|인 교관|대사관)"
    r"|['’]s (?:embassy|ambassador|ministry of public security)",
    re.IGNORECASE,
)
GIVER_BEFORE = re.compile(
    r"(?:instructors|trainers|experts|embassy|ambassador|instructeurs|formateurs|ambassade|instructores|embajada|"
    r"embaixada|formadores|ambasciata|botschaft|kedutaan besar|đại sứ quán|посольств\w+|büyükelçili\w+|nagykövet\w+|"
    r"veleposlanstv\w+)\s(?:\w{1,4}\s){0,2}$",
    re.IGNORECASE,
)
STATIONED = ("驻", "駐")  # 中国驻泰国使馆 is China's embassy
#: "Vanuatu officers", "the police of Samoa".
FORCE_AFTER = re.compile(
    r"(?:['’]s)?\s?(?:national |royal |federal |local |young |senior |female )?"
    r"(?:police|officers?|policemen|policewomen|cadets|recruits|trainees|constables|force|gendarmes|detectives|investigators|"
    r"security forces)|警察|警员|警員|警官|警方|民警|公安|学员|學員|경찰|の警察",
    re.IGNORECASE,
)
FORCE_BEFORE = re.compile(
    r"(?:police|officers|policiers|policières|gendarmes|policías|agentes|polícias|agenti|poliziotti|polizisten|polisi|"
    r"pegawai polis|ตำรวจ|cảnh sát|полицейск\w+|полиции|policajac\w*)\s(?:\w{1,4}\s){0,3}$",
    re.IGNORECASE,
)
#: "Tonga receives", "Fiji will get": to whom it is given.
TAKES_AFTER = re.compile(
    r"(?:['’]s)?(?:\s\w+){0,3}?\s(?:receives?|received|gets?|got|to get|to receive|will get|will receive|recibe|"
    r"recibió|reçoit|a reçu|recebe|recebeu|riceve|erhält|erhielt|menerima|nhận|tiếp nhận)\b|\w{0,6}(?:รับมอบ|ទទួល)",
    re.IGNORECASE,
)
#: What stands between states that are named in one breath.
LISTED = re.compile(
    r"(?:['’]s)?(?:\s?(?:,|、|，|and|with|y|et|e|und|dan|và|at|и|ve|és|i|และ|និង|ແລະ|和|与|與|及|と|과|와|·|&)\s?){0,2}"
    r"(?:the )?"
)
#: States by one character each, as in 中老缅泰联合巡逻.
IN_CHARACTERS = re.compile(
    r"(?=[^中]{0,5}中)[中老缅緬泰柬越菲俄蒙韩韓日澳汤湯所瓦斐萨薩塞匈意克巴]{2,6}"
    r"(?=\w{0,6}?(?:联合|聯合|警|执法|執法|两国|兩國|[三四五六]国|[三四五六]國|签|簽|"
    r"部级|部級|部长|部長|合作|打击|打擊|会晤|會晤))"
)
CHARACTERS = {
    "中": "CN", "老": "LA", "缅": "MM", "緬": "MM", "泰": "TH", "柬": "KH", "越": "VN", "菲": "PH", "俄": "RU",
    "蒙": "MN", "韩": "KR", "韓": "KR", "日": "JP", "澳": "AU", "汤": "TO", "湯": "TO", "所": "SB", "瓦": "VU",
    "斐": "FJ", "萨": "WS", "薩": "WS", "塞": "RS", "匈": "HU", "意": "IT", "克": "HR", "巴": "PK",
}  # fmt: skip
