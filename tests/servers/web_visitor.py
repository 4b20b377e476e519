"""A person at a browser without scripts: signs in with the real form, sends what the pages' forms would send."""

import re
from typing import Any

import httpx2
from office_people import PASSWORD

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Visitor:
    """One signed-in browser of the office served at `address`."""

    def __init__(self, address: str, username: str) -> None:
        self._http = httpx2.Client(base_url=address, timeout=30, follow_redirects=False)
        form = {"csrf": self._csrf("/dang-nhap"), "username": username, "password": PASSWORD}
        answer = self._http.post("/dang-nhap", data=form)
        assert answer.status_code == 303, answer.text

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def page(self, path: str) -> str:
        """The text of a page that is there."""
        answer = self._http.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def status(self, path: str) -> int:
        """What a page answers."""
        return self._http.get(path).status_code

    def send(self, path: str, **fields: Any) -> int:
        """Send a form; returns the status. A list is a field several times."""
        return self._post(path, fields).status_code

    def sent(self, path: str, **fields: Any) -> str:
        """Send a form; returns the page that it answers itself."""
        answer = self._post(path, fields)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def _post(self, path: str, fields: dict[str, Any]) -> httpx2.Response:
        return self._http.post(path, data=fields | {"csrf": self._csrf("/doi-mat-khau")})

    def _csrf(self, path: str) -> str:
        found = _CSRF.search(self._http.get(path).text)
        assert found is not None
        return found[1]
