"""Văn bản đến: the clerk's desk, its acts, files, dropped files and paper entered by hand."""

from dashboard.incoming import by_hand, confirm, desk, dropped, files, grouping, likeness

# Fixed paths before those with an id.
routes = [
    *by_hand.routes, *dropped.routes, *desk.routes, *grouping.routes, *likeness.routes, *confirm.routes, *files.routes,
]  # fmt: skip
