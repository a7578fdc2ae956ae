"""Files of every kind to documents."""
