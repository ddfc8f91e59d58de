"""Periods of scheduled reports that are told."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "report_periods",
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.Column("began_at", Moment, nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_report_periods_message_id_messages")),
        sa.PrimaryKeyConstraint("report", "ends_at", name=op.f("pk_report_periods")),
    )


def downgrade() -> None:
    op.drop_table("report_periods")
