"""Files with a password, as offices send them: 7-Zip by 7z, RAR written here, PDF, Word."""

import hashlib
import io
import struct
import subprocess
import zlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from docx import Document as new_word_file
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.ecma376_agile import ECMA376Agile

_PDF_PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_SALT, _VECTOR = bytes(range(16)), bytes(range(16, 32))
_ROUNDS = 10  # as a power of two; RAR itself makes 15


def seven_zip(files: Mapping[str, bytes], password: str, *options: str) -> bytes:
    """A locked 7z (or, by -tzip, zip) of 7z itself."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for member, data in files.items():
            (folder / member).write_bytes(data)
        subprocess.run(["7z", "a", "-bd", f"-p{password}", *options, "out", *files], cwd=folder, check=True,
                       capture_output=True)  # fmt: skip
        (made,) = folder.glob("out*")
        return made.read_bytes()


def without_checksums(archive: bytes) -> bytes:
    """A 7z of one stored file whose header tells no checksum."""
    place, size, _ = struct.unpack("<QQL", archive[12:32])
    header = archive[32 + place : 32 + place + size]
    at = header.index(b"\x00\x08\x0a\x01") + 2  # not by two bytes alone: they may stand in the random vector, too
    header = header[:at] + header[at + 6 :]
    head = struct.pack("<QQL", place, len(header), zlib.crc32(header))
    return archive[:8] + struct.pack("<L", zlib.crc32(head)) + head + archive[32 : 32 + place] + header


def rar5(files: Mapping[str, bytes], password: str, records: bytes = b"") -> bytes:
    """A RAR 5 archive of stored files, each locked, with checksums that only the key makes sense of; `records` stand
    before what says that they are locked."""
    word = password.encode()
    key, check = (hashlib.pbkdf2_hmac("sha256", word, _SALT, (1 << _ROUNDS) + more) for more in (0, 32))
    folded = bytes(check[n] ^ check[n + 8] ^ check[n + 16] ^ check[n + 24] for n in range(8))
    lock = b"\x01\x00\x03" + bytes([_ROUNDS]) + _SALT + _VECTOR + folded + hashlib.sha256(folded).digest()[:4]
    extra = records + _number(len(lock)) + lock
    out = b"Rar!\x1a\x07\x01\x00" + block(b"\x01\x00\x00")
    for name, data in files.items():
        packed = _aes(key, _VECTOR, data)
        out += block(
            b"\x02\x03", _number(len(extra)), _number(len(packed)), b"\x04", _number(len(data)), _number(0o100644),
            b"wxyz\x00\x01", _number(len(name.encode())), name.encode(), extra,
        )  # fmt: skip
        out += packed
    return out + block(b"\x05\x00\x00")


def rar4(files: Mapping[str, bytes], password: str) -> bytes:
    """A RAR 4 archive of stored files, each locked; its headers are to be read."""
    key, vector = rar4_key(password, _SALT[:8])
    out = b"Rar!\x1a\x07\x00" + old_block(0x73, 0, bytes(6))
    for name, data in files.items():
        packed, raw = _aes(key, vector, data), name.encode("ascii")
        fields = struct.pack("<LLBLLBBHL", len(packed), len(data), 3, zlib.crc32(data), 0, 29, 0x30, len(raw), 0o100644)
        out += old_block(0x74, 0x8404, fields + raw + _SALT[:8]) + packed
    return out + old_block(0x7B, 0x4000, b"")


def rar4_key(password: str, salt: bytes) -> tuple[bytes, bytes]:
    """The key and first vector of RAR 3 and 4, round by round as RAR makes them."""
    digest, vector = hashlib.sha1(usedforsecurity=False), b""
    for number in range(16 * 0x4000):
        digest.update(password.encode("utf-16-le") + salt + number.to_bytes(3, "little"))
        if number % 0x4000 == 0:
            vector += digest.digest()[19:20]
    whole = digest.digest()
    return b"".join(whole[n : n + 4][::-1] for n in range(0, 16, 4)), vector


def word(text: str, password: str) -> bytes:
    """A DOCX under agile encryption (ECMA-376, as Word saves it since 2010)."""
    plain, out = io.BytesIO(), io.BytesIO()
    document = new_word_file()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(plain)
    OOXMLFile(plain).encrypt(password, out)
    return out.getvalue()


def office(data: bytes, password: str) -> bytes:
    """Anything that ends as a zip under the encryption of `word`."""
    return bytes(ECMA376Agile.encrypt(password, io.BytesIO(data)))


def pdf(text: str, password: str) -> bytes:
    """One page of ASCII under 128 bit RC4 (ISO 32000-1 7.6.3, revision 3)."""
    mark, rights = bytes(16), struct.pack("<l", -4)
    owner = _rc4_20(_hashed(_padded("quan tri"), 51)[:16], _padded(password))
    key = _hashed(_padded(password) + owner + rights + mark, 51)[:16]
    user = _rc4_20(key, hashlib.md5(_PDF_PAD + mark, usedforsecurity=False).digest()) + bytes(16)
    lines = b"".join(b"(%b) Tj T* " % line.encode("ascii") for line in text.splitlines())
    own = hashlib.md5(key + b"\x04\x00\x00\x00\x00", usedforsecurity=False).digest()
    stream = _rc4(own, b"BT /F 12 Tf 14 TL 60 780 Td " + lines + b"ET")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Filter/Standard/V 2/R 3/Length 128/P -4/O<%b>/U<%b>>>"
        % (owner.hex().encode(), user.hex().encode()),
    )  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, thing in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<</Size 7/Root 1 0 R/Encrypt 6 0 R/ID[<%b><%b>]>>" % (mark.hex().encode(), mark.hex().encode())
    return out + b"xref\n0 7\n0000000000 65535 f \n%btrailer\n%b\nstartxref\n%d\n%%%%EOF" % (table, trailer, len(out))


def _padded(password: str) -> bytes:
    return (password.encode("latin-1") + _PDF_PAD)[:32]


def _hashed(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = hashlib.md5(data, usedforsecurity=False).digest()
    return data


def _rc4_20(key: bytes, data: bytes) -> bytes:
    for number in range(20):
        data = _rc4(bytes(byte ^ number for byte in key), data)
    return data


def _rc4(key: bytes, data: bytes) -> bytes:
    box, other, out = list(range(256)), 0, bytearray()
    for n in range(256):
        other = (other + box[n] + key[n % len(key)]) & 255
        box[n], box[other] = box[other], box[n]
    first = second = 0
    for byte in data:
        first = (first + 1) & 255
        second = (second + box[first]) & 255
        box[first], box[second] = box[second], box[first]
        out.append(byte ^ box[(box[first] + box[second]) & 255])
    return bytes(out)


def _aes(key: bytes, vector: bytes, data: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return cipher.update(data + bytes(-len(data) % 16))


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def block(*fields: bytes) -> bytes:
    body = b"".join(fields)
    body = _number(len(body)) + body
    return zlib.crc32(body).to_bytes(4, "little") + body


def old_block(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head
