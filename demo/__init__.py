"""The embedded office of `congvan demo`: a mail server, accounts, and letters the program makes itself."""
