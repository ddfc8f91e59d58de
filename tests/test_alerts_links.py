"""Links that only the desk can make, for a time."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from alerts.links import ACTIONS, KEY_FILE, LIFETIME, BadLink, ExpiredLink, Links, Wish, read_key
from tests.conftest import START

LINKS = Links(b"k" * 32, "https://desk.example.org/")
WISH = Wish("not_relevant", 56, "desk", START + LIFETIME)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_link_says_what_it_was_made_for(action: str) -> None:
    url = LINKS.url(action, 56, "ana-s_desk", START)  # type: ignore[arg-type]
    assert url.startswith("https://desk.example.org/a/")
    wish = LINKS.read(url.rpartition("/")[2], START + timedelta(days=29))
    assert (wish.action, wish.alert_id, wish.channel) == (action, 56, "ana-s_desk")
    assert wish.until == (START + LIFETIME).replace(microsecond=0).astimezone(UTC)


def test_a_link_ends() -> None:
    with pytest.raises(ExpiredLink):
        LINKS.read(LINKS.token(WISH), START + LIFETIME + timedelta(seconds=1))


def test_no_character_of_a_link_can_be_changed() -> None:
    token = LINKS.token(WISH)
    for place, char in enumerate(token):
        for other in {"a", "7", ".", "_", "-", "Z"} - {char}:
            with pytest.raises(BadLink):
                LINKS.read(token[:place] + other + token[place + 1 :], START)


@pytest.mark.parametrize(
    "token", ["", "r1", "r56.desk.0.", "x" * 500, "r56.desk..", "../../etc/passwd", "r٥٦.desk.1.a"]
)
def test_what_is_no_link_is_refused(token: str) -> None:
    with pytest.raises(BadLink):
        LINKS.read(token, START)


def test_another_desks_key_makes_other_links() -> None:
    with pytest.raises(BadLink):
        Links(b"j" * 32, "https://desk.example.org").read(LINKS.token(WISH), START)


def test_who_has_the_link_has_not_the_form() -> None:
    token = LINKS.token(WISH)
    assert LINKS.form_of(token) not in token
    assert LINKS.is_form_of(token, LINKS.form_of(token))
    assert not LINKS.is_form_of(token, token.rpartition(".")[2])
    assert not LINKS.is_form_of(token, "é")


def test_a_key_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    key = read_key(tmp_path / "data")
    assert len(key) == 32 and key == read_key(tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == [KEY_FILE]


def test_two_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(read_key(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8 and len(set(keys)) == 1


def test_a_broken_key_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(ValueError, match=r"links\.key is no key of links; remove it"):
        read_key(tmp_path)
