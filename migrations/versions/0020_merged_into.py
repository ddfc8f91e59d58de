"""What was merged into a development or a thread is found without a look at every one."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_WHERE = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    for table in ("developments", "threads"):
        op.create_index(f"ix_{table}_merged_into", table, ["merged_into"], sqlite_where=_WHERE, postgresql_where=_WHERE)
