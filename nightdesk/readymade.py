"""Watches that many want, ready to be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ReadyMade:
    """One of them: what it is called, and what it asks as a watch of that name."""

    name: str
    title: str
    asks: Mapping[str, Any] = field(default_factory=dict)

    def given(self) -> dict[str, Any]:
        """As somebody would give it."""
        return {"name": self.name, **self.asks}


def _of(name: str, title: str, topic: str, *events: str, **more: Any) -> ReadyMade:
    return ReadyMade(name, title, {"topics": [topic], "events": list(events), **more})


READY_MADE = (
    _of("rescues", "Rescues and repatriations from scam centres", "scam_centres", "rescue_release", "repatriation"),
    _of(
        "raids",
        "Raids, arrests and power cuts",
        "scam_centres",
        "raid",
        "arrest_handover",
        "supply_cut",
        "demolition",
    ),
    _of(
        "verdicts",
        "Verdicts, sanctions and seizures",
        "scam_centres",
        "prosecution_sentence",
        "execution",
        "sanctions_seizure",
    ),
    _of("police-aid", "Police training and equipment abroad", "overseas_policing", "police_training", "equipment_aid"),
    _of(
        "stations",
        "Overseas police stations and scrutiny",
        "overseas_policing",
        "overseas_station",
        "scrutiny_suspension",
    ),
    _of(
        "officers-abroad",
        "Agreements, joint patrols and officers posted abroad",
        "overseas_policing",
        "policing_agreement",
        "joint_patrol",
        "liaison_deployment",
    ),
    _of("fugitives", "Extraditions and fugitives", "overseas_policing", "extradition_fugitive"),
)


def named(name: str) -> ReadyMade | None:
    return next((one for one in READY_MADE if one.name == name), None)
