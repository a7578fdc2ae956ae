"""Answers that a language model words, from numbered quotes, each sentence checked."""
