"""Passkeys: devices that a person has the office remember, and signing in by them beside the password (E16)."""
