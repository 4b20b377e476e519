"""Backups: a second place where the office lies encrypted, state by state, and the way back from it.

`keys` and `container` encrypt, `vault` knows the place's folders, `snapshot` copies the database while it is in
use, `taking` makes a state, `restoring` brings one back, `marks` remembers how the last runs went.
Source: Quy chế 63/QĐ-SKHCN, Điều 9.3.
"""
