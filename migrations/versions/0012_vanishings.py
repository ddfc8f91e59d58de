"""Pages that vanished, and which of them are on record as a change."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "vanishings",
        sa.Column("article_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_vanishings_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_vanishings")),
    )
    op.create_index(
        "ix_revisits_gone",
        "revisits",
        ["gone_at"],
        sqlite_where=sa.text("gone_at IS NOT NULL"),
        postgresql_where=sa.text("gone_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_revisits_gone", table_name="revisits")
    op.drop_table("vanishings")
