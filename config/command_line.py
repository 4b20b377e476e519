"""How the program is called: arguments, their help in Vietnamese, and exit codes (sysexits.h)."""

import argparse
import getpass
import os
import sys
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

DEFAULT_CONFIG = "/etc/congvan/congvan.toml"
EXPORTS = ("letters", "incoming", "deliveries", "events")
ROLES = {
    "van-thu": "clerk",
    "chuyen-vien": "specialist",
    "truong-phong": "head",
    "giam-doc": "director",
    "lanh-dao": "leader",
    "chanh-van-phong": "office_chief",
    "giu-thu": "custodian",
    "quan-tri": "admin",
}


class Exit(IntEnum):
    """Exit codes of sysexits.h, so that scripts can tell what to do about a failure."""

    OK = 0
    FOUND_FAULTS = 1  # verify, doctor: the answer is "not whole", nothing went wrong in asking
    USAGE = 64
    DATA = 65
    NO_INPUT = 66
    UNAVAILABLE = 69
    IO = 74
    TEMPORARY = 75
    NO_PERMISSION = 77
    CONFIG = 78


class _Parser(argparse.ArgumentParser):
    """argparse with Vietnamese words and the exit code of a wrong call."""

    def error(self, message: str) -> NoReturn:
        self.exit(Exit.USAGE, f"{self.prog}: {_in_vietnamese(message)}\nXem: {self.prog} --help\n")

    def format_help(self) -> str:
        return _in_vietnamese(super().format_help())


_WORDS = {
    "usage: ": "Cách dùng: ", "positional arguments:": "Đối số:", "options:": "Tùy chọn:",
    "show this help message and exit": "in phần này rồi thôi",
    "the following arguments are required": "thiếu đối số", "invalid choice": "không nhận",
    "(choose from": "(chọn trong", "unrecognized arguments": "đối số không dùng được",
    "expected one argument": "cần một giá trị", "expected at least one argument": "cần ít nhất một giá trị",
    "invalid int value": "cần một số nguyên, không nhận", "argument ": "đối số ",
}  # fmt: skip


def _in_vietnamese(text: str) -> str:
    for english, words in _WORDS.items():
        text = text.replace(english, words)
    return text


def parser() -> argparse.ArgumentParser:
    """The whole command line; `arguments.command` names the command, `arguments.act` the act of `user`."""
    top = _Parser(prog="congvan", description="Công văn: phòng văn thư của một cơ quan nhà nước.")
    commands = top.add_subparsers(dest="command", required=True, metavar="LỆNH", title="Các lệnh")
    _services(commands)
    read = commands.add_parser("read", help="nói mỗi thư, văn bản, thư mục sẽ thành gì; không lưu gì (JSON)")
    read.add_argument("paths", nargs="+", type=Path, metavar="TỆP")
    export = commands.add_parser("export", help="in dữ liệu thành các dòng JSON")
    export.add_argument("kind", choices=EXPORTS)
    _users(commands)
    _agencies(commands)
    _backups(commands)
    for name, words in (
        ("upgrade", "đưa cơ sở dữ liệu lên bản của chương trình"),
        ("verify", "chứng minh nhật ký, sổ và kho tệp còn nguyên vẹn"),
        ("doctor", "xem máy, cấu hình, cơ sở dữ liệu, hộp thư; nói phải làm gì"),
    ):
        commands.add_parser(name, help=words)
    commands.choices["verify"].add_argument(
        "--backup", action="store_true", help="chứng minh bản sao lưu mới nhất: khôi phục thử rồi kiểm tra"
    )
    commands.choices["upgrade"].add_argument(
        "--profile", metavar="HỒ_SƠ", help="mở cơ quan lần đầu theo hồ sơ có sẵn (so-khcn-lam-dong) hoặc một tệp TOML"
    )
    for name, command in commands.choices.items():
        if name not in {"read", "demo", "restore"}:
            _config(command)
    return top


