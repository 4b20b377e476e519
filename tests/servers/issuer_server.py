"""An HTTP server on 127.0.0.1 as those who give certificates keep one: it answers OCSP and hands out CRLs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]


class IssuerServer:
    """Answers by `pages` (path: what is asked, to what is answered), 404 for others; nobody while it `is_silent`."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[bytes], Answer]] = {}
        self.asked: list[str] = []
        self.is_silent = False
        self._ends = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it is asked, without a path."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def give(self, path: str, data: bytes) -> None:
        """Answer with `data` at `path`."""
        self.pages[path] = lambda _: (200, {}, data)

    def move(self, path: str, to: str) -> None:
        """Send who asks at `path` elsewhere."""
        self.pages[path] = lambda _: (302, {"Location": to}, b"")

    def close(self) -> None:
        """Answer nobody any more."""
        self._ends.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, asked: bytes) -> None:
                server.asked.append(self.path)
                if server.is_silent:
                    server._ends.wait(30)
                    return
                page = server.pages.get(self.path)
                status, headers, data = page(asked) if page else (404, {}, b"")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def issuer_server() -> Iterator[IssuerServer]:
    """A server that is closed at the end."""
    server = IssuerServer()
    try:
        yield server
    finally:
        server.close()
