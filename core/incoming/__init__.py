"""Incoming documents (văn bản đến): drafts, their registration, and the way out of the desk."""
