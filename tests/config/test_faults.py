"""Mistakes in a settings file: each told in one Vietnamese sentence with its place, its value, what may and how."""

import re
from pathlib import Path

import pytest

from config import settings
from config.settings import SettingsError

DATA = 'data = "d"\n'
MAILBOX = '[[mailboxes]]\nname = "a"\nhost = "h"\nusername = "u"\nsecret_file = "s"\n'
FIRST = "Bảng [[mailboxes]] thứ 1: "
# What of Python, pydantic or tomllib must not reach people.
FOREIGN = re.compile(r"\{'|\('|\\w|\^|\[A-Za-z|Traceback|Error\b|[Ii]nput|[Ee]xpected|valid|Cannot|type=|None|'[^']*'")


def faults(folder: Path, text: str) -> list[str]:
    """The sentences that a settings file with this text is refused with."""
    path = folder / "congvan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        settings.load(path)
    return str(refused.value).replace(f"{folder}/", "").splitlines()


# Table, key and value as typed; what the sentence says of where, what stands there, what is allowed, an example.
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[log]\n", ["Đầu tệp: thiếu khóa «data»", "ví dụ: data = "]),
        ("data = 3\n", ["Đầu tệp: khóa «data» đang là 3; cần một đường dẫn", "ví dụ: data = "]),
        ('data = ""\n', ['khóa «data» đang là ""; cần đường dẫn của một thư mục']),
        (DATA + "port = 3\n", ["Đầu tệp: không có khóa «port» ở đây", "bảng [listener]", "bảng [dashboard]"]),
        (DATA + 'timezone = "Asia/Saigon"\n', ["không có khóa «timezone»", "luôn là giờ Việt Nam"]),
        (DATA + '[dashbord]\nhost = "h"\n', ["không có bảng [dashbord]", "có lẽ là «dashboard»"]),
        (DATA + "[khac]\nx = 1\n", ["không có bảng [khac]", "các bảng là mailboxes, intake"]),
        (DATA + "[dashboard]\nport = 99999\n", ["Bảng [dashboard]: khóa «port» đang là 99999; cần một số nguyên từ 0 "
                                                "đến 65535", "ví dụ: port = 8360"]),
        (DATA + '[intake]\nworkers = "hai"\n', ['«workers» đang là "hai"; cần một số nguyên từ 1 đến 32']),
        (DATA + "[intake]\nworkers = 2.5\n", ["đang là 2.5; cần một số nguyên"]),
        (DATA + "[intake]\nworker = 2\n", ["Bảng [intake]: không có khóa «worker»", "có lẽ là «workers»"]),
        (DATA + '[log]\nlevel = "to"\n', ['đang là "to"; chỉ nhận "debug", "info", "warning" hoặc "error"; ví dụ:']),
        (DATA + 'database = "mysql://u:matkhau@h/x"\n', ['đang là "mysql://u:***@h/x"; chỉ nhận sqlite:///…']),
        (DATA + 'database = "postgresql+psycopg://u@h:abc/x"\n', ["u@h:abc/x", "cổng từ 1 đến 65535", "ví dụ: data"]),
        (DATA + 'database = "postgresql+psycopg://u@h:70000/x"\n', ["u@h:70000/x", "cổng từ 1 đến 65535"]),
        (DATA + 'database = "postgresql+psycopg://u:a@matkhau@h/x"\n', ["u:***@h/x", "«@» trong mật khẩu viết là %40"]),
        (DATA + 'database = "postgresql+psycopg://"\n', ["cần đủ sqlite:///đường-dẫn-tệp"]),
        (DATA + 'sending = "x"\n', ['Bảng [sending]: đang là "x"; cần viết tên bảng trong một lần ngoặc vuông']),
        (DATA + '[mailboxes]\nname = "a"\n', ["Bảng [[mailboxes]]: đang là một bảng", "ví dụ: [[mailboxes]]"]),
        (DATA + MAILBOX + 'secret_credential = "c"\n', [FIRST + "cần đúng một trong hai khóa", "đang có cả hai"]),
        (DATA + MAILBOX.replace("secret_file", "password"), [FIRST + "không có khóa «password»", "tệp riêng"]),
        (DATA + MAILBOX + 'secret_fil = "c"\n', ["không có khóa «secret_fil»"]),
        (DATA + MAILBOX + MAILBOX, ['hai hộp thư cùng khóa name = "a"', "ví dụ: name = "]),
        (DATA + MAILBOX + 'data = "x"\n', [FIRST + "không có khóa «data» ở đây", "đầu tệp, trước mọi bảng"]),
        (DATA + MAILBOX + 'folders = "INBOX"\n', ['đang là "INBOX"; cần danh sách tên', 'ví dụ: folders = ["INBOX"]']),
        (DATA + MAILBOX + "folders = [3]\n", ["«folders» có một phần là 3"]),
        (DATA + MAILBOX + 'folders = ["IN\\nBOX"]\n', ["ký tự điều khiển"]),
        (DATA + MAILBOX + 'import_since = "hôm qua"\n', ['đang là "hôm qua"; cần một ngày', "ví dụ: import_since"]),
        (DATA + MAILBOX + 'clear_to = "INBOX"\n', ['«clear_to» đang là "INBOX"', "ví dụ: clear_to"]),
        (DATA + MAILBOX.replace('"a"', '"Văn thư"'), ['«name» đang là "Văn thư"; cần chữ thường không dấu']),
        (DATA + MAILBOX.replace('"h"', '""'), ['«host» đang là ""; cần tên máy']),
        (DATA + MAILBOX + 'idle = "có"\n', ['đang là "có"; chỉ nhận true hoặc false']),
        (DATA + '[sending]\nhost = "h"\n', ["Bảng [sending]: có host thì cần khóa from_address", "ví dụ: from"]),
        (DATA + '[sending]\nhost = "mail..vn"\n', ['đang là "mail..vn"; cần tên máy', "ví dụ: host"]),
        (DATA + MAILBOX.replace('"h"', '".vn"'), ['đang là ".vn"; cần tên máy']),
        (DATA + MAILBOX.replace('"h"', '"imaps://h"'), ['đang là "imaps://h"; cần tên máy']),
        (DATA + MAILBOX.replace('"h"', '"thu vn"'), ['đang là "thu vn"; cần tên máy']),
        (DATA + '[sending]\nhost = "smtp://h:25"\n', ['đang là "smtp://h:25"; cần tên máy', "ví dụ: host"]),
        (DATA + '[sending]\nfrom_address = "văn thư@x"\n', ['đang là "văn thư@x"; cần một địa chỉ thư không dấu']),
        (DATA + '[senders]\nresolver = "dns"\n', ['«resolver» đang là "dns"; cần một địa chỉ IP', "ví dụ: resolver"]),
        (DATA + '[signatures]\nnetworks = ["10.0.0.5/8"]\n', ['có một phần là "10.0.0.5/8"', "10.20.0.0/16"]),
        (DATA + '[signatures]\nproxy = "proxy:3128"\n', ['đang là "proxy:3128"; cần địa chỉ http://']),
        (DATA + '[listener]\nenabled = true\n', ["enabled = true thì cần ít nhất một địa chỉ", "ví dụ: recipients"]),
        (DATA + '[listener]\nrecipients = { "a" = "den" }\n', ["«a» không phải địa chỉ thư"]),
        (DATA + '[listener]\ncertificate = "c"\n', ["đang chỉ có certificate", "ví dụ: certificate"]),
        (DATA + MAILBOX + '[listener]\nname = "a"\n', ['«name» của bảng [listener] đang là "a"', "ví dụ: name"]),
        (DATA + '[backup]\nfull_at = "25:00"\n', ['đang là "25:00"; cần giờ và phút', 'ví dụ: full_at = "03:00"']),
        (DATA + '[backup]\nfolder = "/mnt"\n', ["có folder thì cần đúng một trong hai khóa", "đang không có khóa nào"]),
        (DATA + '[backup]\ntrial_database = "xyz"\n', ['đang là "xyz"; chỉ nhận sqlite:///…']),
        (DATA + '[clamd]\naddress = "may:abc"\n', ['đang là "may:abc"; cần đường dẫn bắt đầu bằng «/»']),
        (DATA + '[clamd]\naddress = "h:99999"\n', ['«address» đang là "h:99999"; cổng phải từ 1 đến 65535; ví dụ:']),
        (DATA + '[clamd]\naddress = "[::A]:0"\n', ["cổng phải từ 1 đến 65535"]),
        (DATA + '[dashboard]\norigin = "vanthu"\n', ['đang là "vanthu"; cần địa chỉ http://', "ví dụ: origin"]),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_sentence_with_its_place_its_value_and_what_is_allowed(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    [sentence] = faults(tmp_path, text)
    assert [word for word in words if word not in sentence] == []
    assert FOREIGN.search(sentence) is None and sentence.endswith(".") and "matkhau" not in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('data = "d', ["cuối tệp (dòng 1): thiếu dấu ngoặc kép đóng"]),
        ('data = "d\nport = 3\n', ["dòng 1", "có thể thiếu ngoặc kép đóng"]),
        (DATA + "[log\n", ["dòng 2, cột 5 («[log»): tên bảng thiếu dấu «]»"]),
        (DATA + "[[mailboxes]\n", ["tên bảng thiếu dấu «]]»"]),
        (DATA + "[log]\nlevel = info\n", ["dòng 3", "(«level»): chữ phải đặt trong ngoặc kép"]),
        (DATA + '[log]\nlevel "info"\n', ["sau tên khóa thiếu dấu «=»"]),
        (DATA + "[log]\n[log]\n", ["bảng này đã có ở trên"]),
        (DATA + DATA, ["khóa hoặc bảng này đã có ở trên"]),
        (DATA + '[log]\nlevel = "info" x\n', ["sau giá trị còn chữ thừa"]),
        ('data = "C:\\du lieu"\n', ["dấu «\\» trong ngoặc kép phải viết thành «\\\\»"]),
        (DATA + MAILBOX + 'folders = ["INBOX" "A"]\n', ["danh sách thiếu dấu «]» hoặc dấu phẩy"]),
        (DATA + '[listener]\nrecipients = { "a@b" = "den"\n', ["thiếu dấu «}» hoặc dấu phẩy"]),
        (DATA + "[dashboard]\nport = 08360\n", ["số không viết bắt đầu bằng 0"]),
        (DATA + MAILBOX + "import_since = 2026-13-01\n", ["ngày không có thật"]),
        (DATA + "[dashboard]\nport =\n", ["(«port»): giá trị không đọc được"]),
        (DATA + "= 3\n", ["dòng này không phải khóa"]),
    ],
)
def test_a_file_that_is_no_toml_says_where_and_why(tmp_path: Path, text: str, words: list[str]) -> None:
    [sentence] = faults(tmp_path, text)
    assert sentence.startswith("Tệp cấu hình congvan.toml sai cú pháp ở ")
    assert [word for word in words if word not in sentence] == []
    assert FOREIGN.search(sentence) is None


