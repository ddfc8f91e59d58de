"""A valid configuration, from file and environment, with its paths and secrets filled in."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from core.digest_hour import DigestHour
from core.errors import ConfigError
from nightdesk.cli.main import run
from nightdesk.config import load_config
from nightdesk.settings.reading import find_line

FULL = """
data_dir = "data"
timezone = "Asia/Bangkok"
max_age = "7d"
downtime = "1h"

[database]
url = "sqlite:///data/nightdesk.db"

[crawl]
contact = "desk@example.org"
sources = ["builtin"]

[[source]]
name = "example-post"
title = "Example Post"
kind = "feed"
url = "https://example.org/rss.xml"
language = "en"
country = "TH"
type = "newspaper"
beats = ["scam_centres"]
every = "15m"
delay = "3s"
allow_private = false
verify_tls = true
expect.min_per_week = 5

[[watch]]
name = "releases"
topics = ["scam_centres"]
events = ["rescue_release", "repatriation"]
query = 'place:Myawaddy OR "KK Park"'
countries = ["MM", "TH", "KH"]
languages = []
minimum_sources = 1
channels = ["desk"]
mode = "immediate"
digest_at = "07:30"
group_wait = "60s"
update_interval = "15m"
updates = "all"
urgent = false

[channel.desk]
url = "${DESK_URL}"
language = "en"
quiet_hours = "22:00-06:00"
storm_cap = 30
rate = "20/m"
welcome = true
on_unknown = "resend"
fallback = "mail"

[channel.mail]
url = "file:mail.txt"

[operator]
channels = ["mail"]
heartbeat = ""

[web]
listen = "127.0.0.1:8400"
public_url = ""
trusted_proxies = []
password = "${NIGHTDESK_WEB_PASSWORD}"

