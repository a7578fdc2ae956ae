"""What people thought of answers, and which articles' words those answers hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("answer_id", sa.String(64), primary_key=True),
        sa.Column("rating", sa.String(8), nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("filters", sa.JSON, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_feedback_rated_at", "feedback", ["rated_at"])
    op.create_table(
        "feedback_articles",
        sa.Column("answer_id", sa.String(64), primary_key=True),
        sa.Column("article_id", sa.String(64), primary_key=True, index=True),
        sa.ForeignKeyConstraint(["answer_id"], ["feedback.answer_id"], ondelete="CASCADE"),
    )


def downgrade() -> None:
    for table in ("feedback_articles", "feedback"):
        op.drop_table(table)
