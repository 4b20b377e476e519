"""What clerks' corrections teach: proposals for the next letter, each visible, dated and reversible (FEATURES B8)."""
