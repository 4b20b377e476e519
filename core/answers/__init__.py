"""Answers to senders: receipts, the course of their documents, what goes back to them (C3; Điều 21.2 NĐ 30)."""
