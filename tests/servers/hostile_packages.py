"""edXML packages made to hurt: entities, bombs, thousands of everything, names that are paths, headers that lie."""

import io
import zipfile
from base64 import b64encode

from exchange_packages import Made, Part, header, package, soap, status

BODY = b"%PDF-1.4 " + bytes(range(256)) * 8
_NEW = package(Made(parts=[Part("63.pdf", BODY)]))
_LAUGHS = '<!ENTITY x0 "ha">' + "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 12))
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def hostile_packages() -> dict[str, bytes]:
    """File name -> bytes."""
    texts = {**_entities(), **_crowds(), **_long_ones(), **_liars()}
    return {name: text.encode() if isinstance(text, str) else text for name, text in texts.items()} | _bombs()


def _entities() -> dict[str, str]:
    def declaring(dtd: str) -> str:
        return _NEW.replace(_DECLARATION, f"{_DECLARATION}<!DOCTYPE edXML {dtd}>").replace("V/v", "&x;")

    return {
        "entities laughs.edxml": declaring(f'[{_LAUGHS}<!ENTITY x "&x11;">]'),
        "entities file.edxml": declaring('[<!ENTITY x SYSTEM "file:///etc/passwd">]'),
        "entities net.edxml": declaring('[<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]'),
        "entities parameter.edxml": declaring('[<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]'),
        "entities subset.edxml": declaring('SYSTEM "file:///etc/passwd"'),
        "entities grown.edxml": _NEW.replace("V/v", "&amp;" * 400_000),
        "entities numbers.edxml": _NEW.replace("V/v", "&#65;" * 400_000),
        "entities stray.edxml": _NEW.replace("V/v", "&" * 8_000_000),
    }


def _crowds() -> dict[str, str]:
    answers = "".join(f"<ResponseFor><Code>{n}/A-B</Code></ResponseFor>" for n in range(5_000))
    attributes = " ".join(f"a{n}='1'" for n in range(19_000))
    listed = "".join(f"<Reference><ContentId>cid:{n}</ContentId></Reference>" for n in range(6_000))
    return {
        "crowd of headers.edxml": _NEW.replace("</edXMLHeader>", header(Made(number="9")) * 200 + "</edXMLHeader>"),
        "crowd of files.edxml": package(Made(parts=[Part(f"{n}.pdf", b"x") for n in range(3_000)])),
        "crowd of references.edxml": _NEW.replace("<edXMLManifest>", "<edXMLManifest>" + listed),
        "crowd of answers.edxml": status("03").replace("<StatusCode>", answers + "<StatusCode>"),
        "crowd of recalls.edxml": status("13").replace("<StatusCode>", answers + "<StatusCode>"),
        "crowd of comments.edxml": _NEW.replace("V/v", "a<!---->" * 200_000),
        "crowd of sections.edxml": _NEW.replace("V/v", "<![CDATA[a]]>" * 100_000),
        "crowd of elements.edxml": _NEW.replace("<Content/>", "<Content>" + "<a/>" * 300_000 + "</Content>"),
        "crowd of attributes.edxml": _NEW.replace("<Content/>", f"<Content {attributes}/>" * 20),
        "crowd of sames.edxml": _NEW.replace("<Content/>", "<Content a='1' a='2'/>"),
    }


def _long_ones() -> dict[str, str]:
    return {
        "long comment.edxml": _NEW.replace("<Content/>", f"<!-- {'x' * 1_000_000} -->"),
        "long instruction.edxml": _NEW.replace("<Content/>", f"<?x {'x' * 1_000_000} ?>"),
        "long attribute.edxml": _NEW.replace("<Content/>", f'<Content a="{">" * 1_000_000}"/>'),
        "long name.edxml": _NEW.replace("<Content/>", f"<{'x' * 1_000_000}/>"),
        "long text.edxml": _NEW.replace("V/v", "x y " * 300_000),
        "long section.edxml": _NEW.replace("<Content/>", "<Content><![CDATA[" + "x" * 1_000_000),
        "long junk.edxml": "x" * 1_000_000 + _NEW,
        "long file name.edxml": _NEW.replace("63.pdf", "x" * 700_000),
        "deep within.edxml": _NEW.replace("<Content/>", "<a>" * 100_000),
    }


def _liars() -> dict[str, str | bytes]:
    parts = [
        Part("../../etc/passwd", BODY), Part("C:\\Windows\\x.pdf", BODY), Part("a\u202efdp.pdf", BODY),
        Part("..", BODY), Part("con&#0;.pdf", BODY),
    ]  # fmt: skip
    return {
        "names that are paths.edxml": package(Made(parts=parts)),
        "no namespace.edxml": _NEW.replace(' xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"', ""),
        "unbound prefixes.edxml": soap(Made(parts=[Part("63.pdf", BODY)])).replace("xmlns:", "xmlnx:"),
        "in utf-16.edxml": _NEW.encode("utf-16"),
        "wrong charset.edxml": _NEW.encode("utf-16-le").replace(b"U\0T\0F\0", b"u\0t\0f\0"),
        "latin.edxml": _NEW.encode("utf-8").replace("ả".encode(), b"\xff\xfe\x00"),
        "zeros.edxml": b"\0" * 700_000 + _NEW.encode(),
        "many zeros.edxml": _NEW.encode().replace(b"V/v", b"\0" * 700_000),
        "two roots.edxml": _NEW + _NEW * 50,
    }


def _bombs() -> dict[str, bytes]:
    within = _NEW
    for level in range(12):
        within = package(Made(number=str(level), parts=[Part(f"{level}.edxml", within.encode(), packed=True)]))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("63.pdf", bytes(200 << 20))
    bomb = b64encode(packed.getvalue()).decode()
    many = [Part("63.pdf", encoded=bomb, content_id=str(n)) for n in range(20)]
    locked = bytearray(packed.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    return {
        "bomb within.edxml": package(Made(parts=many)).encode(),
        "bomb of packages.edxml": within.encode(),
        "locked within.edxml": package(Made(parts=[Part("63.pdf", bytes(locked))])).encode(),
        "broken base64.edxml": package(Made(parts=[Part("63.pdf", encoded="JVBE*" * 200_000)])).encode(),
        "empty base64.edxml": package(Made(parts=[Part("63.pdf", encoded=" \n" * 1_000_000)])).encode(),
        "padded base64.edxml": package(Made(parts=[Part("63.pdf", encoded="JV==" * 200_000)])).encode(),
        "cut.edxml": _NEW.encode()[:-700],
    }
