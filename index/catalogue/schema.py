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

SLACK_QUESTIONS = Table(
    "slack_questions",
    METADATA,
    Column("event_key", Text, primary_key=True),
    Column("team", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("asker", String(64), nullable=False),
    Column("thread_ts", String(64)),
    Column("asked_by", String(16), nullable=False),
    Column("question", Text, nullable=False),
    Column("context", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("owner", Text, nullable=False),
    Column("leased_until", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("message_channel", String(64)),
    Column("message_ts", String(64)),
    Column("answer_id", String(64)),
    Column("outcome", String(16)),
    Column("answer", JSON(none_as_null=True)),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Index("ix_slack_questions_state_leased_until", "state", "leased_until"),
    Index("ix_slack_questions_channel_thread_ts", "channel", "thread_ts"),
    Index("ix_slack_questions_message_channel_message_ts", "message_channel", "message_ts"),
    Index("ix_slack_questions_answer_id", "answer_id"),
    Index("ix_slack_questions_asked_at", "asked_at"),
)
"""Questions asked in Slack, each once. `state` is `claimed` (by `owner`, until `leased_until`),
`answered`, `withdrawn` (with an `owner` until its answer is taken back) or `failed`; `message_ts`
is the reply's; `answer` the whole Answer as it was given, less the words of articles that were
deleted since."""

SLACK_QUESTION_ARTICLES = Table(
    "slack_question_articles",
    METADATA,
    Column("event_key", Text, primary_key=True),
    Column("article_id", String(64), primary_key=True, index=True),
    ForeignKeyConstraint(["event_key"], ["slack_questions.event_key"], ondelete="CASCADE"),
)
"""Whose words an answer in Slack holds, so that a deletion finds them."""

SLACK_EVENTS = Table(
    "slack_events",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_slack_events_at", "at"),
)
"""What else Slack told of, such as a button that was pressed, so that it happens once."""
