"""An invented case in four stages, and news that is like it and is not of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipeline.profile import Profile
from pipeline.values import Fact
from tests.reports import NOON, Newsroom, count, day, place, profile


@dataclass(frozen=True)
class Told:
    """One stage as it is reported, so many days after the first."""

    url: str
    days: int
    title: str
    text: str
    events: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    topics: tuple[str, ...] = ("scam_centres",)
    language: str = "en"
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return NOON + timedelta(days=self.days)

    def profile(self) -> Profile:
        return profile(
            self.text, self.facts, title=self.title, events=self.events, topics=self.topics, at=self.at,
            language=self.language,
        )  # fmt: skip

    def publish(self, newsroom: Newsroom) -> int:
        return newsroom.publish(
            self.url, self.text, self.facts, title=self.title, events=self.events, topics=self.topics,
            after=24 * self.days, language=self.language, **self.options,
        )  # fmt: skip


ARREST = Told(
    "https://one.example/arrest",
    0,
    "Alleged boss of the Copper Lantern held",
    """Officers in Port Elling, Cambodia, arrested Tang Rongde on Monday, the man they say owns the Copper Lantern,
a hotel where foreigners were made to sell invented shares. He was led out of a villa by the harbour with
two bodyguards. The rooms above held rows of telephones, and a ledger lists 4,318 victims by name.""",
    ("arrest_handover",),
    (place("Port Elling", "KH"), day("2026-10-12"), count(3, "suspects")),
)
EXTRADITION = Told(
    "https://two.example/flight",
    60,
    "Tang Rongde flown out in handcuffs",
    """A charter plane carried Tang Rongde out of Cambodia on Friday after a judge allowed his extradition.
Neighbours of the Copper Lantern in Port Elling watched the convoy leave. He had been in a cell since his
arrest of 12 October, and denies that the hotel was his.""",
    ("arrest_handover",),
    (place("Port Elling", "KH"), day("2026-12-11"), day("2026-10-12")),
)
SENTENCE = Told(
    "https://three.example/court",
    200,
    "Twenty years for Tang Rongde",
    """A court sentenced Tang Rongde to twenty years for running a house of fraud in Cambodia. Judges said that the
Copper Lantern had ruined 4,318 people. Two of his bodyguards were given four years each. He may appeal
within a month.""",
    ("prosecution_sentence",),
    (day("2027-04-30"), count(4318, "victims", status="background", leading=False)),
)
#: The same town, the same kind of act, another man.
ANOTHER_ARREST = Told(
    "https://one.example/another",
    40,
    "Recruiter held at the ferry",
    """Officers in Port Elling, Cambodia, arrested a recruiter at the ferry on Saturday. They say that she sent
young men to hotels where foreigners were made to sell invented shares. Her telephone is being read, and her
brother is wanted.""",
    ("arrest_handover",),
    (place("Port Elling", "KH"), day("2026-11-21"), count(1, "suspects")),
)
CASE = (ARREST, EXTRADITION, SENTENCE)


def pact(days: int, act: str, title: str, text: str) -> Told:
    """A stage of the dealings between the police of two states."""
    return Told(f"https://isles.example/{act}-{days}", days, title, text, (act,), topics=("overseas_policing",))


PACT_SIGNED = pact(
    0, "policing_agreement", "Samoa and China sign a police pact",
    """The ministers of Samoa and China put their names to a pact on policing in Apia. China will send teachers and
Samoa will send cadets, the text says. Nobody had seen it before the pens were out.""",
)  # fmt: skip
PACT_FROZEN = pact(
    100, "scrutiny_suspension", "Samoa puts Chinese deal on ice",
    """Samoa will not carry out what it agreed with China on policing until parliament has read every page, the
cabinet said. The Chinese embassy in Apia answered that it respects Samoa.""",
)  # fmt: skip
#: Another host, the same words.
OTHER_PACT = pact(
    30, "policing_agreement", "Tonga and China sign a police pact",
    """The ministers of Tonga and China put their names to a pact on policing in Nuku'alofa. China will send
teachers and Tonga will send cadets, the text says. Nobody had seen it before the pens were out.""",
)  # fmt: skip
