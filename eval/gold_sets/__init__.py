"""Gold sets as files: checked, drafted from an archive or from ratings, and counted."""
