"""Quoth over HTTP. Only this package knows FastAPI."""
