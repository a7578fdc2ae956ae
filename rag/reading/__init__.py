"""Reading: which sentences of the retrieved passages answer the question, if any."""
