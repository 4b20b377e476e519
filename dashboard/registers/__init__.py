"""Sổ văn bản đến: reading, printing and checking the book, opening it, voiding an entry."""

from dashboard.registers import acts, book, prints, recovery

routes = [*book.routes, *prints.routes, *acts.routes, *recovery.routes]
