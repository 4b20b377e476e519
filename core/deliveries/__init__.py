"""The outbox: what is to leave the house, how far it got, and what servers said of it (promise 6; FEATURES D7, D8)."""
