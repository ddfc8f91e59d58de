"""A whole place to work in for end-to-end tests: a site, receivers, a configuration, and stories to publish."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.site import Site

CONFIG = """
data_dir = "data"
timezone = "Asia/Bangkok"
{database}
[crawl]
contact = "desk@example.org"
sources = []

[[source]]
name = "harbour-post"
title = "Harbour Post"
kind = "feed"
url = "{site}/rss"
language = "en"
country = "TH"
type = "newspaper"
every = "2s"
delay = "0s"
allow_private = true

[[watch]]
name = "releases"
topics = ["scam_centres"]
query = 'Myawaddy OR Poipet OR Sihanoukville'
channels = ["hook", "mail"]
group_wait = "0s"
update_interval = "0s"

[channel.hook]
welcome = false
url = "{hook}"

[channel.mail]
welcome = false
url = "{mail}"
"""

#: Places, nationalities and days far enough apart that each is a development of its own.
_PLACES = ("Myawaddy", "Poipet", "Sihanoukville")
_PEOPLE = ("Kenyan", "Indonesian", "Brazilian", "Nepali", "Pakistani", "Ethiopian", "Ugandan", "Sri Lankan")


@dataclass(frozen=True)
class Matching:
    """A release that the watch asks for, unlike every other of its series."""

    slug: str
    title: str
    text: str


def matching(number: int) -> Matching:
    """The `number`th release: place, nationality and figure differ from its neighbours'."""
    place, people = _PLACES[number % 3], _PEOPLE[number % 8]
    count = 21 + 17 * number
    title = f"{count} {people} workers freed from scam compound in {place}"
    text = (
        f"{count} {people} nationals were freed from an online scam centre in {place} in an operation run by group "
        f"number {number + 1}, the embassy said.\n\n"
        f"The {people} workers had been forced to run online fraud behind high walls, an official of the embassy said. "
        f"All {count} are being cared for in a shelter run by charity house {number + 1}.\n\n"
        f"Guards at the compound in {place} fled when soldiers arrived, neighbours said."
    )
    return Matching(f"release-{number}", title, text)


OFF_TOPIC = Matching(
    "regatta",
    "Harbour regatta draws forty boats",
    "Forty boats took part in the harbour regatta on Sunday, the club said.\n\nThe race was won by a crew from the "
    "northern quay after a calm start. Light winds kept the fleet together until the last mark.\n\nThe next race is "
    "planned for spring.",
)


def write_config(folder: Path, site: Site, hook: str, mail: str, database: str = "") -> Path:
    path = folder / "nightdesk.toml"
    section = f'[database]\nurl = "{database}"\n' if database else ""
    path.write_text(CONFIG.format(site=site.url, hook=hook, mail=mail, database=section), encoding="utf-8")
    return path
