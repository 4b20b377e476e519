"""`congvan run` as a real office runs it: its processes, its pages, and a clerk who fills in the form."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import IO

import httpx2
from intake_office import Office

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "Van-Thu-2026-Dak-Nong"


Within = Callable[[list[str]], list[str]]


class Program:
    """`congvan run` on one office. `restart` begins it again after a kill; nothing is repaired in between."""

    def __init__(self, office: Office, log: IO[bytes] | int, within: Within = lambda line: line) -> None:
        """`within` puts a command line into a sandbox."""
        self.port = free_port()
        self._within = within
        self._config = office.home / "congvan.toml"
        self._config.write_text(_toml(office, self.port), encoding="utf-8")
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command of the program on this office to its end."""
        line = self._within([sys.executable, str(ROOT / "congvan.py"), *words, "--config", str(self._config)])
        # In a session of its own, as whatever the supervisor or systemd starts.
        return subprocess.run(line, capture_output=True, text=True, check=False, timeout=300, start_new_session=True)

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        """Start one command of the program on this office."""
        line = self._within([sys.executable, str(ROOT / "congvan.py"), *words, "--config", str(self._config)])
        return subprocess.Popen(line, stdout=self._log, stderr=self._log, start_new_session=True)

    def restart(self) -> None:
        """Start it unless it runs."""
        if self._process is None or self._process.poll() is not None:
            line = self._within([sys.executable, str(ROOT / "congvan.py"), "run", "--config", str(self._config)])
            self._process = subprocess.Popen(line, stdout=self._log, stderr=self._log)

    def pids(self) -> list[int]:
        """The supervisor and every process below it, at this instant."""
        assert self._process is not None
        found = [self._process.pid]
        for pid in found:
            found.extend(_children(pid))
        return found

    def kill(self, pid: int) -> None:
        """SIGKILL; harmless when the process has just ended. A killed supervisor is waited for."""
        assert self._process is not None
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        if pid == self._process.pid:
            self._process.wait(10)

    def wait_for_pages(self, seconds: float = 30) -> None:
        """Wait until the pages answer."""
        end = time.monotonic() + seconds
        while True:
            try:
                httpx2.get(self.url + "/dang-nhap", timeout=2)
            except httpx2.HTTPError:
                assert time.monotonic() < end, "the pages never answered"
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """SIGTERM, as systemd does; everything below ends with it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)


@contextmanager
def running(office: Office, within: Within = lambda line: line) -> Iterator[Program]:
    """Start the program on an office and stop it at the end, whatever happened meanwhile."""
    with (office.home / "congvan.log").open("ab") as log:
        program = Program(office, log, within)
        program.restart()
        try:
            yield program
        except BaseException:
            print(*(office.home / "congvan.log").read_text(errors="replace").splitlines()[-40:], sep="\n")
            raise
        finally:
            program.stop()


class Clerk:
    """One clerk at a browser without JavaScript: reads the form, fills in what is missing, confirms."""

    def __init__(self, url: str, username: str) -> None:
        self._username = username
        self._client = httpx2.Client(base_url=url, follow_redirects=True, timeout=10)

    def close(self) -> None:
        """Leave the desk."""
        self._client.close()

    def sign_in(self) -> None:
        """Log in; also after the sessions of a killed process, which are kept in the database."""
        form = self._form("/dang-nhap", "/dang-nhap")
        if form is not None:
            self._client.post("/dang-nhap", data={**form, "username": self._username, "password": PASSWORD})

    @property
    def cookies(self) -> str:
        """The Cookie header of this clerk's browser."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._client.cookies.jar)

    def page(self, path: str) -> str:
        """What a page says."""
        return self._client.get(path).text

    def confirm_next(self, values: dict[str, str]) -> bool:
        """Confirm the first draft on the desk with these values; False when there is none."""
        page = self._client.get("/den")
        found = re.search(r'/den/(\d+)/vao-so"', page.text)
        if found is None:
            if "/dang-nhap" in str(page.url):
                self.sign_in()
            return False
        action = f"/den/{found.group(1)}/vao-so"
        form = _Forms.of(page.text).get(action)
        if form is None:
            return False
        self._client.post(action, data={**form, **values, "seen": "1"}).raise_for_status()
        return True

    def _form(self, path: str, action: str) -> dict[str, str] | None:
        return _Forms.of(self._client.get(path).text).get(action)


class _Forms(HTMLParser):
    """Every form of a page by its action, with the values its boxes hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._open: dict[str, str] | None = None
        self._by_id: dict[str, dict[str, str]] = {}
        self._area = self._choice = ""

    @classmethod
    def of(cls, page: str) -> dict[str, dict[str, str]]:
        """Read a page."""
        reader = cls()
        reader.feed(page)
        return reader.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = self.found.setdefault(given.get("action", ""), {})
            self._by_id[given.get("id", "")] = self._open
            return
        target = self._by_id.get(given["form"]) if "form" in given else self._open
        if target is None:
            return
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("checkbox", "submit", "file"):
            target[name] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            target[name] = ""
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and "selected" in given:
            target[self._choice] = given.get("value", "")
        elif tag == "button" and "formaction" in given:
            self.found[given["formaction"]] = target

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._choice = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._open is not None:
            self._open[self._area] += data


def _children(pid: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children.extend(int(child) for child in task.read_text().split())
        except FileNotFoundError:
            continue
    return children


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _toml(office: Office, port: int) -> str:
    settings = office.settings
    lines = [
        f'data = "{settings.data}"',
        f'database = "{settings.database}"',
        "[intake]",
        f'spool = "{settings.intake.spool}"',
        f"workers = {settings.intake.workers}",
        "lease_seconds = 10",
        "[dashboard]",
        f"port = {port}",
        "insecure_cookies = true",
    ]
    listener = settings.listener
    if listener.enabled:
        lines += ["[listener]", "enabled = true", f'protocol = "{listener.protocol}"', f"port = {listener.port}"]
        lines += ["[listener.recipients]"] + [
            f'"{address}" = "{book}"' for address, book in listener.recipients.items()
        ]
    for mailbox in settings.mailboxes:
        lines += [
            "[[mailboxes]]",
            f'name = "{mailbox.name}"',
            f'host = "{mailbox.host}"',
            f"port = {mailbox.port}",
            f'ca_file = "{mailbox.ca_file}"',
            f'username = "{mailbox.username}"',
            f'secret_file = "{mailbox.secret_file}"',
        ]
    return "\n".join(lines) + "\n"
