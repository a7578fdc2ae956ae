"""Furniture out of article text: pure, text to text, cleaning twice is cleaning once."""

from index.cleaning.article import clean

__all__ = ["clean"]
