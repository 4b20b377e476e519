"""The address book as a table: CSV as spreadsheets save it, line by line to values and back."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.errors import Permanent
from core.text import fold, repair, squeeze

MOST_LINES = 50_000
_COLUMNS = (
    "Tên cơ quan", "Cơ quan cấp trên", "Cấp", "Ký hiệu", "Mã định danh", "Địa chỉ thư", "Tên gọi khác",
    "Thôi hoạt động từ ngày", "Cơ quan kế thừa", "Ghi chú",
)  # fmt: skip
_FOLDED = tuple(map(fold, _COLUMNS))
_APART = " | "  # between several in one cell
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BELOW = re.compile(r"(?P<name>.+?) \(thuộc (?P<parent>.+)\)")
_DATED = re.compile(r"(?P<code>\S.*?)(?: \((?:từ (?P<first>\S+?))? ?(?:đến (?P<last>\S+?))?\))?")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_SEPARATORS = ";,\t"
_NOT_UTF8 = (
    "Tệp không phải UTF-8 nên chữ có dấu sẽ hỏng. Trong Excel chọn «Lưu thành», loại «CSV UTF-8 (phân cách bằng dấu "
    "phẩy)», rồi tải lên lại."
)
_OLD_FONT = (
    "Tệp viết bằng phông chữ cũ (TCVN3, VNI) nên chữ có dấu sẽ hỏng. Chuyển sang Unicode bằng công cụ của bộ gõ, lưu "
    "«CSV UTF-8» rồi tải lên lại."
)
Name = tuple[str, str]  # and its parent's
Code = tuple[str, date | None, date | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One agency of a table. `number` is the line in the file, from 1; `fault` says why it can't be read."""

    number: int
    name: str = ""
    parent: str = ""
    level: str = ""  # in words
    signs: tuple[Code, ...] = ()
    exchange: tuple[Code, ...] = ()
    addresses: tuple[str, ...] = ()
    aliases: tuple[Name, ...] = ()
    ended_on: date | None = None
    successors: tuple[Name, ...] = ()
    note: str = ""
    fault: str = ""


@dataclass
class _Place:
    columns: dict[str, int] = field(default_factory=dict)

    def cell(self, cells: Sequence[str], name: str) -> str:
        at = self.columns.get(fold(name), len(cells))
        return _bare(cells[at]) if at < len(cells) else ""


def read_table(content: bytes) -> list[Line]:
    """The agencies of a CSV file: UTF-8 with or without BOM, cells apart by ";", "," or tab, the first line its titles.

    Raises Permanent, saying what to do, for a file that can't be read at all; a line that can't bears its `fault`.
    """
    rows = _rows(_text(content))
    titles, place = next(rows, (0, []))[1], _Place()
    for at, title in enumerate(titles):
        if fold(squeeze(title)) in _FOLDED:
            place.columns[fold(squeeze(title))] = at
        elif title.strip():
            raise Permanent(
                f"Dòng đầu của tệp có cột lạ «{squeeze(title)[:60]}». Các cột dùng được: {', '.join(_COLUMNS)}."
            )
    if fold(_COLUMNS[0]) not in place.columns:
        raise Permanent(f"Dòng đầu của tệp phải là tên các cột và có cột «{_COLUMNS[0]}». Xem tệp xuất ra làm mẫu.")
    return [_line(number, cells, place) for number, cells in rows if any(cell.strip() for cell in cells)]


def write_table(lines: Iterable[Line]) -> bytes:
    """Lines as CSV, UTF-8 with BOM so that spreadsheets read the letters. A cell that a spreadsheet would take for a
    formula gets an apostrophe before it, which `read_table` takes off."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for line in lines:
        cells = (
            line.name, line.parent, line.level, _codes(line.signs), _codes(line.exchange), _APART.join(line.addresses),
            _names(line.aliases), _day(line.ended_on), _names(line.successors), line.note,
        )  # fmt: skip
        writer.writerow([_harmless(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Permanent(_NOT_UTF8) from None
    if "\0" in text:
        raise Permanent(_NOT_UTF8)
    if repair(text[:100_000]) != text[:100_000]:
        raise Permanent(_OLD_FONT)
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with the number of the line on which each begins."""
    first, _, rest = text.partition("\n")
    separator, skipped = "", 0
    if re.fullmatch(r"sep=.\r?", first):  # Excel's own line before the titles
        separator, skipped, text = first[4], 1, rest
    separator = separator or max(_SEPARATORS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = skipped + 1
    try:
        for cells in reader:
            if begins > MOST_LINES:
                raise Permanent(f"Tệp có hơn {MOST_LINES} dòng. Chia nhỏ rồi tải lên từng phần.")
            yield begins, cells
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        raise Permanent(f"Dòng {begins} của tệp không phải bảng CSV: thường do thiếu dấu ngoặc kép đóng.") from error


def _line(number: int, cells: Sequence[str], place: _Place) -> Line:
    name, parent, level, signs, exchange, mail, aliases, ended, after, note = (
        place.cell(cells, title) for title in _COLUMNS
    )
    try:
        return Line(
            number, squeeze(name), squeeze(parent), squeeze(level), tuple(map(_code, _several(signs))),
            tuple(map(_code, _several(exchange))), tuple(_several(mail)), tuple(map(_name, _several(aliases))),
            _read_day(ended) if ended.strip() else None, tuple(map(_name, _several(after))),
            note.strip().replace("\r\n", "\n"),
        )  # fmt: skip
    except Permanent as error:
        return Line(number, squeeze(name), squeeze(parent), fault=error.sentence)


def _several(cell: str) -> list[str]:
    return [squeeze(one) for one in cell.split("|") if one.strip()]


def _name(text: str) -> Name:
    found = _BELOW.fullmatch(text)
    return (found["name"], found["parent"]) if found else (text, "")


def _code(text: str) -> Code:
    found = _DATED.fullmatch(text)
    if found is None:
        raise Permanent(f"Không đọc được ký hiệu «{text}». Ghi như «SKHCN (từ 01/07/2025)».")
    return found["code"], *(_read_day(found[one]) if found[one] else None for one in ("first", "last"))  # type: ignore[return-value]


def _read_day(text: str) -> date:
    found = _DAY.fullmatch(text.strip())
    try:
        if found is None:
            return datetime.strptime(text.strip()[:10], "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        raise Permanent(f"Không đọc được ngày «{text.strip()[:40]}». Ghi ngày/tháng/năm, ví dụ 01/07/2025.") from None


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _codes(codes: Sequence[Code]) -> str:
    return _APART.join(_dated(*code) for code in codes)


def _dated(code: str, first: date | None, last: date | None) -> str:
    days = " ".join([*([f"từ {_day(first)}"] if first else []), *([f"đến {_day(last)}"] if last else [])])
    return f"{code} ({days})" if days else code


def _names(names: Sequence[Name]) -> str:
    return _APART.join(f"{name} (thuộc {parent})" if parent else name for name, parent in names)


def _harmless(cell: str) -> str:
    return "'" + cell if cell.lstrip("'").startswith(_FORMULA) else cell


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell
