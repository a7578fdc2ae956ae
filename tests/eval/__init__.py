"""Tests of the evaluation suite."""
