"""Bytes become text whatever they claim to be."""

from __future__ import annotations

import pytest

from pipeline.charset import decode

TEXTS = {
    "gb18030": "来往港口与大陆之间的渡轮将于星期一恢复航行，港务局星期五表示，维修已经完成。",
    "gbk": "来往港口与大陆之间的渡轮将于星期一恢复航行，港务局星期五表示，维修已经完成。",
    "big5": "來往港口與大陸之間的渡輪將於星期一恢復航行，港務局星期五表示，維修已經完成。",
    "cp932": "港と本土を結ぶフェリーは月曜日に運航を再開すると、港湾局が発表した。",
    "euc_jp": "港と本土を結ぶフェリーは月曜日に運航を再開すると、港湾局が発表した。",
    "cp949": "항구와 본토를 잇는 여객선이 월요일부터 다시 운항한다고 항만 당국이 밝혔다.",
    "cp874": "เรือข้ามฟากระหว่างท่าเรือกับแผ่นดินใหญ่จะกลับมาให้บริการในวันจันทร์",
    "cp1251": "Паром между портом и материком снова начнёт ходить с понедельника, сообщили в порту.",
    "koi8_r": "Паром между портом и материком снова начнёт ходить с понедельника, сообщили в порту.",
    "cp1252": "Le bac entre le port et l’île reprendra lundi, a annoncé vendredi la direction. Déjà très fêté.",
    "cp1250": "Přívoz mezi přístavem a pevninou bude znovu jezdit od pondělí, řekl mluvčí správy přístavu.",
    "utf-8": "Phà giữa cảng và đất liền sẽ chạy lại từ thứ Hai.",
    "utf-16": "The ferry will sail again — на материк.",
    "utf-16-le": "The ferry will sail again — на материк.",
    "utf-16-be": "The ferry will sail again — на материк.",
}


def document(text: str, declared: str | None) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    return f"<html><head>{meta}<title>Port</title></head><body class=port><p>{text}</p></body></html>"


@pytest.mark.parametrize("declared", ["utf-8", None, "no-such-set"])
@pytest.mark.parametrize("codec", sorted(TEXTS))
def test_bytes_are_read_right_undeclared_and_declared_wrongly(codec: str, declared: str | None) -> None:
    assert TEXTS[codec] in decode(document(TEXTS[codec], declared).encode(codec), "text/html")


@pytest.mark.parametrize("codec", ["gbk", "big5", "cp932", "euc_jp", "cp949", "cp874", "cp1251"])
def test_a_western_set_is_often_declared_for_what_is_not(codec: str) -> None:
    assert TEXTS[codec] in decode(document(TEXTS[codec], "iso-8859-1").encode(codec), "text/html; charset=ISO-8859-1")


@pytest.mark.parametrize("codec", ["gbk", "big5", "cp874", "cp1252"])
def test_utf_8_is_utf_8_whatever_is_declared(codec: str) -> None:
    text = "ท่าเรือ 渡輪 déjà"
    assert text in decode(document(text, codec).encode(), f"text/html; charset={codec}")


def test_a_cut_or_a_pasted_byte_does_not_turn_utf_8_into_something_else() -> None:
    body = document(TEXTS["cp874"] * 5, None).encode()
    assert "เรือข้ามฟาก" in decode(body[:-60] + b"\xe0\xb8")
    assert "เรือข้ามฟาก" in decode(body.replace(b"</p>", b"\xa0\x93</p>"))


def test_a_declaration_decides_where_the_bytes_could_be_either() -> None:
    assert "Straße" in decode("<p>Straße</p>".encode("cp1252"), "text/html; charset=iso-8859-1")
    assert "İstanbul" in decode("<p>İstanbul</p>".encode("cp1254"), "text/html; charset=windows-1254")


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xff", b"\xff\xfe", bytes(range(256)), b"\xed\xa0\x80" * 9])
def test_rubbish_is_read_without_complaint(body: bytes) -> None:
    decode(body, "text/html; charset=\x00;;;").encode("utf-8")
