"""Whose an item is, where an aggregator brought it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("outlet", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("items", "outlet")