[retention]
unmatched_pages = "30d"
max_gb = 20
"""
ENV = {"DESK_URL": "json://hook.example/desk", "NIGHTDESK_WEB_PASSWORD": "correct horse"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "mail.txt").write_text("mailto://desk:word@mail.example.org?to=desk@example.org\n")
    path = tmp_path / "nightdesk.toml"
    path.write_text(FULL)
    return path


def test_every_key_of_the_design_is_read(file: Path) -> None:
    config = load_config(file, ENV)
    assert config.timezone == "Asia/Bangkok"
    assert config.data_dir == file.parent / "data"
    assert config.database_url == f"sqlite:///{file.parent}/data/nightdesk.db"
    assert config.watches[0].digest_at == DigestHour(time(7, 30))
    assert config.watches[0].group_wait == timedelta(seconds=60)
    assert config.own_sources == {"example-post"}
    assert config.channels["desk"].url[0].get_secret_value() == "json://hook.example/desk"
    assert (
        config.channels["mail"].url[0].get_secret_value() == "mailto://desk:word@mail.example.org?to=desk@example.org"
    )


def test_check_says_what_it_found_and_exits_0(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    assert run(["--config", str(file), "check"]) == 0
    said = capsys.readouterr()
    assert "releases" in said.out
    assert "warning: " in said.err and "retention.max_gb has no effect yet" in said.err
    assert "correct horse" not in said.out + said.err


def test_a_secret_does_not_show_in_a_repr(file: Path) -> None:
    assert "hook.example" not in repr(load_config(file, ENV))


def test_without_a_file_the_defaults_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config(None, {})
    assert config.data_dir == tmp_path / "data"
    assert {topic for watch in config.watches for topic in watch.topics} == {"scam_centres", "overseas_policing"}
    assert list(tmp_path.iterdir()) == []


def test_the_environment_wins_over_the_file(file: Path) -> None:
    env = {
        **ENV,
        "NIGHTDESK_TIMEZONE": "Asia/Yangon",
        "NIGHTDESK_DATABASE__URL": "postgresql://desk@db.example/news",
        "NIGHTDESK_CRAWL__SOURCES": "",
        "NIGHTDESK_CHANNEL__DESK__STORM_CAP": "5",
        "NIGHTDESK_CHANNEL__DESK__WELCOME": "False",
        "NIGHTDESK_OPERATOR__CHANNELS": "desk, mail",
        "NIGHTDESK_RETENTION__MAX_GB": "7.5",
    }
    config = load_config(file, env)
    assert config.timezone == "Asia/Yangon"
    assert config.database_url == "postgresql://desk@db.example/news"
    assert [source.name for source in config.sources] == ["example-post"]
    assert (config.channels["desk"].storm_cap, config.channels["desk"].welcome) == (5, False)
    assert config.operator.channels == ("desk", "mail")
    assert config.retention.max_gb == 7.5


def test_a_channel_may_come_from_the_environment_alone() -> None:
    config = load_config(None, {"NIGHTDESK_CHANNEL__DESK__URL": "json://hook.example/a,b", "NIGHTDESK_DEBUG": "1"})
    assert config.channels["desk"].url[0].get_secret_value() == "json://hook.example/a,b"
    assert config.watches[0].channels == ("desk",)
    assert config.warnings == ()


def test_a_variable_that_is_no_key_is_a_warning() -> None:
    (warning,) = load_config(None, {"NIGHTDESK_TIME_ZONE": "UTC"}).warnings
    assert "NIGHTDESK_TIME_ZONE" in warning and "NIGHTDESK_TIMEZONE" in warning


def test_a_channel_that_is_sent_more_than_it_asks_for_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "nightdesk.toml"
    path.write_text(
        '[crawl]\nsources = []\n[channel.desk]\nurl = "json://127.0.0.1/"\nfallback = "phone"\n'
        '[channel.phone]\nurl = "json://127.0.0.1/p"\ndetail = "link"\n'
    )
    fallback, link = load_config(path, {}).warnings
    assert 'channel.desk.fallback: what "phone" sends in its place is full' in fallback
    assert "channel.phone.detail: without web.public_url" in link


def test_files_in_sources_beside_are_active_whatever_crawl_sources_chooses(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "river-daily.toml").write_text(
        'name = "river-daily"\nkind = "feed"\nurl = "https://river.example/rss"\n'
    )
    path = tmp_path / "nightdesk.toml"
    path.write_text("[crawl]\nsources = []\n")
    assert [source.name for source in load_config(path, {}).sources] == ["river-daily"]


def test_no_watch_at_all_must_be_said(tmp_path: Path) -> None:
    path = tmp_path / "nightdesk.toml"
    path.write_text("watch = []\n")
    assert load_config(path, {}).watches == ()


def test_two_dollars_are_one(tmp_path: Path) -> None:
    path = tmp_path / "nightdesk.toml"
    path.write_text('[crawl]\ncontact = "$${NOT_ME}"\nsources = []\n')
    assert load_config(path, {}).crawl.contact == "${NOT_ME}"


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "nightdesk.toml"
    path.write_bytes(b'\xef\xbb\xbftimezone = "UTC"\r\nmax_age = "3d"\r\n')
    assert load_config(path, {}).max_age == timedelta(days=3)


def test_a_mistake_knows_its_line_also_in_the_second_entry() -> None:
    text = "[[watch]]\nname='a'\n\n[[watch]]\nname='b'\nquery='x'\n[channel.desk]\nurl='y'\n[web]\n"
    assert find_line(text, ("watch", 1, "query")) == 6
    assert find_line(text, ("watch", 1, "topics")) == 4
    assert find_line(text, ("channel", "desk", "url")) == 8
    assert find_line(text, ("retention", "max_gb")) is None


def test_what_init_writes_passes_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "desk")]) == 0
    assert run(["--config", str(tmp_path / "desk" / "nightdesk.toml"), "check"]) == 0
    assert "warning" not in capsys.readouterr().err


def test_what_init_shows_in_comments_is_valid_too(tmp_path: Path) -> None:
    """So that taking away the # never makes a mistake."""
    template = Path("nightdesk/template.toml").read_text()
    lines = [
        line.removeprefix("# ") if " = " in line or line.startswith("# [") else line for line in template.splitlines()
    ]
    path = tmp_path / "nightdesk.toml"
    path.write_text("\n".join(line for line in lines if not line.startswith('url = "sqlite')))
    config = load_config(path, ENV)
    assert [watch.name for watch in config.watches] == ["scam-centres", "overseas-policing", "releases"]


def test_init_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "nightdesk.toml").write_text("# mine\n")
    assert run(["init", str(tmp_path)]) == 1
    assert (tmp_path / "nightdesk.toml").read_text() == "# mine\n"
    assert "nothing was changed" in capsys.readouterr().err


def test_one_mistake_in_the_environment_is_an_error_too() -> None:
    with pytest.raises(ConfigError, match="NIGHTDESK_RETENTION__MAX_GB"):
        load_config(None, {"NIGHTDESK_RETENTION__MAX_GB": "many"})
