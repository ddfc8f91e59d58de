"""What analysts decided, and which facts no longer stand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rulings",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("article_id", Id, nullable=True),
        sa.Column("development_id", Id, nullable=True),
        sa.Column("watch_id", Id, nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("holds", sa.Boolean(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", Json, nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_rulings_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["development_id"], ["developments.id"], name=op.f("fk_rulings_development_id_developments")
        ),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name=op.f("fk_rulings_watch_id_watches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
    )
    op.create_index("ix_rulings_article_id", "rulings", ["article_id"])
    op.create_index("ix_rulings_development_id", "rulings", ["development_id"])
    op.create_table(
        "pins",
        sa.Column("article_id", Id, nullable=False),
        sa.Column("development_id", Id, nullable=False),
        sa.Column("ruling_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_pins_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["development_id"], ["developments.id"], name=op.f("fk_pins_development_id_developments")
        ),
        sa.ForeignKeyConstraint(["ruling_id"], ["rulings.id"], name=op.f("fk_pins_ruling_id_rulings")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_pins")),
    )
    op.create_index("ix_pins_development_id", "pins", ["development_id"])
    op.add_column("facts", sa.Column("superseded", sa.Text(), nullable=True))
    op.add_column("facts", sa.Column("ruling_id", Id, nullable=True))
    op.add_column("facts", sa.Column("pipeline_version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("matches", sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("matches", "quiet")
    for name in ("pipeline_version", "ruling_id", "superseded"):
        op.drop_column("facts", name)
    op.drop_table("pins")
    op.drop_table("rulings")
