"""The write path: articles in, followers kept in step. Knows no questions."""
