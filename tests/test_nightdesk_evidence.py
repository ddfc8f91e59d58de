"""Packs of evidence: what is in them, that they are the same each time, and that a changed one is found out."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from warcio.archiveiterator import ArchiveIterator

from core.errors import NotFound, UsageError
from nightdesk.evidence import WARC, export_evidence
from nightdesk.verify import Fault, verify
from store import articles, pages
from store.engine import Store
from tests.alerting import Newsroom
from tests.conftest import FakeClock

EVIL = '<script src="https://evil.example/x.js">alert(1)</script>'
BODY = "<html><p>215 freed — ปล่อยตัว</p></html>".encode()


@pytest.fixture
def told(store: Store, clock: FakeClock) -> Store:
    """A development of one article that was edited once."""
    room = Newsroom(store, clock)
    development = room.development(title=EVIL)
    article = room.article(development, title=EVIL)
    room.fact(article, value=215, quote="215 people were freed & fed")
    with store.write() as db:
        values = {"sha256": store.bodies.put(BODY), "bytes": len(BODY), "http_status": 200}
        values |= {"headers": {"content-type": "text/html", "content-encoding": "gzip", "content-length": "12"}}
        db.execute(sa.update(pages.pages).values(**values, request={"user-agent": "Nightdesk", "accept": "text/html"}))
        old = dict(db.execute(sa.select(articles.article_versions)).mappings().one())
        db.execute(sa.update(articles.article_versions).values(is_current=False))
        edited = {**old, "id": old["id"] + 1, "seq": 2, "is_current": True, "text": "Guards opened the gate at noon."}
        db.execute(sa.insert(articles.article_versions).values(**edited))
    return store


@pytest.fixture
def pack(told: Store, tmp_path: Path) -> Path:
    path = tmp_path / "pack.zip"
    assert export_evidence(told, 1, str(path)) == 1
    return path


def changed(pack: Path, name: str, content: bytes | None, to: str = "changed.zip") -> Path:
    """The pack with one member replaced, added, or left out."""
    path = pack.with_name(to)
    with zipfile.ZipFile(pack) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        if content is not None:
            new.writestr(name, content)
    return path


def test_a_pack_holds_pages_texts_versions_facts_and_their_hashes(pack: Path) -> None:
    with zipfile.ZipFile(pack) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        assert set(manifest["members"]) == set(opened.namelist()) - {"manifest.json"}
        for name, about in manifest["members"].items():
            assert hashlib.sha256(opened.read(name)).hexdigest() == about["sha256"]
        assert json.loads(opened.read("facts.json"))[0]["quote"] == "215 people were freed & fed"
        assert json.loads(opened.read("facts.json"))[0]["version"] == 1
        assert [row["seq"] for row in json.loads(opened.read("versions.json"))] == [1, 2]
        assert b"at noon" in opened.read("texts/a1-v2.txt")
        assert json.loads(opened.read("pages.json"))[0]["sha256"] == hashlib.sha256(BODY).hexdigest()
    assert verify(pack) == []


def test_its_archive_is_a_warc_with_request_and_response(pack: Path) -> None:
    with zipfile.ZipFile(pack) as opened, opened.open(WARC) as file:
        assert file.read(10) == b"WARC/1.1\r\n"
    with zipfile.ZipFile(pack) as opened, opened.open(WARC) as file:
        records = [(one.rec_type, one.http_headers, one.content_stream().read()) for one in ArchiveIterator(file)]
    assert [kind for kind, _, _ in records] == ["warcinfo", "request", "response"]
    assert records[1][1].get_header("User-Agent") == "Nightdesk"
    assert records[2][2] == BODY
    assert records[2][1].get_header("Content-Length") == str(len(BODY))
    assert records[2][1].get_header("X-Archive-Orig-Content-Encoding") == "gzip"


def test_its_page_is_escaped_and_needs_no_network(pack: Path) -> None:
    with zipfile.ZipFile(pack) as opened:
        page = opened.read("index.html").decode()
    assert "<script" not in page and "&lt;script" in page
    assert "src=" not in page.replace("src=&quot;", "") and 'href="http' not in page
    assert "215 people were freed &amp; fed" in page
    assert "+ Guards opened the gate at noon." in page


def test_the_same_record_makes_the_same_bytes(told: Store, pack: Path, tmp_path: Path) -> None:
    export_evidence(told, 1, str(tmp_path / "again.zip"))
    assert (tmp_path / "again.zip").read_bytes() == pack.read_bytes()


def test_a_body_that_is_gone_is_named(told: Store, tmp_path: Path) -> None:
    with told.write() as db:
        db.execute(sa.update(pages.pages).values(sha256="f" * 64))
    assert export_evidence(told, 1, str(tmp_path / "p.zip")) == 0
    with zipfile.ZipFile(tmp_path / "p.zip") as opened:
        assert json.loads(opened.read("manifest.json"))["missing_bodies"][0]["sha256"] == "f" * 64
    assert verify(tmp_path / "p.zip") == []


def test_only_a_development_on_record_and_a_zip_will_do(told: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        export_evidence(told, 99, str(tmp_path / "p.zip"))
    with pytest.raises(UsageError):
        export_evidence(told, 1, str(tmp_path / "p.tar"))
    assert not list(tmp_path.glob("*.zip"))


def test_each_changed_missing_or_added_member_is_named(pack: Path) -> None:
    assert [fault.member for fault in verify(changed(pack, "facts.json", b"[]"))] == ["facts.json"]
    assert verify(changed(pack, "articles.json", None)) == [Fault("articles.json", "is missing")]
    assert verify(changed(pack, "extra.txt", b"x")) == [Fault("extra.txt", "is not in the manifest")]
    assert "manifest.json" in {fault.member for fault in verify(changed(pack, "manifest.json", b"{}"))}
    assert "manifest.json" in {fault.member for fault in verify(changed(pack, "manifest.json", None))}


def test_a_forged_page_is_found_even_with_a_forged_manifest(pack: Path) -> None:
    with zipfile.ZipFile(pack) as opened:
        forged = opened.read(WARC).replace(b"215 freed", b"999 freed")
        manifest = json.loads(opened.read("manifest.json"))
    manifest["members"][WARC] = {"sha256": hashlib.sha256(forged).hexdigest(), "bytes": len(forged)}
    path = changed(changed(pack, WARC, forged), "manifest.json", json.dumps(manifest).encode(), "twice.zip")
    faults = {fault.member: fault.reason for fault in verify(path)}
    assert set(faults) == {WARC, "pages.json"}


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/passwd", "a\\b.txt", "texts/../../x.txt", "run.sh", "a\x1b.txt"])
def test_odd_names_are_refused(pack: Path, name: str) -> None:
    assert [fault.reason for fault in verify(changed(pack, name, b"x"))] == ["is an odd name"]


def test_a_bomb_is_refused_before_it_is_unpacked(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightdesk.verify._LARGEST", 1 << 20)
    faults = verify(changed(pack, "bomb.txt", b"\x00" * (2 << 20)))
    assert ["unpacks to more" in fault.reason for fault in faults] == [True]


def test_what_is_no_zip_is_said(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"PK\x03\x04 nonsense")
    assert "no zip file" in verify(tmp_path / "p.zip")[0].reason
