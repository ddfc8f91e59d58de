"""The parameters of a saved query by the name that they have everywhere else."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE saved_queries RENAME COLUMN places TO parameters")


def downgrade() -> None:
    op.execute("ALTER TABLE saved_queries RENAME COLUMN parameters TO places")
