"""Who does what with whom, as each article tells it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "article_interactions",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("actor_country", sa.Text(), nullable=True),
        sa.Column("actor_agency", sa.Text(), nullable=True),
        sa.Column("host_country", sa.Text(), nullable=True),
        sa.Column("host_agency", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("persons", sa.Float(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("event_date", sa.Text(), nullable=True),
        sa.Column("date_precision", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_versions.id"], name=op.f("fk_article_interactions_version_id_article_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_interactions")),
    )
    op.create_index(op.f("ix_article_interactions_version_id"), "article_interactions", ["version_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_article_interactions_version_id"), table_name="article_interactions")
    op.drop_table("article_interactions")
