"""The door where mail comes in: mailboxes, reading of letters and documents, screening, drafting."""
