"""Giao và xử lý: the leader's desk, each person's work, one task, delegation, orders."""

from dashboard.tasks import acts, approving, delegating, making, mine, ordering, reading, showing

# Fixed paths before those with an id.
routes = [
    *approving.routes, *mine.routes, *making.routes, *delegating.routes, *ordering.routes, *reading.routes,
    *showing.routes, *acts.routes,
]  # fmt: skip
