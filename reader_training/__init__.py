"""Training the extractive reader. Not part of the distribution; see README.md here."""
