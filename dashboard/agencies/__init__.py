"""Danh bạ cơ quan: the list, one agency, what a clerk changes there, tables in and out."""

from dashboard.agencies import acts, importing, pages

# Fixed paths before those with an id.
routes = [*importing.routes, *pages.routes, *acts.routes]
