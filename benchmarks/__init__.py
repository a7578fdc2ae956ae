"""Measurements and trainings that are run by hand; no part of the installed package."""
