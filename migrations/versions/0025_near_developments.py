"""An index that has all that is asked of recent developments for each article: rows are long, and it need not open them."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_developments_last_news_at", "developments")
    asked = ["last_news_at", "first_news_at", "articles", "merged_into", "updated_at"]
    op.create_index("ix_developments_near", "developments", asked)


def downgrade() -> None:
    op.drop_index("ix_developments_near", "developments")
    op.create_index("ix_developments_last_news_at", "developments", ["last_news_at"])
