"""What machines ask of the pages."""

from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient


def test_health_is_ok_until_the_file_store_is_gone(visitor: TestClient, office: Any) -> None:
    assert (visitor.get("/healthz").status_code, visitor.get("/healthz").text) == (200, "ok\n")
    for path in sorted(office.store.folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    office.store.folder.rmdir()
    broken = visitor.get("/healthz")
    assert broken.status_code == 503 and "kho tệp" in broken.text


def test_health_says_when_the_database_is_away(visitor: TestClient, office: Any) -> None:
    office.database.close()
    for left in office.settings.data.glob("congvan.sqlite3*"):
        left.unlink()
    (office.settings.data / "congvan.sqlite3").mkdir()  # nothing can be opened or made there
    assert visitor.get("/healthz").status_code == 503


def test_figures_are_given_to_this_host_only(full_office: Any, app: Starlette) -> None:
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as here:
        text = here.get("/metrics").text
        assert "congvan_drafts_waiting 1.0" in text and "congvan_entries 118.0" in text
        assert "congvan_held_waiting 5.0" in text and "congvan_mailboxes_stopped 1.0" in text
        assert here.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    elsewhere = TestClient(app, base_url="http://127.0.0.1", client=("10.0.0.9", 5000))
    assert elsewhere.get("/metrics").status_code == 404
