"""Giao và xử lý: the leader's desk, each person's work, one task, delegation."""

from dashboard.tasks import acts, approving, delegating, making, mine, reading, showing

# Fixed paths before those with an id.
routes = [
    *approving.routes, *mine.routes, *making.routes, *delegating.routes, *reading.routes, *showing.routes, *acts.routes,
]  # fmt: skip
