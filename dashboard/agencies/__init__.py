"""Danh bạ cơ quan: the list, one agency, what a clerk changes there, tables in and out."""

from dashboard.agencies import acts, pages

# Fixed paths before those with an id.
routes = [*pages.routes, *acts.routes]
