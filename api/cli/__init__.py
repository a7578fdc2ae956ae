"""The command line: `quoth`."""
