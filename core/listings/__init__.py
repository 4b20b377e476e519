"""Read models for pages: plain rows by Core queries, never ORM objects."""
