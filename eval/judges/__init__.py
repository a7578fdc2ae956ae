"""Language models as judges: apart from the deterministic metrics, and held against them."""
