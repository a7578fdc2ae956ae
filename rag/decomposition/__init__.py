"""Questions of several parts: split by rules, answered part by part, joined again."""
