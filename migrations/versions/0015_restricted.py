"""Which pages and articles are restricted: kept, and left out of everything that is not asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("pages", "articles"):
        op.add_column(table, sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_articles_restricted",
        "articles",
        ["id"],
        sqlite_where=sa.text("restricted"),
        postgresql_where=sa.text("restricted"),
    )


def downgrade() -> None:
    op.drop_index("ix_articles_restricted", table_name="articles")
    for table in ("articles", "pages"):
        op.drop_column(table, "restricted")
