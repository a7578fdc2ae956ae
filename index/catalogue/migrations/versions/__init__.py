"""Alembic migrations of the catalogue, run when an archive is opened."""
