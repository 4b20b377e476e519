"""The clerk's own rules: what a letter's sender, subject, files and words say about its entry (FEATURES A8)."""
