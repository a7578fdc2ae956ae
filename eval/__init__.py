"""The proof: gold sets, metrics, reports."""
