"""The read path: question in, cited answer out. Knows no HTTP and no Slack."""
