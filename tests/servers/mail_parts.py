"""Mails built part by part, as agencies' mail programs write them."""

import base64
from collections.abc import Callable

from ingest.letter import Letter

Reader = Callable[[bytes], Letter]

HEADER = (
    "Return-Path: <vanthu@sytdaknong.vn>\n"
    "From: =?utf-8?B?VsSDbiB0aMawIFPhu58gWSB04bq/?= <vanthu@sytdaknong.vn>\n"
    "To: vanthu@mail.daknong.gov.vn\n"
    "Subject: =?utf-8?Q?V/v_b=C3=A1o_c=C3=A1o?=\n"
    "Date: Mon, 01 Jun 2026 08:00:00 +0700\n"
    "Message-ID: <1@sytdaknong.vn>\n"
    "MIME-Version: 1.0\n"
)
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 700


def mixed(*parts: str, header: str = HEADER) -> bytes:
    body = "".join(f"\n--=_b\n{part}" for part in parts)
    return f'{header}Content-Type: multipart/mixed; boundary="=_b"\n\n{body}\n--=_b--\n'.replace("\n", "\r\n").encode()


def pdf_part(name_fields: str, data: bytes = PDF) -> str:
    encoded = base64.encodebytes(data).decode()
    return f"{name_fields}Content-Transfer-Encoding: base64\n\n{encoded}"


def named(parameter: str) -> bytes:
    return mixed(pdf_part(f"Content-Type: application/pdf\nContent-Disposition: attachment; {parameter}\n"))
