"""Thiết bị được nhớ: signing in by a device's key, adding, naming and forgetting devices (E16)."""

from dashboard.passkeys import devices, entering

routes = [*entering.routes, *devices.routes]
