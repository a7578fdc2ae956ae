"""What the bot shows, as Block Kit: pure functions from answers to Slack's JSON."""
