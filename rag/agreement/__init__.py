"""Who says the same, and who says otherwise: from sentences that were read. Pure."""
