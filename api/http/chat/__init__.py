"""Answers told while they are made: streams of events, and what a conversation says to them."""