def asked_password() -> str | None:
    """From the terminal, twice, or the first line of standard input; never from the command line, which `ps` shows.

    None when the two differ.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Mật khẩu: ")
    return password if getpass.getpass("Nhập lại: ") == password else None


def _services(commands: "argparse._SubParsersAction[_Parser]") -> None:
    commands.add_parser("run", help="chạy mọi dịch vụ dưới một tiến trình giám sát")
    ingest = commands.add_parser("ingest", help="lấy thư từ các hộp thư thành dự thảo vào sổ")
    ingest.add_argument("--once", action="store_true", help="lấy hết thư đang có rồi thôi")
    dispatch = commands.add_parser("dispatch", help="gửi thư đi qua máy chủ thư")
    dispatch.add_argument("--once", action="store_true", help="gửi những gì đang chờ rồi thôi")
    commands.add_parser("dashboard", help="các trang web")
    demo = commands.add_parser("demo", help="cơ quan mẫu: hộp thư, tài khoản, thư đến dần")
    demo.add_argument("--home", type=Path, metavar="THƯ_MỤC", help="giữ dữ liệu ở đây; bỏ trống: làm mới mỗi lần")
    demo.add_argument("--port", type=_port, default=8360, metavar="N", help="cổng web (mặc định 8360; 0: cổng trống)")


def _backups(commands: "argparse._SubParsersAction[_Parser]") -> None:
    backup = commands.add_parser("backup", help="sao lưu ngay (bản đầy đủ), hoặc việc khác của bản sao lưu")
    which = backup.add_mutually_exclusive_group()
    which.add_argument("--changes", action="store_true", help="chỉ những gì đã đổi từ bản đầy đủ gần nhất")
    which.add_argument("--list", action="store_true", dest="is_list", help="liệt kê các bản đang có, mới nhất trước")
    which.add_argument(
        "--new-key", type=Path, metavar="TỆP", help="tạo chìa khóa mã hóa; mất nó thì không khôi phục được"
    )
    restore = commands.add_parser("restore", help="khôi phục một cơ quan từ nơi sao lưu vào thư mục mới")
    restore.add_argument("--from", type=Path, required=True, dest="place", metavar="NƠI", help="nơi sao lưu")
    restore.add_argument("--to", type=Path, required=True, dest="target", metavar="THƯ_MỤC", help="thư mục dữ liệu mới")
    restore.add_argument("--key", type=Path, required=True, metavar="TỆP", help="tệp chìa khóa")
    restore.add_argument("--at", default="", metavar="BẢN", help="tên bản (congvan backup --list); mặc định: mới nhất")
    restore.add_argument(
        "--database", default="", metavar="URL", help="PostgreSQL rỗng; bỏ trống: SQLite trong thư mục"
    )
    restore.add_argument(
        "--skip-damaged", action="store_true", help="khôi phục mọi thứ khác của một bản có tệp hỏng; kể tên tệp thiếu"
    )


def _users(commands: "argparse._SubParsersAction[_Parser]") -> None:
    acts = commands.add_parser("user", help="tài khoản").add_subparsers(dest="act", required=True, metavar="VIỆC")
    add = acts.add_parser("add", help="thêm tài khoản; mật khẩu hỏi trên màn hình hoặc đọc từ đầu vào chuẩn")
    add.add_argument("username", metavar="TÊN_ĐĂNG_NHẬP")
    add.add_argument("--name", required=True, metavar="HỌ_TÊN")
    add.add_argument("--title", default="", metavar="CHỨC_VỤ")
    add.add_argument("--division", default="", metavar="PHÒNG", help="tên hoặc mã phòng")
    add.add_argument("--role", action="append", required=True, choices=ROLES, dest="roles", metavar="VAI_TRÒ",
                     help=f"một hay nhiều lần: {', '.join(ROLES)}")  # fmt: skip
    roles = acts.add_parser("roles", help="đặt lại các vai trò")
    others = (("password", "đặt lại mật khẩu"), ("unlock", "mở khóa sau nhiều lần sai"), ("disable", "đóng tài khoản"))
    for act in (roles, *(acts.add_parser(name, help=words) for name, words in others)):
        act.add_argument("username", metavar="TÊN_ĐĂNG_NHẬP")
    roles.add_argument("roles", nargs="+", choices=ROLES, metavar="VAI_TRÒ", help=", ".join(ROLES))
    named = acts.add_parser("confirmers", help="hai người xác nhận số cuối cùng sau khi khôi phục")
    named.add_argument("usernames", nargs=2, metavar="TÊN_ĐĂNG_NHẬP")
    acts.add_parser("list", help="liệt kê")
    for act in acts.choices.values():
        _config(act)


def _agencies(commands: "argparse._SubParsersAction[_Parser]") -> None:
    acts = commands.add_parser("agencies", help="danh bạ cơ quan").add_subparsers(
        dest="act", required=True, metavar="VIỆC"
    )
    table = acts.add_parser("import", help="nhập tệp bảng CSV: chỉ thêm và sửa, không xóa")
    table.add_argument("table", type=Path, metavar="TỆP")
    table.add_argument("--try", action="store_true", dest="is_trial", help="chỉ nói từng dòng sẽ làm gì")
    acts.add_parser("export", help="in cả danh bạ thành CSV")
    for act in acts.choices.values():
        _config(act)


def _config(command: argparse.ArgumentParser) -> None:
    default = Path(os.environ.get("CONGVAN_CONFIG", DEFAULT_CONFIG))
    command.add_argument("--config", type=Path, default=default, metavar="TỆP", help=f"mặc định {default}")


def _port(text: str) -> int:
    if text.isdigit() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"cổng phải từ 0 đến 65535, không nhận {text!r}")
