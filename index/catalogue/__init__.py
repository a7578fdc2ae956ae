"""The catalogue: the only truth about articles, versions, passages, vectors and changes."""
