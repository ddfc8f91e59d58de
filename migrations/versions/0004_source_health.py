"""What is remembered of a source's behaviour, why it fares as it does, and which lists of findings went out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.add_column("source_states", sa.Column("cause", sa.Text(), nullable=True))
    op.add_column("source_states", sa.Column("memory", Json, nullable=True))
    op.add_column("findings", sa.Column("cause", sa.Text(), nullable=True))
    op.add_column("findings", sa.Column("end_told_at", Moment, nullable=True))
    op.create_table(
        "finding_lists",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_finding_lists")),
    )


def downgrade() -> None:
    op.drop_table("finding_lists")
    for table, column in (
        ("findings", "end_told_at"),
        ("findings", "cause"),
        ("source_states", "memory"),
        ("source_states", "cause"),
    ):
        op.drop_column(table, column)
