"""Checking, drafting and counting gold sets."""
