"""Follow-up questions, and what earlier turns of a conversation say they mean."""
