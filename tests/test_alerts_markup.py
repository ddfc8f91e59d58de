"""What chat services are told, each played by a local server: in their own markup, escaped, in every language."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from alerts import message
from alerts.senders import service
from alerts.senders.parcel import Answer, Parcel
from alerts.senders.targets import split
from alerts.story import Told
from alerts.style import plain_style
from tests.conftest import START
from tests.receivers import Behaviour, Webhook, says
from tests.services import OK, SERVICES, one_server_for_all
from tests.telling import REPORT, STORY

#: Where each puts its text, and how bold, struck out, a link and a quote are written there.
MARKED = {
    "slack webhook": ("text", ("*{title}*", "~{old}~ → *{new}*", "<{url}|{headline}>", "> {headline}.")),
    "slack bot": ("text", ("*{title}*", "~{old}~ → *{new}*", "<{url}|{headline}>", "> {headline}.")),
    "telegram": (
        "text",
        (
            "<b>{title}</b>",
            "<s>{old}</s> → <b>{new}</b>",
            '<a href="{url}">{headline}</a>',
            "<blockquote>{headline}.</blockquote>",
        ),
    ),
    "matrix": (
        "formatted_body",
        (
            "<strong>{title}</strong>",
            "<del>{old}</del> → <strong>{new}</strong>",
            '<a href="{url}">{headline}</a>',
            "<blockquote>{headline}.</blockquote>",
        ),
    ),
    "discord": ("content", ("**{title}**", "~~{old}~~ → **{new}**", "[{headline}](<{url}>)", "> {headline}.")),
    "mattermost": ("text", ("**{title}**", "~~{old}~~ → **{new}**", "[{headline}](<{url}>)", "> {headline}.")),
}
PLAIN = [name for name in SERVICES if name not in MARKED]
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#news"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    with one_server_for_all(monkeypatch) as server:
        yield server


def content(language: str = "en", headline: str = "Over 200 walk out") -> dict[str, Any]:
    """An update of a figure, as it is frozen."""
    update = Told(alert_id=57, level="update", seq=2, what="figure", old="180", new="215")
    story = replace(STORY, told=(update,), reports=(replace(REPORT, title=headline),), quote=f"{headline}.")
    return message.compose("alert", (story,), UTC, plain_style(language)).as_json()


def tell(internet: Webhook, name: str, told: dict[str, Any], *behaviours: Behaviour, repeat: bool = False) -> Answer:
    address, takes = SERVICES.get(name, (name, says(OK)))
    internet.behaviours = list(behaviours) or [takes]
    return service.send(Parcel(target=split((address,))[0], key="key-1", content=told, repeat=repeat), 10.0, START)


@pytest.mark.parametrize("name", MARKED)
@pytest.mark.parametrize(
    ("language", "new"), [("en", "215 people"), ("th", "215 คน"), ("zh", "215人")], ids=["en", "th", "zh"]
)
def test_a_service_with_markup_is_told_in_it(internet: Webhook, name: str, language: str, new: str) -> None:
    told = content(language)
    assert tell(internet, name, told).result == "accepted"
    where, marks = MARKED[name]
    said = internet.requests[-1].json[where]
    for mark in marks:
        assert (
            mark.format(title=told["title"], old="180", new=new, url=REPORT.url, headline="Over 200 walk out") in said
        ), mark


@pytest.mark.parametrize("name", PLAIN)
def test_a_service_without_markup_is_told_in_plain_words(internet: Webhook, name: str) -> None:
    tell(internet, name, content())
    said = internet.requests[-1].body.decode()
    assert "Over 200 walk out" in said and "180" in said
    assert not any(mark in said for mark in ("**", "~~", "](", "<b>"))


def test_slack_is_told_in_the_message_itself(internet: Webhook) -> None:
    tell(internet, "slack webhook", content())
    posted = internet.requests[-1].json
    assert posted["mrkdwn"] is True and posted["unfurl_links"] is False and "attachments" not in posted
    assert posted["channel"] == "#news"


@pytest.mark.parametrize(
    ("address", "figure"),
    [
        (f"{SLACK}?blocks=yes", "~180~ → *215 people*"),
        (f"{SLACK}?format=text", "180 → 215 people"),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "~180~ → *215 people*"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544?format=text", "180 → 215 people"),
        ("matrixs://t0ken@matrix.example.org?mode=slack", "180 → 215 people"),
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "~~180~~ → **215 people**"),
    ],
)
def test_an_address_may_ask_for_another_form(internet: Webhook, address: str, figure: str) -> None:
    assert tell(internet, address, content(), says(b"ok")).result == "accepted"
    assert f"Figure: {figure}" in json.dumps(internet.requests[-1].json, ensure_ascii=False)


HOSTILE = "12 *freed* _by_ ~no~ `one` from <KK_Park> & <!channel> <@U1> [a](http://evil.example) | @everyone @here"


@pytest.mark.parametrize("name", SERVICES)
def test_no_headline_calls_a_room_or_breaks_a_services_markup(internet: Webhook, name: str) -> None:
    told = {**content(headline=HOSTILE), "title": HOSTILE}
    assert tell(internet, name, told).result == "accepted"
    posted = json.dumps(internet.requests[-1].json, ensure_ascii=False)
    assert not any(call in posted for call in ("@everyone", "@here", "<!channel", "<@U1"))
    assert internet.requests[-1].json.get("parse_mode") in (None, "HTML")


@pytest.mark.parametrize("name", MARKED)
def test_a_hostile_headline_makes_the_same_marks_as_a_harmless_one(internet: Webhook, name: str) -> None:
    where, _ = MARKED[name]
    marks = []
    for headline in ("12 freed by no one", HOSTILE):
        tell(internet, name, {**content(headline=headline), "title": headline})
        marks.append(_marks(name, internet.requests[-1].json[where]))
    assert marks[0] == marks[1]


def _marks(name: str, said: str) -> list[int]:
    """How often each of a service's marks stands in a text, without those that are escaped."""
    if name in ("discord", "mattermost"):
        for sign in "\\`*_[]|<>~&":
            said = said.replace(f"\\{sign}", "")
        said = said.replace("http://evil.example", "")
        return [said.count(sign) for sign in ("*", "_", "~", "`", "[", "](", "<", "http")]
    said = said.replace("<http://evil.example)>", "").replace("http://evil.example", "")
    if name.startswith("slack"):
        return [said.count(sign) for sign in ("*", "_", "~", "`", "<", ">", "|http", "http")]
    return [said.count(sign) for sign in ("<", ">", "href", "<b", "<a", "<s")]


