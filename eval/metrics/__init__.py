"""Pure functions from questions, answers and evidence to numbers; `docs/metrics.md` has them."""
