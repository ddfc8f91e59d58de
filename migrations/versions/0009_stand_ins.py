"""Which message a fallback channel's message stands in for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("messages", sa.Column("stands_in_for", Id, nullable=True))
    op.create_index("uq_messages_stands_in_for", "messages", ["stands_in_for"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_messages_stands_in_for", table_name="messages")
    op.drop_column("messages", "stands_in_for")
