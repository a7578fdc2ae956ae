"""Public data sets, read in the layouts in which they are published, and scored as they define."""
