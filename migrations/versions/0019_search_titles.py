"""On Postgres the words of titles alone: its index of all words does not know where one stands."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_UPGRADE = (
    """
    CREATE TABLE search_titles (
        row_id BIGINT NOT NULL PRIMARY KEY REFERENCES search_rows (id) ON DELETE CASCADE,
        terms TSVECTOR
    )
    """,
    # Of a text too long for places its weights are not known, so neither is its title.
    """
    INSERT INTO search_titles (row_id, terms)
    SELECT id, CASE WHEN kept = 2 THEN ts_filter(terms, '{a}') END FROM search_rows ORDER BY id
    """,
    "CREATE INDEX ix_search_titles_terms ON search_titles USING gin (terms)",
    "CREATE INDEX ix_search_titles_unknown ON search_titles (row_id) WHERE terms IS NULL",
    "ANALYZE search_titles",
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for statement in _UPGRADE:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP TABLE search_titles")
