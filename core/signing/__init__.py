"""PDF signatures: what was signed, by whom, and whether it still stands (Điều 5.1)."""
