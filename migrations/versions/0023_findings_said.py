"""What a finding says by code and values, for languages other than English; older findings keep their text alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("findings", sa.Column("said", Json, nullable=True))


def downgrade() -> None:
    op.drop_column("findings", "said")
