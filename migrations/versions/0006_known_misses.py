"""What somebody asked about because nobody was told of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "known_misses",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("mend", Json, nullable=False),
        sa.Column("watch", sa.Text(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("last_asked_at", Moment, nullable=False),
        sa.Column("checked_at", Moment, nullable=False),
        sa.Column("mended_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_misses")),
        sa.UniqueConstraint("key", name=op.f("uq_known_misses_key")),
    )


def downgrade() -> None:
    op.drop_table("known_misses")
