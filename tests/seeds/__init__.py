"""Tests of the sample archive in `seeds/`."""