def test_what_stands_behind_the_sign_of_equality_is_not_quoted(tmp_path: Path) -> None:
    [sentence] = faults(tmp_path, DATA + 'password = "bí mật\n')
    assert "password" in sentence and "bí mật" not in sentence


@pytest.mark.parametrize(
    "line",
    [
        'password: "matkhau123"', 'password "matkhau123"', "secret_file matkhau123", "matkhau123", "matkhau123 x = 1",
        'secret_file = """\nmatkhau123', 'secret_file = """\nmatkhau = \\q"""', "folders = [\nmatkhau123\n]",
    ],
)  # fmt: skip
def test_a_secret_in_a_file_that_is_no_toml_is_not_quoted(tmp_path: Path, line: str) -> None:
    [sentence] = faults(tmp_path, DATA + line)
    assert "sai cú pháp ở " in sentence and "matkhau" not in sentence


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('database = "postgresql+psycopg://u:p@matkhau@h:abc/x"', '"postgresql+psycopg://u:***@h:abc/x"'),
        ('database = "u:matkhau@h/x"', '"u:***@h/x"'),
        ('database = "mysql://h/x?password=matkhau"', '"mysql://h/x?password=***"'),
        ('database = "mysql://u:matkhau@h/x?passwd=mat@matkhau"', '"mysql://u:***@"'),
        ('database = "mysql://u:matkhau?pwd=matkhau@h/x"', '"mysql://u:***@"'),
        ('database = "host=h password = matkhau matkhau"', '"host=h password =***"'),
        ('database = ["u:matkhau@h/x"]', '["u:***@h/x"]'),
        ('[signatures]\nproxy = "u:matkhau@proxy:3128"', '"u:***@proxy:3128"'),
        ('[signatures]\nproxy = "http://u:mat matkhau@proxy:3128"', '"http://u:***@proxy:3128"'),
        ('[signatures]\nproxy = "http://u@h:mat/matkhau@proxy"', '"http://u@h:***@proxy"'),
    ],
)
def test_a_password_within_a_value_is_masked(tmp_path: Path, line: str, shown: str) -> None:
    [sentence] = faults(tmp_path, DATA + line)
    assert f"đang là {shown}; " in sentence and "mat" not in sentence


