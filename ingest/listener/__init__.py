"""The second door: mail servers push letters by LMTP or SMTP, and get their 250 only after the commit (promise 2)."""

from ingest.listener.server import Listener, place

__all__ = ["Listener", "place"]
