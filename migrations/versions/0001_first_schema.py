"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table('bodies',
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_bodies'))
    )
    op.create_table('channels',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('definition', Json, nullable=False),
    sa.Column('created_at', Moment, nullable=False),
    sa.Column('edited_at', Moment, nullable=False),
    sa.Column('retired_at', Moment, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channels')),
    sa.UniqueConstraint('name', name=op.f('uq_channels_name'))
    )
    op.create_table('findings',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('first_at', Moment, nullable=False),
    sa.Column('last_at', Moment, nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('told_at', Moment, nullable=True),
    sa.Column('ended_at', Moment, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_findings'))
    )
    op.create_index('uq_findings_open', 'findings', ['kind', 'subject'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('runs',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('command', sa.Text(), nullable=False),
    sa.Column('owner', sa.Text(), nullable=False),
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('started_at', Moment, nullable=False),
    sa.Column('seen_at', Moment, nullable=False),
    sa.Column('stopped_at', Moment, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs'))
    )
    op.create_index('ix_runs_seen_at', 'runs', ['seen_at'], unique=False)
    op.create_table('sites',
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('not_before', Moment, nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('robots', Json, nullable=True),
    sa.PrimaryKeyConstraint('site', name=op.f('pk_sites'))
    )
    op.create_table('sources',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('country', sa.Text(), nullable=True),
    sa.Column('definition', Json, nullable=False),
    sa.Column('created_at', Moment, nullable=False),
    sa.Column('edited_at', Moment, nullable=False),
    sa.Column('retired_at', Moment, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sources')),
    sa.UniqueConstraint('name', name=op.f('uq_sources_name'))
    )
    op.create_table('threads',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('created_at', Moment, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_threads'))
    )
    op.create_table('watches',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('definition', Json, nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', Moment, nullable=False),
    sa.Column('edited_at', Moment, nullable=False),
    sa.Column('retired_at', Moment, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_watches')),
    sa.UniqueConstraint('name', name=op.f('uq_watches_name'))
    )
    op.create_table('developments',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('lede', sa.Text(), nullable=True),
    sa.Column('topics', Json, nullable=False),
    sa.Column('event_types', Json, nullable=False),
    sa.Column('countries', Json, nullable=False),
    sa.Column('event_date', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('first_found_at', Moment, nullable=False),
    sa.Column('last_found_at', Moment, nullable=False),
    sa.Column('first_news_at', Moment, nullable=False),
    sa.Column('last_news_at', Moment, nullable=False),
    sa.Column('updated_at', Moment, nullable=False),
    sa.Column('articles', sa.Integer(), nullable=False),
    sa.Column('sources', sa.Integer(), nullable=False),
    sa.Column('independent_sources', sa.Integer(), nullable=False),
    sa.Column('first_reporter', sa.Text(), nullable=True),
    sa.Column('thread_id', Id, nullable=True),
    sa.Column('merged_into', Id, nullable=True),
    sa.Column('baseline', sa.Boolean(), nullable=False),
    sa.Column('profile', Json, nullable=True),
    sa.ForeignKeyConstraint(['merged_into'], ['developments.id'], name=op.f('fk_developments_merged_into_developments')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_developments_thread_id_threads')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_developments'))
    )
    op.create_index(op.f('ix_developments_last_found_at'), 'developments', ['last_found_at'], unique=False)
    op.create_index(op.f('ix_developments_last_news_at'), 'developments', ['last_news_at'], unique=False)
    op.create_index(op.f('ix_developments_thread_id'), 'developments', ['thread_id'], unique=False)
    op.create_index(op.f('ix_developments_updated_at'), 'developments', ['updated_at'], unique=False)
    op.create_table('source_states',
    sa.Column('source_id', Id, nullable=False),
    sa.Column('baseline_at', Moment, nullable=True),
    sa.Column('next_visit_at', Moment, nullable=True),
    sa.Column('last_visit_at', Moment, nullable=True),
    sa.Column('last_ok_at', Moment, nullable=True),
    sa.Column('last_new_at', Moment, nullable=True),
    sa.Column('last_full_at', Moment, nullable=True),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('last_modified', sa.Text(), nullable=True),
    sa.Column('body_sha256', sa.Text(), nullable=True),
    sa.Column('interval_s', sa.Float(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('state_at', Moment, nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_source_states_source_id_sources')),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_source_states'))
    )
    op.create_table('visits',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('source_id', Id, nullable=False),
    sa.Column('started_at', Moment, nullable=False),
    sa.Column('finished_at', Moment, nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('http_status', sa.Integer(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('new_items', sa.Integer(), nullable=False),
    sa.Column('baseline', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_visits_source_id_sources')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visits'))
    )
    op.create_index(op.f('ix_visits_source_id'), 'visits', ['source_id'], unique=False)
    op.create_index(op.f('ix_visits_started_at'), 'visits', ['started_at'], unique=False)
    op.create_table('development_countries',
    sa.Column('development_id', Id, nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['development_id'], ['developments.id'], name=op.f('fk_development_countries_development_id_developments')),
    sa.PrimaryKeyConstraint('development_id', 'country', name=op.f('pk_development_countries'))
    )
    op.create_table('interactions',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('development_id', Id, nullable=False),
    sa.Column('actor_country', sa.Text(), nullable=True),
    sa.Column('actor_agency', sa.Text(), nullable=True),
    sa.Column('host_country', sa.Text(), nullable=True),
    sa.Column('host_agency', sa.Text(), nullable=True),
    sa.Column('type', sa.Text(), nullable=True),
    sa.Column('instrument', sa.Text(), nullable=True),
    sa.Column('stage', sa.Text(), nullable=True),
    sa.Column('edition', sa.Text(), nullable=True),
    sa.Column('persons', sa.Float(), nullable=True),
    sa.Column('item', sa.Text(), nullable=True),
    sa.Column('value', sa.Float(), nullable=True),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('event_date', sa.Text(), nullable=True),
    sa.Column('date_precision', sa.Text(), nullable=True),
    sa.Column('best_source', sa.Text(), nullable=True),
    sa.Column('independent_sources', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['development_id'], ['developments.id'], name=op.f('fk_interactions_development_id_developments')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interactions'))
    )
    op.create_index(op.f('ix_interactions_development_id'), 'interactions', ['development_id'], unique=False)
    op.create_table('items',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('source_id', Id, nullable=False),
    sa.Column('visit_id', Id, nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('guid', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('summary', sa.Text(), nullable=True),
    sa.Column('byline', sa.Text(), nullable=True),
    sa.Column('published_at', Moment, nullable=True),
    sa.Column('found_at', Moment, nullable=False),
    sa.Column('baseline', sa.Boolean(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('not_before', Moment, nullable=True),
    sa.Column('ended_at', Moment, nullable=True),
    sa.Column('end_state', sa.Text(), nullable=True),
    sa.Column('end_reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_items_source_id_sources')),
    sa.ForeignKeyConstraint(['visit_id'], ['visits.id'], name=op.f('fk_items_visit_id_visits')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_items')),
    sa.UniqueConstraint('source_id', 'key', name=op.f('uq_items_source_id_key'))
    )
    op.create_index('ix_items_due', 'items', ['not_before'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_items_key', 'items', ['key'], unique=False)
    op.create_index('ix_items_url', 'items', ['url'], unique=False)
    op.create_index(op.f('ix_items_visit_id'), 'items', ['visit_id'], unique=False)
    op.create_table('messages',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('watch_id', Id, nullable=True),
    sa.Column('development_id', Id, nullable=True),
    sa.Column('created_at', Moment, nullable=False),
    sa.Column('frozen_at', Moment, nullable=True),
    sa.Column('content', Json, nullable=True),
    sa.ForeignKeyConstraint(['development_id'], ['developments.id'], name=op.f('fk_messages_development_id_developments')),
    sa.ForeignKeyConstraint(['watch_id'], ['watches.id'], name=op.f('fk_messages_watch_id_watches')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages'))
    )
    op.create_index(op.f('ix_messages_development_id'), 'messages', ['development_id'], unique=False)
    op.create_index('ix_messages_frozen', 'messages', ['channel', 'frozen_at'], unique=False)
    op.create_index('ix_messages_open', 'messages', ['channel', 'watch_id', 'development_id'], unique=False, sqlite_where=sa.text('frozen_at IS NULL'), postgresql_where=sa.text('frozen_at IS NULL'))
    op.create_table('deliveries',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('message_id', Id, nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('recipient_key', sa.Text(), nullable=False),
    sa.Column('idempotency_key', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('not_before', Moment, nullable=False),
    sa.Column('lease_owner', sa.Text(), nullable=True),
    sa.Column('lease_until', Moment, nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('refusals', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('created_at', Moment, nullable=False),
    sa.Column('sent_at', Moment, nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_deliveries_message_id_messages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_deliveries_idempotency_key')),
    sa.UniqueConstraint('message_id', 'recipient_key', name=op.f('uq_deliveries_message_id_recipient_key'))
    )
    op.create_index('ix_deliveries_channel', 'deliveries', ['channel', 'sent_at'], unique=False)
    op.create_index('ix_deliveries_due', 'deliveries', ['state', 'not_before'], unique=False)
    op.create_index('uq_deliveries_in_flight', 'deliveries', ['channel', 'recipient_key'], unique=True, sqlite_where=sa.text("state = 'leased'"), postgresql_where=sa.text("state = 'leased'"))
    op.create_table('pages',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('item_id', Id, nullable=True),
    sa.Column('source_id', Id, nullable=True),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('final_url', sa.Text(), nullable=True),
    sa.Column('fetched_at', Moment, nullable=False),
    sa.Column('found_at', Moment, nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('http_status', sa.Integer(), nullable=True),
    sa.Column('content_type', sa.Text(), nullable=True),
    sa.Column('headers', Json, nullable=True),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('bytes', sa.Integer(), nullable=True),
    sa.Column('refused', sa.Text(), nullable=True),
    sa.Column('given', Json, nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_pages_item_id_items')),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_pages_source_id_sources')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pages'))
    )
    op.create_index(op.f('ix_pages_fetched_at'), 'pages', ['fetched_at'], unique=False)
    op.create_index(op.f('ix_pages_item_id'), 'pages', ['item_id'], unique=False)
    op.create_index(op.f('ix_pages_source_id'), 'pages', ['source_id'], unique=False)
    op.create_index('ix_pages_url', 'pages', ['url'], unique=False)
    op.create_table('articles',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('page_id', Id, nullable=False),
    sa.Column('source_id', Id, nullable=True),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('canonical_url', sa.Text(), nullable=False),
    sa.Column('url_key', sa.Text(), nullable=False),
    sa.Column('outlet', sa.Text(), nullable=True),
    sa.Column('found_at', Moment, nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('duplicate_of', Id, nullable=True),
    sa.ForeignKeyConstraint(['duplicate_of'], ['articles.id'], name=op.f('fk_articles_duplicate_of_articles')),
    sa.ForeignKeyConstraint(['page_id'], ['pages.id'], name=op.f('fk_articles_page_id_pages')),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_articles_source_id_sources')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_articles')),
    sa.UniqueConstraint('url_key', name=op.f('uq_articles_url_key'))
    )
    op.create_index(op.f('ix_articles_found_at'), 'articles', ['found_at'], unique=False)
    op.create_index(op.f('ix_articles_page_id'), 'articles', ['page_id'], unique=False)
    op.create_index(op.f('ix_articles_source_id'), 'articles', ['source_id'], unique=False)
    op.create_table('attempts',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('delivery_id', Id, nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('owner', sa.Text(), nullable=False),
    sa.Column('started_at', Moment, nullable=False),
    sa.Column('handed_at', Moment, nullable=True),
    sa.Column('finished_at', Moment, nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_attempts_delivery_id_deliveries')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts'))
    )
    op.create_index(op.f('ix_attempts_delivery_id'), 'attempts', ['delivery_id'], unique=False)
    op.create_table('article_versions',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('article_id', Id, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('page_id', Id, nullable=False),
    sa.Column('is_current', sa.Boolean(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('byline', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('published_at', Moment, nullable=False),
    sa.Column('published_from', sa.Text(), nullable=False),
    sa.Column('paywalled', sa.Boolean(), nullable=False),
    sa.Column('text_from', sa.Text(), nullable=False),
    sa.Column('words', sa.Integer(), nullable=False),
    sa.Column('text_sha256', sa.Text(), nullable=False),
    sa.Column('signature', Json, nullable=True),
    sa.Column('explained', Json, nullable=True),
    sa.Column('pipeline_version', sa.Integer(), nullable=False),
    sa.Column('created_at', Moment, nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_article_versions_article_id_articles')),
    sa.ForeignKeyConstraint(['page_id'], ['pages.id'], name=op.f('fk_article_versions_page_id_pages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_versions')),
    sa.UniqueConstraint('article_id', 'seq', name=op.f('uq_article_versions_article_id_seq'))
    )
    op.create_index(op.f('ix_article_versions_page_id'), 'article_versions', ['page_id'], unique=False)
    op.create_index(op.f('ix_article_versions_published_at'), 'article_versions', ['published_at'], unique=False)
    op.create_index('uq_article_versions_current', 'article_versions', ['article_id'], unique=True, sqlite_where=sa.text('is_current'), postgresql_where=sa.text('is_current'))
    op.create_table('development_articles',
    sa.Column('article_id', Id, nullable=False),
    sa.Column('development_id', Id, nullable=False),
    sa.Column('joined_at', Moment, nullable=False),
    sa.Column('similarity', sa.Float(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_development_articles_article_id_articles')),
    sa.ForeignKeyConstraint(['development_id'], ['developments.id'], name=op.f('fk_development_articles_development_id_developments')),
    sa.PrimaryKeyConstraint('article_id', name=op.f('pk_development_articles'))
    )
    op.create_index(op.f('ix_development_articles_development_id'), 'development_articles', ['development_id'], unique=False)
    op.create_table('development_changes',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('development_id', Id, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('at', Moment, nullable=False),
    sa.Column('cause_article_id', Id, nullable=True),
    sa.Column('what', sa.Text(), nullable=True),
    sa.Column('old', sa.Text(), nullable=True),
    sa.Column('new', sa.Text(), nullable=True),
    sa.Column('by', sa.Text(), nullable=True),
    sa.Column('facts', Json, nullable=True),
    sa.ForeignKeyConstraint(['cause_article_id'], ['articles.id'], name=op.f('fk_development_changes_cause_article_id_articles')),
    sa.ForeignKeyConstraint(['development_id'], ['developments.id'], name=op.f('fk_development_changes_development_id_developments')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_development_changes')),
    sa.UniqueConstraint('development_id', 'seq', name=op.f('uq_development_changes_development_id_seq'))
    )
    op.create_index(op.f('ix_development_changes_at'), 'development_changes', ['at'], unique=False)
    op.create_table('development_mentions',
    sa.Column('article_id', Id, nullable=False),
    sa.Column('development_id', Id, nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_development_mentions_article_id_articles')),
    sa.ForeignKeyConstraint(['development_id'], ['developments.id'], name=op.f('fk_development_mentions_development_id_developments')),
    sa.PrimaryKeyConstraint('article_id', 'development_id', name=op.f('pk_development_mentions'))
    )
    op.create_index(op.f('ix_development_mentions_development_id'), 'development_mentions', ['development_id'], unique=False)
    op.create_table('page_outcomes',
    sa.Column('page_id', Id, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('article_id', Id, nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('pipeline_version', sa.Integer(), nullable=False),
    sa.Column('at', Moment, nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_page_outcomes_article_id_articles')),
    sa.ForeignKeyConstraint(['page_id'], ['pages.id'], name=op.f('fk_page_outcomes_page_id_pages')),
    sa.PrimaryKeyConstraint('page_id', name=op.f('pk_page_outcomes'))
    )
    op.create_index(op.f('ix_page_outcomes_article_id'), 'page_outcomes', ['article_id'], unique=False)
    op.create_index('ix_page_outcomes_retry', 'page_outcomes', ['page_id'], unique=False, sqlite_where=sa.text("state = 'retry'"), postgresql_where=sa.text("state = 'retry'"))
    op.create_table('signature_bands',
    sa.Column('band', sa.BigInteger(), nullable=False),
    sa.Column('article_id', Id, nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_signature_bands_article_id_articles')),
    sa.PrimaryKeyConstraint('band', 'article_id', name=op.f('pk_signature_bands')),
    sqlite_with_rowid=False
    )
    op.create_table('alerts',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('watch_id', Id, nullable=False),
    sa.Column('change_id', Id, nullable=False),
    sa.Column('development_id', Id, nullable=False),
    sa.Column('article_id', Id, nullable=True),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('why', Json, nullable=False),
    sa.Column('created_at', Moment, nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_alerts_article_id_articles')),
    sa.ForeignKeyConstraint(['change_id'], ['development_changes.id'], name=op.f('fk_alerts_change_id_development_changes')),
    sa.ForeignKeyConstraint(['development_id'], ['developments.id'], name=op.f('fk_alerts_development_id_developments')),
    sa.ForeignKeyConstraint(['watch_id'], ['watches.id'], name=op.f('fk_alerts_watch_id_watches')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts')),
    sa.UniqueConstraint('watch_id', 'change_id', name=op.f('uq_alerts_watch_id_change_id'))
    )
    op.create_index(op.f('ix_alerts_change_id'), 'alerts', ['change_id'], unique=False)
    op.create_index(op.f('ix_alerts_created_at'), 'alerts', ['created_at'], unique=False)
    op.create_index(op.f('ix_alerts_development_id'), 'alerts', ['development_id'], unique=False)
    op.create_table('article_events',
    sa.Column('version_id', Id, nullable=False),
    sa.Column('event_type', sa.Text(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['article_versions.id'], name=op.f('fk_article_events_version_id_article_versions')),
    sa.PrimaryKeyConstraint('version_id', 'event_type', name=op.f('pk_article_events'))
    )
    op.create_table('article_topics',
    sa.Column('version_id', Id, nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['article_versions.id'], name=op.f('fk_article_topics_version_id_article_versions')),
    sa.PrimaryKeyConstraint('version_id', 'topic', name=op.f('pk_article_topics'))
    )
    op.create_table('decisions',
    sa.Column('watch_id', Id, nullable=False),
    sa.Column('change_id', Id, nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', Moment, nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['development_changes.id'], name=op.f('fk_decisions_change_id_development_changes')),
    sa.ForeignKeyConstraint(['watch_id'], ['watches.id'], name=op.f('fk_decisions_watch_id_watches')),
    sa.PrimaryKeyConstraint('watch_id', 'change_id', name=op.f('pk_decisions'))
    )
    op.create_table('facts',
    sa.Column('id', Id, autoincrement=True, nullable=False),
    sa.Column('version_id', Id, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('value', sa.Float(), nullable=True),
    sa.Column('low', sa.Float(), nullable=True),
    sa.Column('high', sa.Float(), nullable=True),
    sa.Column('bound', sa.Text(), nullable=True),
    sa.Column('unit', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('nationality', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('role', sa.Text(), nullable=True),
    sa.Column('place', sa.Text(), nullable=True),
    sa.Column('country', sa.Text(), nullable=True),
    sa.Column('from_country', sa.Text(), nullable=True),
    sa.Column('via_country', sa.Text(), nullable=True),
    sa.Column('to_country', sa.Text(), nullable=True),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('event_date', sa.Text(), nullable=True),
    sa.Column('speaker', sa.Text(), nullable=True),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('leading', sa.Boolean(), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('created_at', Moment, nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['article_versions.id'], name=op.f('fk_facts_version_id_article_versions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_facts'))
    )
    op.create_index(op.f('ix_facts_version_id'), 'facts', ['version_id'], unique=False)
    op.create_table('matches',
    sa.Column('version_id', Id, nullable=False),
    sa.Column('watch_id', Id, nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('fired', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('terms', Json, nullable=True),
    sa.Column('quote', sa.Text(), nullable=True),
    sa.Column('created_at', Moment, nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['article_versions.id'], name=op.f('fk_matches_version_id_article_versions')),
    sa.ForeignKeyConstraint(['watch_id'], ['watches.id'], name=op.f('fk_matches_watch_id_watches')),
    sa.PrimaryKeyConstraint('version_id', 'watch_id', name=op.f('pk_matches'))
    )
    op.create_index('ix_matches_fired', 'matches', ['watch_id', 'version_id'], unique=False, sqlite_where=sa.text('fired'), postgresql_where=sa.text('fired'))
    op.create_table('message_alerts',
    sa.Column('message_id', Id, nullable=False),
    sa.Column('alert_id', Id, nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alerts.id'], name=op.f('fk_message_alerts_alert_id_alerts')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_alerts_message_id_messages')),
    sa.PrimaryKeyConstraint('message_id', 'alert_id', name=op.f('pk_message_alerts'))
    )
    op.create_index(op.f('ix_message_alerts_alert_id'), 'message_alerts', ['alert_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_message_alerts_alert_id'), table_name='message_alerts')
    op.drop_table('message_alerts')
    op.drop_index('ix_matches_fired', table_name='matches', sqlite_where=sa.text('fired'), postgresql_where=sa.text('fired'))
    op.drop_table('matches')
    op.drop_index(op.f('ix_facts_version_id'), table_name='facts')
    op.drop_table('facts')
    op.drop_table('decisions')
    op.drop_table('article_topics')
    op.drop_table('article_events')
    op.drop_index(op.f('ix_alerts_development_id'), table_name='alerts')
    op.drop_index(op.f('ix_alerts_created_at'), table_name='alerts')
    op.drop_index(op.f('ix_alerts_change_id'), table_name='alerts')
    op.drop_table('alerts')
    op.drop_table('signature_bands')
    op.drop_index('ix_page_outcomes_retry', table_name='page_outcomes', sqlite_where=sa.text("state = 'retry'"), postgresql_where=sa.text("state = 'retry'"))
    op.drop_index(op.f('ix_page_outcomes_article_id'), table_name='page_outcomes')
    op.drop_table('page_outcomes')
    op.drop_index(op.f('ix_development_mentions_development_id'), table_name='development_mentions')
    op.drop_table('development_mentions')
    op.drop_index(op.f('ix_development_changes_at'), table_name='development_changes')
    op.drop_table('development_changes')
    op.drop_index(op.f('ix_development_articles_development_id'), table_name='development_articles')
    op.drop_table('development_articles')
    op.drop_index('uq_article_versions_current', table_name='article_versions', sqlite_where=sa.text('is_current'), postgresql_where=sa.text('is_current'))
    op.drop_index(op.f('ix_article_versions_published_at'), table_name='article_versions')
    op.drop_index(op.f('ix_article_versions_page_id'), table_name='article_versions')
    op.drop_table('article_versions')
    op.drop_index(op.f('ix_attempts_delivery_id'), table_name='attempts')
    op.drop_table('attempts')
    op.drop_index(op.f('ix_articles_source_id'), table_name='articles')
    op.drop_index(op.f('ix_articles_page_id'), table_name='articles')
    op.drop_index(op.f('ix_articles_found_at'), table_name='articles')
    op.drop_table('articles')
    op.drop_index('ix_pages_url', table_name='pages')
    op.drop_index(op.f('ix_pages_source_id'), table_name='pages')
    op.drop_index(op.f('ix_pages_item_id'), table_name='pages')
    op.drop_index(op.f('ix_pages_fetched_at'), table_name='pages')
    op.drop_table('pages')
    op.drop_index('uq_deliveries_in_flight', table_name='deliveries', sqlite_where=sa.text("state = 'leased'"), postgresql_where=sa.text("state = 'leased'"))
    op.drop_index('ix_deliveries_due', table_name='deliveries')
    op.drop_index('ix_deliveries_channel', table_name='deliveries')
    op.drop_table('deliveries')
    op.drop_index('ix_messages_open', table_name='messages', sqlite_where=sa.text('frozen_at IS NULL'), postgresql_where=sa.text('frozen_at IS NULL'))
    op.drop_index('ix_messages_frozen', table_name='messages')
    op.drop_index(op.f('ix_messages_development_id'), table_name='messages')
    op.drop_table('messages')
    op.drop_index(op.f('ix_items_visit_id'), table_name='items')
    op.drop_index('ix_items_url', table_name='items')
    op.drop_index('ix_items_key', table_name='items')
    op.drop_index('ix_items_due', table_name='items', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('items')
    op.drop_index(op.f('ix_interactions_development_id'), table_name='interactions')
    op.drop_table('interactions')
    op.drop_table('development_countries')
    op.drop_index(op.f('ix_visits_started_at'), table_name='visits')
    op.drop_index(op.f('ix_visits_source_id'), table_name='visits')
    op.drop_table('visits')
    op.drop_table('source_states')
    op.drop_index(op.f('ix_developments_updated_at'), table_name='developments')
    op.drop_index(op.f('ix_developments_thread_id'), table_name='developments')
    op.drop_index(op.f('ix_developments_last_news_at'), table_name='developments')
    op.drop_index(op.f('ix_developments_last_found_at'), table_name='developments')
    op.drop_table('developments')
    op.drop_table('watches')
    op.drop_table('threads')
    op.drop_table('sources')
    op.drop_table('sites')
    op.drop_index('ix_runs_seen_at', table_name='runs')
    op.drop_table('runs')
    op.drop_index('uq_findings_open', table_name='findings', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('findings')
    op.drop_table('channels')
    op.drop_table('bodies')
