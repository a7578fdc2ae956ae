"""Runs migrations on the connection that the catalogue hands over."""

from __future__ import annotations

from alembic import context

from index.catalogue.schema import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
