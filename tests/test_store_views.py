"""The views answer on both engines with the columns of the contract."""

from __future__ import annotations

import sqlalchemy as sa

from store.engine import Store

COLUMNS = {
    "sources_v": "name title kind type url language country state last_visit_at last_new_at next_visit_at articles_7d",
    "watches_v": "name origin mode created_at retired_at",
    "articles_v": "id url canonical_url source outlet title byline language published_at published_from found_at topics"
    " event_types development_id duplicate_of paywalled words sha256 text",
    "developments_v": "id title lede topics event_types countries event_date status first_found_at last_found_at"
    " updated_at articles sources independent_sources first_reporter thread_id merged_into",
    "facts_v": "id development_id article_id kind value low high bound unit status nationality name role place country"
    " from_country via_country to_country currency event_date speaker quote source url published_at confidence origin",
    "matches_v": "article_id watch fired reason",
    "changes_v": "id development_id seq kind origin at cause_article_id what old new by",
    "alerts_v": "id watch development_id change_seq level created_at",
    "deliveries_v": "id message_id kind alert_id channel recipient state attempts not_before created_at sent_at"
    " last_error",
    "message_alerts_v": "message_id alert_id",
    "pages_v": "id url source fetched_at http_status state reason sha256",
    "article_topics_v": "article_id topic",
    "article_events_v": "article_id event_type",
    "development_countries_v": "development_id country",
    "interactions_v": "development_id actor_country actor_agency host_country host_agency type instrument stage edition"
    " persons item value currency event_date date_precision best_source independent_sources",
}


def test_every_view_answers_with_its_columns(store: Store) -> None:
    with store.read() as db:
        found = {name: " ".join(db.execute(sa.text(f"SELECT * FROM {name}")).keys()) for name in COLUMNS}
    assert found == COLUMNS
