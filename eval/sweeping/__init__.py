"""Many settings, one gold set: which of them answer best, and at what price in time."""
