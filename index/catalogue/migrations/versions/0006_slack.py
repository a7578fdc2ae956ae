"""Questions asked in Slack, which articles' words their answers hold, and other events seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEXES = (
    ("state", "leased_until"),
    ("channel", "thread_ts"),
    ("message_channel", "message_ts"),
    ("answer_id",),
    ("asked_at",),
)


def upgrade() -> None:
    op.create_table(
        "slack_questions",
        sa.Column("event_key", sa.Text, primary_key=True),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("asker", sa.String(64), nullable=False),
        sa.Column("thread_ts", sa.String(64)),
        sa.Column("asked_by", sa.String(16), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("context", sa.JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("message_channel", sa.String(64)),
        sa.Column("message_ts", sa.String(64)),
        sa.Column("answer_id", sa.String(64)),
        sa.Column("outcome", sa.String(16)),
        sa.Column("answer", sa.JSON),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    )
    for columns in INDEXES:
        name = "_".join(("ix_slack_questions", *columns))
        op.create_index(name, "slack_questions", list(columns))
    op.create_table(
        "slack_question_articles",
        sa.Column("event_key", sa.Text, primary_key=True),
        sa.Column("article_id", sa.String(64), primary_key=True),
        sa.ForeignKeyConstraint(["event_key"], ["slack_questions.event_key"], ondelete="CASCADE"),
    )
    op.create_index(
        "ix_slack_question_articles_article_id", "slack_question_articles", ["article_id"]
    )
    op.create_table(
        "slack_events",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_slack_events_at", "slack_events", ["at"])


def downgrade() -> None:
    for table in ("slack_events", "slack_question_articles", "slack_questions"):
        op.drop_table(table)
