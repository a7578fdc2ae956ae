"""An evaluation as people and other programs read it."""
