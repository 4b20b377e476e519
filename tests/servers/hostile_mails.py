"""Mails that stop naive readers."""

HEADER = b"From: a@b.vn\r\nTo: c@d.vn\r\nSubject: x\r\nMessage-ID: <h@b.vn>\r\n"


def nested_multiparts(count: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(count))
    closed = b"".join(b"\r\n--b%d--\r\n" % n for n in reversed(range(count)))
    return HEADER + opened + b"Content-Type: text/plain\r\n\r\nend\r\n" + closed


def many_parts(count: int, part: bytes) -> bytes:
    return HEADER + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + (b"--x\r\n" + part) * count + b"--x--\r\n"


def disposition(parameters: bytes) -> bytes:
    return (
        HEADER + b"Content-Type: application/pdf\r\nContent-Disposition: attachment" + parameters + b"\r\n\r\n%PDF-1.4"
    )


def html(markup: bytes) -> bytes:
    return HEADER + b"Content-Type: text/html\r\n\r\n" + markup


def utf_8(text: str) -> bytes:
    return HEADER + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()


HOSTILE: dict[str, bytes] = {
    "brackets in To": b"To: " + b"(" * 500 + b"<" * 500 + b"\r\n" + HEADER + b"\r\nx",
    "a To of brackets and quotes": b"To: " + b'("<' * 60_000 + b"\r\n" + HEADER + b"\r\nx",
    "a To of commas": b"To: " + b"," * 250_000 + b"\r\n" + HEADER + b"\r\nx",
    "a From of escaped quotes": b"From: " + b'"\\' * 120_000 + b"\r\n" + HEADER + b"\r\nx",
    "comments of escaped quotes": b"To: " + (b"(" + b'"\\' * 1_900 + b",") * 50 + b"\r\n" + HEADER + b"\r\nx",
    "a To of crooked addresses": b"To: " + b'"a" b c <x y@z>>, ' * 10_000 + b"\r\n" + HEADER + b"\r\nx",
    "a name of blanks": b"To: a" + b" " * 200_000 + b"b <c@d>\r\n" + HEADER + b"\r\nx",
    "1,000 nested multiparts": nested_multiparts(1_000),
    "20,000 parts": many_parts(20_000, b"Content-Type: text/plain\r\n\r\na\r\n"),
    "20,000 parts without a blank line": many_parts(20_000, b"X-A: b\r\n"),
    "20,000 files": many_parts(20_000, b"Content-Disposition: attachment; filename=a.bin\r\n\r\nA\r\n"),
    "300 nested mails": HEADER + b"Content-Type: message/rfc822\r\n\r\nSubject: l\r\n" * 300 + b"\r\nend",
    "nested mails around a large body": HEADER
    + b"Content-Type: message/rfc822\r\n\r\nSubject: l\r\n" * 90
    + b"\r\n"
    + b"x" * 6_000_000,
    "an endless boundary hunt": HEADER + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--y\r\n" * 1_500_000,
    "no Message-ID worth the name": b"From: a@b.vn\r\nMessage-ID: <<<>\r\n\r\nx",
    "an unknown charset": HEADER + b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
    "a charset that is none": HEADER + b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"\xe1" * 300_000,
    "an encoded CR LF in From": b"From: =?utf-8?Q?a=0D=0ABcc:_x@y?= <a@b.vn>\r\n\r\nx",
    "8-bit quoted-printable": HEADER + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n\xe1=\xe1=4\xff=" * 9_000,
    "quoted-printable without a line end": HEADER
    + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b"=41" * 2_000_000,
    "a 2 MB header": HEADER + b"X-Big: " + b"a" * 2_000_000 + b"\r\nContent-Type: text/plain\r\n\r\nx",
    "100,000 header fields": HEADER + b"X-A: b\r\n" * 100_000 + b"\r\nx",
    "100,000 folded lines": HEADER + b"X-A: b\r\n" + b" c\r\n" * 100_000 + b"\r\nx",
    "a subject of encoded words": b"Subject: " + b"=?utf-8?Q?=C3?= " * 15_000 + b"\r\n" + HEADER + b"\r\nx",
    "a subject of unclosed words": b"Subject: " + b"=?a?b?" * 40_000 + b"\r\n" + HEADER + b"\r\nx",
    "RFC 2231 by the thousand": disposition(b"".join(b";\r\n filename*%d=a" % n for n in range(20_000))),
    "parameters of semicolons": disposition(b";" * 60_000),
    "parameters of quotes": disposition(b';a="\\' * 15_000),
    "base64 with rubbish": HEADER + b"Content-Transfer-Encoding: base64\r\n\r\nJVBE*&^%\r\n!!!!\r\nA",
    "base64 without line ends": HEADER + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 2_000_000,
    "base64 of padding": HEADER + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"====" * 1_000_000,
    "uuencode of rubbish": HEADER
    + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n"
    + b"\xff\n" * 90_000,
    "a body of marks": utf_8("a" + "\u0301\u0323" * 250_000),
    "a body of marks that are taken apart": utf_8("a" + "\u0f73" * 250_000),
    "a page of marks": html(b"a" + b"&#769;&#803;" * 80_000),
    "a subject of marks": "Subject: a{}\r\n".format("\u0301\u0323" * 60_000).encode() + HEADER + b"\r\nx",
    "a file name of marks": disposition(b';filename="a%b"' % ("\u0301\u0323" * 15_000).encode()),
    "a body of VNI marks": utf_8("Soá aù" + "ù" * 190_000 + " aù bù"),
    "a body of underlines": utf_8("_\n" * 99_000),
    "a body of dashes": utf_8("--\r\n" * 2_000_000),
    "a body of blanks": utf_8("x" + " " * 99_000 + "\t" * 99_000 + "x"),
    "a body of links": utf_8("http://a" * 25_000),
    "a body of one link": utf_8("http://" + "a" * 190_000),
    "a body of half a mark": utf_8("TUYỆT_\n" * 28_000),
    "a subject of signs": b"Subject: " + b"- (" * 80_000 + b"\r\n" + HEADER + b"\r\nx",
    "no headers": b"Kinh gui quy co quan.\r\n",
    "only line ends": b"\r\n" * 500_000,
    "no body": HEADER,
    "NUL bytes": HEADER + b"X-Nul: \x00\r\n\r\n" + b"\x00" * 100_000,
    "bare CR": HEADER.replace(b"\r\n", b"\r") + b"\rbody\rline",
    "bare CR and LF": b"From: a@b.vn\nSubject: bare\rLF\n\nbody\rline",
    "unclosed comments": html(b"<!--" * 200_000),
    "unclosed tags": html(b"<a " * 300_000),
    "endless numbers": html(b"&#" + b"9" * 500_000 + b";"),
    "blanks without end": html(b" " * 900_000 + b"x"),
    "tabs in a plain text": HEADER + b"\r\n" + b"\t" * 900_000 + b"x",
    "a bounce of arrows": b"From: MAILER-DAEMON@b.vn\r\nSubject: failure notice\r\n\r\n" + b"> \n>*-|\n" * 50_000,
    "a bounce of addresses": b"From: MAILER-DAEMON@b.vn\r\nSubject: failure notice\r\n\r\n"
    + b"<a@b.vn> 550\n" * 50_000,
    "a winmail file of lies": HEADER
    + b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\0\0"
    + b"\x02\x05\x90\0\0\x40\0\0\0\xff\xff\xff\xff" * 9,
}
