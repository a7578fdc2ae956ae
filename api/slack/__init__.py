"""The Slack bot: asked by mention, message, command or shortcut; answers in place, once."""
