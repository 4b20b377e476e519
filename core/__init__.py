"""What the office knows and does: registers, documents, people, rights. Its only I/O is the database and the file store."""
