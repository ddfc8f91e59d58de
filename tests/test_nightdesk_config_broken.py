"""Broken configurations: each ends with exit 78 and a line of file, key and what is wrong, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightdesk.cli.main import run

SOURCE = '[[source]]\nname = "post"\nkind = "feed"\nurl = "https://post.example/rss"\n'
WATCH = '[[watch]]\nname = "releases"\ntopics = ["scam_centres"]\n'
CHANNEL = '[channel.desk]\nurl = "json://hook.example/"\n'

#: what is wrong -> (the file, the key that is named, words that are said)
BROKEN: dict[str, tuple[str, str, str]] = {
    "key_without_value": ("data_dir =\n", "data_dir", "line 1"),
    "text_without_quotes": ("timezone = Asia/Bangkok\n", "timezone", "quotes"),
    "python_true": ("[[watch]]\nname = 'a'\nurgent = True\n", "urgent", "write true"),
    "yaml_instead_of_toml": ("timezone: UTC\n", "", "key = value"),
    "key_twice": ('timezone = "UTC"\ntimezone = "UTC"\n', "timezone", "line 2"),
    "header_not_closed": ("[database\n", "", "line 1"),
    "text_not_closed": ('data_dir = "data\n', "data_dir", "line 1"),
    "unknown_section": ('[databse]\nurl = "x"\n', "databse", 'did you mean "database"?'),
    "unknown_top_key": ('time_zone = "UTC"\n', "time_zone", 'did you mean "timezone"?'),
    "unknown_key_in_watch": (WATCH + 'topic = ["scam_centres"]\n', "watch.releases.topic", 'did you mean "topics"?'),
    "unknown_key_in_source": (SOURCE + 'langauge = "en"\n', "source.post.langauge", 'did you mean "language"?'),
    "unknown_key_in_channel": (CHANNEL + "stormcap = 3\n", "channel.desk.stormcap", 'did you mean "storm_cap"?'),
    "unknown_key_in_crawl": ('[crawl]\ncontcat = "a@example.org"\n', "crawl.contcat", 'did you mean "contact"?'),
    "unknown_key_in_retention": ("[retention]\nmax_bg = 3\n", "retention.max_bg", 'did you mean "max_gb"?'),
    "text_for_a_list": (WATCH + 'events = "raid"\n', "watch.releases.events", "must be a list"),
    "text_for_a_number": (WATCH + 'minimum_sources = "2"\n', "watch.releases.minimum_sources", "whole number"),
    "text_for_a_truth": (WATCH + 'urgent = "yes"\n', "watch.releases.urgent", "true or false"),
    "number_for_a_text": ("data_dir = 5\n", "data_dir", "text in quotes"),
    "number_for_a_duration": (WATCH + "group_wait = 60\n", "watch.releases.group_wait", "as in"),
    "list_for_a_table": ("crawl = []\n", "crawl", "must be a table"),
    "table_for_a_list": ("[watch]\nname = 'a'\n", "watch", "two brackets"),
    "duration_without_unit": ('max_age = "7"\n', "max_age", "not a duration"),
    "duration_of_zero": ('max_age = "0s"\n', "max_age", "more than 0s"),
    "duration_beyond_reason": ('max_age = "99999999999999w"\n', "", "longer than any span"),
    "unknown_time_zone": ('timezone = "Asia/Bankok"\n', "timezone", 'did you mean "Asia/Bangkok"?'),
    "time_zone_that_is_a_folder": ('timezone = "Asia"\n', "timezone", "unknown time zone"),
    "time_zone_that_climbs": ('timezone = "../../etc/passwd"\n', "timezone", "unknown time zone"),
    "unknown_topic": ('[[watch]]\nname="a"\ntopics = ["scam_centers"]\n', "watch.a.topics", '"scam_centres"?'),
    "unknown_event": (WATCH + 'events = ["raids"]\n', "watch.releases.events", 'did you mean "raid"?'),
    "unknown_country": (WATCH + 'countries = ["UK"]\n', "watch.releases.countries", 'unknown country "UK"'),
    "country_in_small_letters": (WATCH + 'countries = ["th"]\n', "watch.releases.countries", 'did you mean "TH"?'),
    "unknown_language": (WATCH + 'languages = ["xx-TH"]\n', "watch.releases.languages", "unknown language"),
    "unknown_channel": (CHANNEL + WATCH + 'channels = ["desks"]\n', "watch.releases.channels", 'did you mean "desk"?'),
    "unknown_source_in_watch": (SOURCE + WATCH + 'sources = ["posts"]\n', "watch.releases.sources", '"post"?'),
    "unknown_operator_channel": ('[operator]\nchannels = ["mail"]\n', "operator.channels", "unknown channel"),
    "unknown_fallback": (CHANNEL + 'fallback = "mail"\n', "channel.desk.fallback", "unknown channel"),
    "channel_stands_in_for_itself": (CHANNEL + 'fallback = "desk"\n', "channel.desk.fallback", "itself"),
    "two_watches_of_one_name": (WATCH + WATCH, "watch.releases.name", "a second watch"),
    "two_sources_of_one_name": (SOURCE + SOURCE, "source.post.name", "a second source"),
    "bad_query": (WATCH + "query = '\"KK Park'\n", "watch.releases.query", "at character"),
    "empty_query": (WATCH + 'query = "  "\n', "watch.releases", "query is empty"),
    "watch_without_filter": ('[[watch]]\nname = "all"\n', "watch.all", "at least one filter"),
    "watch_without_name": ('[[watch]]\ntopics = ["scam_centres"]\n', "watch[1].name", "is missing"),
    "watch_name_with_spaces": ('[[watch]]\nname = "My Watch"\ntopics = ["scam_centres"]\n', "name", "small letters"),
    "unknown_mode": (WATCH + 'mode = "hourly"\n', "watch.releases.mode", "'immediate' or 'digest'"),
    "bad_time_of_day": (WATCH + 'digest_at = "25:00"\n', "watch.releases.digest_at", "time"),
    "no_sources_needed": (WATCH + "minimum_sources = 0\n", "watch.releases.minimum_sources", "at least 1"),
    "source_without_url": ('[[source]]\nname = "post"\nkind = "feed"\n', "source.post.url", "is missing"),
    "source_that_is_a_file": (SOURCE.replace("https://post.example/rss", "file:///etc/passwd"), "source.post.url", ""),
    "source_of_unknown_kind": (SOURCE.replace('"feed"', '"rss"'), "source.post.kind", "'feed'"),
    "source_of_unknown_type": (SOURCE + 'type = "blog"\n', "source.post.type", "'newspaper'"),
    "source_of_unknown_beat": (SOURCE + 'beats = ["scams"]\n', "source.post.beats", "unknown topic"),
    "source_with_bad_pattern": (SOURCE + 'include = "("\n', "source.post.include", "regular expression"),
    "leaving_out_an_unknown_source": ('[crawl]\nsources = ["builtin", "-nowhere"]\n', "crawl.sources", '"-nowhere"'),
    "leaving_out_of_nothing": (SOURCE + '[crawl]\nsources = ["-post"]\n', "crawl.sources", "of nothing"),
    "choosing_an_unknown_source": ('[crawl]\nsources = ["nowhere"]\n', "crawl.sources", "names no source"),
    "variable_not_set": ('[channel.desk]\nurl = "${DESK_URL_NOT_SET}"\n', "channel.desk.url", "DESK_URL_NOT_SET"),
    "bad_variable": ('[channel.desk]\nurl = "${not a name}"\n', "channel.desk.url", "environment variable"),
    "secret_file_missing": ('[channel.desk]\nurl = "file:nowhere.txt"\n', "channel.desk.url", "nowhere.txt"),
    "channel_without_url": ("[channel.desk]\nstorm_cap = 3\n", "channel.desk.url", "is missing"),
    "channel_with_empty_url": ('[channel.desk]\nurl = ""\n', "channel.desk.url", "empty"),
    "bad_rate": (CHANNEL + 'rate = "often"\n', "channel.desk.rate", "20/m"),
    "bad_quiet_hours": (CHANNEL + 'quiet_hours = "at night"\n', "channel.desk.quiet_hours", "22:00-06:00"),
    "unknown_on_unknown": (CHANNEL + 'on_unknown = "drop"\n', "channel.desk.on_unknown", "'hold'"),
    "channel_name_with_capitals": ('[channel.Desk]\nurl = "json://hook.example/"\n', "channel.Desk", "small letters"),
    "database_of_another_kind": ('[database]\nurl = "mysql://root@db.example/x"\n', "database.url", "mysql"),
    "database_without_scheme": ('[database]\nurl = "nightdesk.db"\n', "database.url", "not a database URL"),
    "database_in_memory": ('[database]\nurl = "sqlite://"\n', "database.url", "names no file"),
    "port_beyond_range": ('[web]\nlisten = "127.0.0.1:84000"\n', "web.listen", "65535"),
    "listen_without_port": ('[web]\nlisten = "127.0.0.1"\n', "web.listen", "port"),
    "public_url_without_scheme": ('[web]\npublic_url = "desk.example.org"\n', "web.public_url", "https://"),
    "retention_below_zero": ("[retention]\nmax_gb = -1\n", "retention.max_gb", "more than 0"),
    "no_workers": ("[pipeline]\nworkers = 0\n", "pipeline.workers", "at least 1"),
    "unknown_log_level": ('[log]\nlevel = "loud"\n', "log.level", "'info'"),
    "empty": ("", "", "is empty"),
    "only_blank_lines": ("\n\n  \n", "", "is empty"),
}


def checked(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(["--config", str(path), "check"])
    said = capsys.readouterr()
    assert said.out == ""
    return code, said.err


@pytest.mark.parametrize("wrong", BROKEN)
def test_a_broken_configuration_is_refused_by_file_and_key(
    wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, key, words = BROKEN[wrong]
    path = tmp_path / f"{wrong}.toml"
    path.write_text(text)
    code, said = checked(path, capsys)
    assert code == 78
    assert "Traceback" not in said
    assert path.name in said
    assert key in said
    assert words in said


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('data_dir = "d\xe9p\xf4t"\n'.encode("latin-1"))
    assert checked(path, capsys) == (78, f"{path}: is not UTF-8 text (byte 13) (save it with the encoding UTF-8)\n")


def test_a_folder_is_no_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = checked(tmp_path, capsys)
    assert code == 78
    assert "is a folder" in said


def test_a_file_that_was_asked_for_must_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = checked(tmp_path / "other.toml", capsys)
    assert code == 78
    assert "other.toml: does not exist" in said


def test_bytes_of_another_kind_of_file_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "picture.toml"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    assert checked(path, capsys)[0] == 78


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nightdesk.toml"
    path.write_text('data_dir = "nightdesk.toml"\n')
    code, said = checked(path, capsys)
    assert (code, "data_dir: is a file" in said) == (78, True)


def test_all_mistakes_are_told_at_once_each_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nightdesk.toml"
    path.write_text(
        'timezone = "Mars/Olympus"\nmax_age = "soon"\n\n'
        + WATCH
        + 'topic = []\nevents = ["riot"]\n[web]\nlisten = "x"\n'
    )
    code, said = checked(path, capsys)
    assert code == 78
    for place in (
        "nightdesk.toml:1: timezone",
        ":2: max_age",
        ":7: watch.releases.topic",
        ":8: watch.releases.events",
        ":10: web.listen",
    ):
        assert place in said
    assert len(said.splitlines()) == 5


def test_a_source_file_beside_is_checked_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "other.toml").write_text('name = "other"\nkind = "feed"\nurl = "ftp://other.example/"\n')
    path = tmp_path / "nightdesk.toml"
    path.write_text("[crawl]\nsources = []\n")
    code, said = checked(path, capsys)
    assert code == 78
    assert "other.toml:3: url" in said


def test_a_wrong_variable_is_named_instead_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTDESK_CRAWL__CONTCAT", "desk@example.org")
    monkeypatch.setenv("NIGHTDESK_MAX_AGE", "soon")
    monkeypatch.chdir(tmp_path)
    assert run(["check"]) == 78
    said = capsys.readouterr().err
    assert "environment: NIGHTDESK_CRAWL__CONTCAT" in said and 'did you mean "CONTACT"?' in said
    assert "environment: NIGHTDESK_MAX_AGE" in said


SECRET = "Zaubernuss-4711"


@pytest.mark.parametrize(
    "text",
    [
        '[channel.desk]\nurl = "${DESK_URL}"\nrate = "${DESK_URL}"\n',
        '[channel.desk]\nurl = "file:secret.txt"\nlanguage = 5\n',
        '[database]\nurl = "${DESK_URL}"\n',
        '[database]\nurl = "postgresql://user:${DESK_URL}@db.example:port/x"\n',
        '[web]\npassword = ["${DESK_URL}"]\n',
        '[channel.desk]\nurl = { secret = "${DESK_URL}" }\n',
        'timezone = "${DESK_URL}"\n',
        WATCH + 'mode = "${DESK_URL}"\nquery = "${DESK_URL} AND ("\n',
        SOURCE + 'beats = ["${DESK_URL}"]\n',
    ],
)
def test_a_secret_is_never_repeated(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_URL", SECRET)
    (tmp_path / "secret.txt").write_text(SECRET)
    path = tmp_path / "nightdesk.toml"
    path.write_text(text)
    code, said = checked(path, capsys)
    assert code == 78
    assert SECRET not in said
