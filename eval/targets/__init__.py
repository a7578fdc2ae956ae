"""What can be evaluated: an engine in this process, or a running Quoth by URL."""
