"""Answers to senders: who is told what, and what goes back to them."""

from dashboard.answers import policies, returning

routes = [*policies.routes, *returning.routes]
