"""Conversations that somebody asked to keep, and which articles' words they hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("conversation_id", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(64)),
        sa.Column("title", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_conversations_owner_updated_at", "conversations", ["owner", "updated_at"])
    op.create_table(
        "conversation_turns",
        sa.Column("conversation_id", sa.String(64), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], ondelete="CASCADE"
        ),
    )
    op.create_table(
        "conversation_articles",
        sa.Column("conversation_id", sa.String(64), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("article_id", sa.String(64), primary_key=True),
        sa.ForeignKeyConstraint(
            ["conversation_id", "ordinal"],
            ["conversation_turns.conversation_id", "conversation_turns.ordinal"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_conversation_articles_article_id", "conversation_articles", ["article_id"])


def downgrade() -> None:
    for table in ("conversation_articles", "conversation_turns", "conversations"):
        op.drop_table(table)