@pytest.mark.parametrize("value", ["12345678", '["matkhau"]', "{ matkhau = 1 }", "true"])
@pytest.mark.parametrize("key", ["secret_file", "secret_credential"])
def test_of_a_key_that_names_a_secret_no_value_is_shown(tmp_path: Path, key: str, value: str) -> None:
    [sentence] = faults(tmp_path, DATA + f"[sending]\n{key} = {value}\n")
    assert sentence.startswith(f"Bảng [sending]: khóa «{key}» ghi sai (không in ra: có thể là mật khẩu); cần ")
    assert re.search("12345678|matkhau|true|một bảng", sentence) is None


@pytest.mark.parametrize("password", ["p/w", "p#w", "p?w", "p[w", "p]w", "p%40w", "p:w", "p w"])
def test_a_database_s_password_may_hold_any_sign_that_the_driver_takes(tmp_path: Path, password: str) -> None:
    url = f"postgresql+psycopg://u:{password}@h/x"
    (tmp_path / "congvan.toml").write_text(DATA + f'database = "{url}"\n[backup]\ntrial_database = "{url}"\n')
    loaded = settings.load(tmp_path / "congvan.toml")
    assert (loaded.database, loaded.backup.trial_database) == (url, url)


@pytest.mark.parametrize("address", ["h:3310", "[::A]:3310", "[::1]:65535", "/run/clamav/clamd.ctl", ""])
def test_a_scanner_s_address_is_taken_as_a_socket_or_a_host_with_a_port(tmp_path: Path, address: str) -> None:
    (tmp_path / "congvan.toml").write_text(DATA + f'[clamd]\naddress = "{address}"\n')
    assert settings.load(tmp_path / "congvan.toml").clamd.address == address


