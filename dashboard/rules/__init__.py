"""Quy tắc: the clerks' own rules, their trial over past letters, on and off (A8)."""

from dashboard.rules import editing, files, ordering, showing

routes = [*files.routes, *editing.routes, *showing.routes, *ordering.routes]
