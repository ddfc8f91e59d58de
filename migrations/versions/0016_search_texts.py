"""Beside the index of words: what filters ask of an article, narrow, and its text made ready to be searched."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE search_values (
        row_id {id} NOT NULL PRIMARY KEY REFERENCES search_rows (id) ON DELETE CASCADE,
        article_id {id} NOT NULL UNIQUE REFERENCES articles (id) ON DELETE CASCADE,
        version_id {id} NOT NULL REFERENCES article_versions (id) ON DELETE CASCADE,
        language TEXT,
        published_at {moment} NOT NULL
    )
    """,
    # Filled as articles are filed; those from before are packed by and by (store/index.py).
    """
    CREATE TABLE search_texts (
        article_id {id} NOT NULL PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
        folding INTEGER NOT NULL,
        packed {bytes} NOT NULL
    )
    """,
)
_FILL = """
    INSERT INTO search_values (row_id, article_id, version_id, language, published_at)
    SELECT r.id, r.article_id, v.id, v.language, v.published_at
    FROM search_rows r JOIN article_versions v ON v.article_id = r.article_id AND v.is_current
    ORDER BY r.id
"""


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    types = {"id": "INTEGER", "moment": "VARCHAR(27)", "bytes": "BLOB"}
    if not on_sqlite:
        types = {"id": "BIGINT", "moment": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA"}
    for table in _TABLES:
        op.execute(table.format(**types))
    op.execute(_FILL)
    op.execute("CREATE INDEX ix_search_values_language ON search_values (language)")
    if not on_sqlite:
        op.execute("ANALYZE search_values")


def downgrade() -> None:
    op.execute("DROP TABLE search_texts")
    op.execute("DROP TABLE search_values")
