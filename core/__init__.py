"""What the office knows and does. Its only I/O is the database and the file store."""
