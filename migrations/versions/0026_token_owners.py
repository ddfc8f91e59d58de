"""Whose each token is: with whom it ends. Of those there are, whoever made it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tokens", sa.Column("owner", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE tokens SET owner = created_by")


def downgrade() -> None:
    op.drop_column("tokens", "owner")
