"""The door where mail goes out: outbox, composing, sending, reminders."""
