"""Stand-ins for what other rooms are about to bring."""

from __future__ import annotations


def parse_query(query: str) -> object:
    """Until core.query is there."""
    from core.errors import QueryError

    if query.count('"') % 2:
        raise QueryError("the quotation mark is not closed", query, query.rindex('"'))
    return query


def load_topics() -> dict[str, tuple[str, ...]]:
    return {
        "scam_centres": (
            "rescue_release repatriation raid arrest_handover prosecution_sentence execution supply_cut"
            " sanctions_seizure demolition trafficking_abuse"
        ).split(),  # type: ignore[dict-item]
        "overseas_policing": "police_training liaison_deployment joint_patrol".split(),  # type: ignore[dict-item]
    }
