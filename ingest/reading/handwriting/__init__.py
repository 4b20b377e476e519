"""Numbers and days that people write or stamp into printed heads of letters, read with their probability."""
