"""Silences, digests by period, welcomes and reminders; which messages may not wait, and what they are about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.add_column("messages", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("messages", sa.Column("about", Json, nullable=True))
    op.create_table(
        "silences",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", Moment, nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.Column("watch", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("development_id", Id, nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("end_told_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["development_id"], ["developments.id"], name=op.f("fk_silences_development_id_developments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    op.create_table(
        "silenced",
        sa.Column("silence_id", Id, nullable=False),
        sa.Column("alert_id", Id, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["silence_id"], ["silences.id"], name=op.f("fk_silenced_silence_id_silences")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_silenced_alert_id_alerts")),
        sa.PrimaryKeyConstraint("silence_id", "alert_id", "channel", name=op.f("pk_silenced")),
    )
    op.create_index("ix_silenced_alert_id", "silenced", ["alert_id"])
    op.create_table(
        "digests",
        sa.Column("watch_id", Id, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ends_at", Moment, nullable=False),
        sa.Column("began_at", Moment, nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name=op.f("fk_digests_watch_id_watches")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_digests_message_id_messages")),
        sa.PrimaryKeyConstraint("watch_id", "channel", "ends_at", name=op.f("pk_digests")),
    )
    op.create_table(
        "welcomes",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_welcomes_message_id_messages")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_welcomes")),
    )
    op.create_table(
        "reminders",
        sa.Column("watch_id", Id, nullable=False),
        sa.Column("development_id", Id, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name=op.f("fk_reminders_watch_id_watches")),
        sa.ForeignKeyConstraint(
            ["development_id"], ["developments.id"], name=op.f("fk_reminders_development_id_developments")
        ),
        sa.PrimaryKeyConstraint("watch_id", "development_id", "day", name=op.f("pk_reminders")),
    )


def downgrade() -> None:
    for name in ("reminders", "welcomes", "digests", "silenced", "silences"):
        op.drop_table(name)
    for name in ("about", "urgent"):
        op.drop_column("messages", name)
