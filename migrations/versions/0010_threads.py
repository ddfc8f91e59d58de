"""Which developments are stages of one case: why, by what they are found, and what analysts say of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("threads", sa.Column("merged_into", Id, nullable=True))
    op.add_column("developments", sa.Column("thread_reason", sa.Text(), nullable=True))
    op.create_table(
        "thread_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("development_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["development_id"], ["developments.id"], name=op.f("fk_thread_keys_development_id_developments")
        ),
        sa.PrimaryKeyConstraint("key", "development_id", name=op.f("pk_thread_keys")),
    )
    op.create_index("ix_thread_keys_development_id", "thread_keys", ["development_id"])
    op.create_table(
        "thread_pins",
        sa.Column("development_id", Id, nullable=False),
        sa.Column("thread_id", Id, nullable=True),
        sa.Column("ruling_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["development_id"], ["developments.id"], name=op.f("fk_thread_pins_development_id_developments")
        ),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_thread_pins_thread_id_threads")),
        sa.ForeignKeyConstraint(["ruling_id"], ["rulings.id"], name=op.f("fk_thread_pins_ruling_id_rulings")),
        sa.PrimaryKeyConstraint("development_id", name=op.f("pk_thread_pins")),
    )
    op.create_index("ix_thread_pins_thread_id", "thread_pins", ["thread_id"])


def downgrade() -> None:
    op.drop_table("thread_pins")
    op.drop_table("thread_keys")
    op.drop_column("developments", "thread_reason")
    op.drop_column("threads", "merged_into")
