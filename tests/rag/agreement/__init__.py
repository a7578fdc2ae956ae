"""Tests of `rag.agreement`."""
