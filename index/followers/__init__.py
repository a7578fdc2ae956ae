"""Derived indexes that follow the catalogue's change log; all can be rebuilt from it."""
