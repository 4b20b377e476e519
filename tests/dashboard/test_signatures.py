"""The signatures of a draft's files, as the clerk sees them: one line of words, the details behind it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from desk_documents import INVITATION, lay_document
from desk_papers import Paper, lay, open_book
from starlette.testclient import TestClient

from core.files import StoredFile
from core.incoming.tables import IncomingFile
from core.letters import Message, MessageFile
from core.signing.values import Signature, Status, Trust
from dashboard.web import Office

SIGNED_AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
REVOKED_AT, ASKED_AT = SIGNED_AT + timedelta(minutes=15), SIGNED_AT + timedelta(minutes=30)
LEADER = Signature("Nguyễn Văn Mẫu", "UBND tỉnh Lâm Đồng", "Ban Cơ yếu", Status.INTACT, Trust.UNKNOWN, SIGNED_AT)
AGENCY = Signature("UBND tỉnh Lâm Đồng", "UBND tỉnh Lâm Đồng", "Ban Cơ yếu", Status.INTACT, Trust.TRUSTED, SIGNED_AT)


def page_with(office: Office, signed_in: Any, *signatures: Signature) -> str:
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    draft = lay_document(office, INVITATION)
    with office.database.writing() as session:
        session.execute(sa.update(StoredFile).values(signatures=[one.to_json() for one in signatures]))
    return browser.get(f"/den/{draft}").text


def test_one_line_says_whether_they_stand_and_who_signed(office: Office, signed_in: Any) -> None:
    page = page_with(office, signed_in, LEADER, AGENCY)
    summary = "Chữ ký số còn nguyên vẹn: Nguyễn Văn Mẫu, UBND tỉnh Lâm Đồng (chưa rõ nơi cấp chứng thư)"
    assert f"<summary>{summary}</summary>" in page
    assert (
        "<strong>Nguyễn Văn Mẫu</strong>, UBND tỉnh Lâm Đồng: còn nguyên vẹn; chưa rõ nơi cấp chứng thư, "
        "do Ban Cơ yếu cấp; ký 08:30 04/06/2026"
    ) in page


def test_what_does_not_stand_is_said_first(office: Office, signed_in: Any) -> None:
    modified = Signature("Trần Thị Mẫu", "", "", Status.MODIFIED, Trust.UNKNOWN)
    page = page_with(office, signed_in, AGENCY, modified)
    assert "<summary>Chữ ký số có, nhưng tệp bị sửa sau khi ký: Trần Thị Mẫu</summary>" in page
    assert 'class="is-wrong"' in page


def test_a_part_that_was_signed_is_not_called_whole(office: Office, signed_in: Any) -> None:
    page = page_with(office, signed_in, AGENCY, replace(LEADER, status=Status.PARTIAL, is_whole=False))
    assert "<summary>Chữ ký số có, nhưng chỉ ký lên một phần tệp: Nguyễn Văn Mẫu</summary>" in page
    assert 'class="is-wrong"' in page


def test_what_came_beside_a_file_and_on_the_mail_is_said_too(office: Office, signed_in: Any) -> None:
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    draft = lay(office, Paper(1), received_at=office.clock())
    with office.database.writing() as session:
        (file,), letter = session.scalars(sa.select(IncomingFile)).all(), session.scalars(sa.select(Message)).one()
        letter.signatures = [LEADER.to_json()]
        beside = MessageFile(
            message_id=letter.id, position=1, name=file.name, sha256=file.sha256, media_type="application/pdf", size=1,
            signatures=[AGENCY.to_json()],
        )  # fmt: skip
        session.add(beside)
    page = browser.get(f"/den/{draft}").text
    assert "<summary>Chữ ký số còn nguyên vẹn: UBND tỉnh Lâm Đồng</summary>" in page
    assert "<summary>Chữ ký số trên thư còn nguyên vẹn: Nguyễn Văn Mẫu (chưa rõ nơi cấp chứng thư)</summary>" in page


def test_a_file_without_signatures_says_nothing(office: Office, signed_in: Any) -> None:
    assert "Chữ ký số" not in page_with(office, signed_in)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (replace(AGENCY, asked_at=ASKED_AT, is_answered=True), "đã hỏi nơi cấp lúc 09:00 04/06/2026: còn hiệu lực"),
        (replace(AGENCY, asked_at=ASKED_AT), "chưa hỏi được nơi cấp về việc thu hồi"),
        (
            replace(AGENCY, trust=Trust.REVOKED, asked_at=ASKED_AT, is_answered=True, revoked_at=REVOKED_AT),
            "chứng thư đã bị thu hồi từ 08:45 04/06/2026, do Ban Cơ yếu cấp; đã hỏi nơi cấp lúc 09:00 04/06/2026;",
        ),
        (
            replace(AGENCY, asked_at=ASKED_AT, is_answered=True, revoked_at=REVOKED_AT),
            "đã hỏi nơi cấp lúc 09:00 04/06/2026: bị thu hồi từ 08:45 04/06/2026, sau dấu thời gian của chữ ký",
        ),
    ],
)
def test_what_the_issuer_said_is_told(office: Office, signed_in: Any, known: Signature, words: str) -> None:
    assert words in page_with(office, signed_in, known)
