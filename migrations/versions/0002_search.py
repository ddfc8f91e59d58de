"""The index of words: FTS5 on SQLite, a tsvector with GIN on Postgres."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# An id carries the minute of publication in its upper bits, so that walking ids backwards is newest first.
_SQLITE = (
    """
    CREATE TABLE search_rows (
        id INTEGER NOT NULL PRIMARY KEY,
        article_id INTEGER UNIQUE REFERENCES articles (id) ON DELETE SET NULL,
        folding INTEGER NOT NULL
    )
    """,
    # Without content of its own: texts are kept once, in article_versions. Rows are never changed, only left behind.
    """
    CREATE VIRTUAL TABLE search_index USING fts5 (
        title, text, url, content = '', columnsize = 0, detail = full, tokenize = 'ascii'
    )
    """,
)
_POSTGRES = (
    """
    CREATE TABLE search_rows (
        id BIGINT PRIMARY KEY,
        article_id BIGINT UNIQUE REFERENCES articles (id) ON DELETE CASCADE,
        folding INTEGER NOT NULL,
        kept SMALLINT NOT NULL,
        terms TSVECTOR NOT NULL
    )
    """,
    "CREATE INDEX ix_search_rows_terms ON search_rows USING gin (terms)",
    "CREATE INDEX ix_search_rows_kept ON search_rows (kept) WHERE kept < 2",
)


def upgrade() -> None:
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.execute("DROP TABLE search_rows")
