"""Possessives. Pure."""

from __future__ import annotations

from rag.reading.terms import terms_of


def owns(after: str) -> bool:
    """Whether "her" is a possessive: a content word follows."""
    following = terms_of(after[:40])
    return bool(following) and not following[0].is_stop_word


def genitive(name: str) -> str:
    """The name as an owner's: "Osk's", "Hayes'"."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"