@pytest.mark.parametrize("name", ["telegram", "matrix"])
def test_a_hostile_headline_is_shown_as_it_was_written(internet: Webhook, name: str) -> None:
    tell(internet, name, content(headline=HOSTILE))
    said = html.unescape(internet.requests[-1].json[MARKED[name][0]]).replace("\u200b", "")
    assert HOSTILE in said


def test_discord_calls_nobody_unless_the_address_does(internet: Webhook) -> None:
    tell(internet, "discord", content())
    assert internet.requests[-1].json["allowed_mentions"] == {"parse": []}
    tell(internet, f"{SERVICES['discord'][0]}?ping=@everyone", content())
    assert internet.requests[-1].json["allow_mentions"]["parse"] == ["everyone"]


@pytest.mark.parametrize("name", ["slack webhook", "telegram", "matrix"])
def test_a_long_digest_comes_in_parts_in_a_services_own_markup(internet: Webhook, name: str) -> None:
    report = replace(REPORT, url="https://news.example.org/an/article/with/a/long/address")
    stories = tuple(
        replace(STORY, development_id=n, event_types=(), facts=(), reports=(replace(report, title=f"No {n}."),))
        for n in range(150)
    )
    assert tell(internet, name, message.compose("digest", stories, UTC).as_json()).result == "accepted"
    where, _ = MARKED[name]
    parts = [request.json[where] for request in internet.requests if f'"{where}"' in request.body.decode()]
    assert len(parts) > 1
    assert all(f"No {n}." in "".join(parts) for n in range(150))


def test_a_polite_no_to_the_second_part_is_a_part_taken(internet: Webhook) -> None:
    items = "\n".join(f"- item {number} of a long digest" for number in range(300))
    no = says({"ok": False, "error": "internal_error"})
    heard = tell(internet, "slack bot", {**content(), "markdown": items}, says(OK), no)
    assert (heard.result, "a part" in heard.detail, len(internet.requests)) == ("unknown", True, 2)


@pytest.mark.parametrize("name", MARKED)
def test_a_repeat_and_a_fallback_say_so_in_the_services_markup(internet: Webhook, name: str) -> None:
    told = {**content(), "note": "Sent over b, because *a* did not take it"}
    tell(internet, name, told, repeat=True)
    said = internet.requests[-1].json[MARKED[name][0]]
    assert "may be a repeat" in said and "did not take it" in said and "because *a*" not in _marked_by_us(name, said)


def _marked_by_us(name: str, said: str) -> str:
    return said if name not in ("telegram", "matrix") else ""


@pytest.mark.parametrize("name", MARKED)
def test_a_finding_and_a_test_are_marked_up_too(internet: Webhook, name: str) -> None:
    told = message.test("room_1", START, UTC, "en").as_json()
    tell(internet, name, told)
    said = internet.requests[-1].json[MARKED[name][0]]
    assert MARKED[name][1][0].format(title="")[0] == said.lstrip("<p>")[0] or said.startswith("<")
