"""Letters made to hurt: with hostile files, with scripts for every word; more of them from a folder of one's own."""

import base64
import os
from email.message import EmailMessage
from pathlib import Path

from hostile_files import hostile_files
from hostile_pdfs import SCRIPT
from mail_parts import HEADER

MARKUP = SCRIPT.decode() + '"><img src=x onerror="document.title=1"><svg onload=alert(1)>{{7*7}}'


def hostile_letters() -> dict[str, bytes]:
    """What is wrong with it -> the letter.

    The variable HOSTILE names a folder whose mails (.eml) are added as they are, each other file within a letter.
    """
    letters = {name: letter_with(name, data) for name, data in hostile_files().items()}
    folder = os.environ.get("HOSTILE", "")
    for path in sorted(Path(folder).rglob("*")) if folder else ():
        if path.is_file() and path.suffix != ".jsonl":  # a list of what is there, where one lies beside
            data = path.read_bytes()
            letters[str(path.relative_to(folder))] = data if path.suffix == ".eml" else letter_with(path.name, data)
    return letters


def letter_with(name: str, data: bytes) -> bytes:
    """A letter whose one file has this name and these bytes."""
    disposition = "filename*=utf-8''" + "".join(f"%{byte:02x}" for byte in name.encode())
    head = f'{HEADER}Content-Type: multipart/mixed; boundary="=_b"\n\n--=_b\n\nKinh gui\n--=_b\nContent-Type: '
    head += (
        f"application/octet-stream\nContent-Disposition: attachment; {disposition}\nContent-Transfer-Encoding: base64"
    )
    return f"{head}\n\n{base64.encodebytes(data).decode()}--=_b--\n".replace("\n", "\r\n").encode()


def letter_of_scripts() -> bytes:
    """Subject, sender, address, body, file name and file are all markup that wants to run."""
    mail = EmailMessage()
    mail["From"] = f'"{MARKUP.replace(chr(34), "")}" <a@b.vn>'
    mail["To"] = "vanthu@mail.daknong.gov.vn"
    mail["Subject"] = MARKUP
    mail["Message-ID"] = "<script@b.vn>"
    mail.set_content(MARKUP)
    mail.add_alternative(f"<html><body onload=alert(1)>{MARKUP}<a href='javascript:alert(1)'>x</a>", "html")
    for name, kind in ((f"{MARKUP}.svg", "svg+xml"), ("a.html", "html"), ("a.pdf", "pdf")):
        mail.add_attachment(f"<svg xmlns='http://www.w3.org/2000/svg'>{MARKUP}</svg>".encode(), "image", kind,
                            filename=name)  # fmt: skip
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
