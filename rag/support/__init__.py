"""Whether evidence supports a sentence: figures, dates, names, quoted words, and what is said."""