def test_each_fault_has_a_sentence_of_its_own(tmp_path: Path) -> None:
    found = faults(tmp_path, DATA + "[dashboard]\nthreads = -1\nport = 70000\nnope = 1\n")
    assert [re.search(r"«(\w+)»", one)[1] for one in found] == ["port", "threads", "nope"]  # type: ignore[index]


@pytest.mark.parametrize(("table", "key"), [("", "data"), ("[intake]\n", "spool"), ("[backup]\n", "folder")])
def test_a_file_where_a_folder_is_needed_is_told_at_once(tmp_path: Path, table: str, key: str) -> None:
    (tmp_path / "tep").write_text("x")
    text = f'{table}{key} = "tep"\nsecret_file = "s"\n' if key == "folder" else f'{table}{key} = "tep"\n'
    [sentence] = faults(tmp_path, text if key == "data" else DATA + text)
    assert f"khóa «{key}» đang là tep, một tệp; cần đường dẫn của một thư mục" in sentence


def test_a_file_that_may_not_be_read_or_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "congvan.toml"
    path.write_bytes(b'data = "\xff"\n')
    with pytest.raises(SettingsError, match="không phải chữ UTF-8"):
        settings.load(path)
    with pytest.raises(SettingsError, match="là thư mục: chỉ tới tệp cấu hình"):
        settings.load(tmp_path)
