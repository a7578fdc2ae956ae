"""Tables of the catalogue. Migrations build them; this is what queries are written against."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Facts about the archive itself: its id, and the model that its vectors come from."""

ARTICLES = Table(
    "articles",
    METADATA,
    Column("article_id", String(64), primary_key=True),
    Column("identity_key", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("story_id", String(64), nullable=False, index=True),
)
"""One row an article; `version` is the current one."""

VERSIONS = Table(
    "versions",
    METADATA,
    Column("article_id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("publisher", Text),
    Column("authors", JSON, nullable=False),
    Column("url", Text),
    Column("published_at", Date, index=True),
    Column("published_source", String(32)),
    Column("published_confidence", String(16)),
    Column("content_hash", String(64), nullable=False, index=True),
    Column("signature", LargeBinary, nullable=False),
    Column("ingested_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["article_id"], ["articles.article_id"], ondelete="CASCADE"),
)
"""Every version of every article; superseded ones keep text and metadata, not passages."""

PASSAGES = Table(
    "passages",
    METADATA,
    Column("passage_id", String(96), primary_key=True),
    Column("article_id", String(64), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start_offset", Integer, nullable=False),
    Column("end_offset", Integer, nullable=False),
    Column("sentences", JSON, nullable=False),
    Column("input_hash", String(64), nullable=False, index=True),
    Column("vector", LargeBinary, nullable=False),
    ForeignKeyConstraint(["article_id"], ["articles.article_id"], ondelete="CASCADE"),
)
"""Passages of current versions. `sentences` is [[start, end], …]; `vector` is float16,
little-endian; `input_hash` names the text that was embedded, so that it is embedded once."""

STORY_BANDS = Table(
    "story_bands",
    METADATA,
    Column("band_key", String(40), primary_key=True),
    Column("article_id", String(64), primary_key=True, index=True),
    ForeignKeyConstraint(["article_id"], ["articles.article_id"], ondelete="CASCADE"),
)
"""Locality-sensitive hashing of article texts: articles that share a band may be copies."""

CHANGES = Table(
    "changes",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("article_id", String(64), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    sqlite_autoincrement=True,
)
"""The change log that followers catch up with; `kind` is `put` or `delete`."""

RUNS = Table(
    "ingest_runs",
    METADATA,
    Column("run_id", Integer, primary_key=True, autoincrement=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", JSON, nullable=False),
    Index("ix_ingest_runs_started_at", "started_at"),
)
"""What each ingest did; `refused` is [[origin, reason], …]."""

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("answer_id", String(64), primary_key=True),
    Column("rating", String(8), nullable=False),
    Column("comment", Text),
    Column("question", Text, nullable=False),
    Column("filters", JSON, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("rated_at", DateTime(timezone=True), nullable=False),
    Index("ix_feedback_rated_at", "rated_at"),
)
"""What people thought of answers: `rating` is `up` or `down`, `answer` the whole Answer as it was
given, less the words of articles that were deleted since."""

FEEDBACK_ARTICLES = Table(
    "feedback_articles",
    METADATA,
    Column("answer_id", String(64), primary_key=True),
    Column("article_id", String(64), primary_key=True, index=True),
    ForeignKeyConstraint(["answer_id"], ["feedback.answer_id"], ondelete="CASCADE"),
)
"""Whose words a rated answer holds, so that a deletion finds them."""

CONVERSATIONS = Table(
    "conversations",
    METADATA,
    Column("conversation_id", String(64), primary_key=True),
    Column("owner", String(64)),
    Column("title", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("ix_conversations_owner_updated_at", "owner", "updated_at"),
)
"""Conversations that somebody asked to keep; `owner` is the id of an API key, or nobody's."""

CONVERSATION_TURNS = Table(
    "conversation_turns",
    METADATA,
    Column("conversation_id", String(64), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(
        ["conversation_id"], ["conversations.conversation_id"], ondelete="CASCADE"
    ),
)
"""Questions, numbered from 1; `answer` is the whole Answer as it was given, less the words of
articles that were deleted since."""

CONVERSATION_ARTICLES = Table(
    "conversation_articles",
    METADATA,
    Column("conversation_id", String(64), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("article_id", String(64), primary_key=True, index=True),
    ForeignKeyConstraint(
        ["conversation_id", "ordinal"],
        ["conversation_turns.conversation_id", "conversation_turns.ordinal"],
        ondelete="CASCADE",
    ),
)
"""Whose words a turn holds, so that a deletion finds them."""

API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("key_id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rate_limit", String(64)),
    Column("daily_quota", Integer),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Column("last_used_on", Date),
    Column("requests_that_day", Integer, nullable=False),
)
"""Keys to the HTTP service. `sha256` is of the whole key, in hexadecimal; `scopes` is a list of
names; `requests_that_day` counts those of `last_used_on`, a day in UTC."""
