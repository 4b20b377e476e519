"""What no linter checks: files of at most 300 lines, functions of at most 50, nothing of one machine in the tree, and
mutations that fit the code."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE, LONGEST_FUNCTION = 300, 50
LENGTH_COUNTS = (".py", ".css", ".js", ".html", ".sh")
GENERATED = "core/migrations/versions/"
# The names are put together here so that this file is not found by its own search.
_HOSTS = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "deb." + "debian.org",
    "registry." + "npmjs.org",
    "snap" + "shot.debian",
)
_MACHINE = re.compile(r"(?<![\w.])/(?:work|home/[a-z]+|root/\.|tmp/bare|opt/wheels|opt/pypi)\b")
_CONFLICT = re.compile(r"(?:<{7}|>{7}) ")
_TESTS = re.compile(r"^# test: (\S+::\S+)", re.MULTILINE)
_TEXT = re.compile(r"\.(py|toml|md|txt|sh|service|target|html|css|js|yml|yaml|typ|mako|patch|cfg|ini)$")


def main() -> int:
    """Print one line for each breach; exit code 1 when there is one."""
    breaches = [breach for path in _files() for breach in _breaches(path)]
    print("\n".join(breaches) or "Quy tắc của ngôi nhà: đạt.")
    return 1 if breaches else 0


def _files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def _breaches(path: Path) -> Iterator[str]:
    name = path.relative_to(ROOT)
    if path.is_symlink():  # it would name a place of one machine
        yield f"{name}: liên kết"
    if not _TEXT.search(path.name) and path.name not in {"Makefile", "run"}:
        return
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if str(name).startswith(GENERATED):
        return
    if path.suffix in LENGTH_COUNTS and lines > LONGEST_FILE:
        yield f"{name}: {lines} dòng, nhiều nhất {LONGEST_FILE}"
    if path.suffix == ".py":
        yield from _long_functions(name, text)
    if path.suffix == ".patch":
        done = subprocess.run(["git", "apply", "--check", str(path)], cwd=ROOT, capture_output=True, check=False)
        if done.returncode:
            yield f"{name}: không còn khớp với mã nguồn"
        yield from (f"{name}: không có kiểm thử {test}" for test in _TESTS.findall(text) if not _is_there(test))
    for number, line in enumerate(text.splitlines(), start=1):
        if any(host in line for host in _HOSTS):
            yield f"{name}:{number}: tên máy chủ kho gói"
        if _CONFLICT.match(line):
            yield f"{name}:{number}: dấu của hai bản chưa trộn xong"
        if _MACHINE.search(line):
            yield f"{name}:{number}: đường dẫn của một máy cụ thể"


def _is_there(test: str) -> bool:
    file, _, function = test.partition("::")
    path = ROOT / file
    return (
        path.is_file()
        and re.search(rf"^def {re.escape(function.partition('[')[0])}\(", path.read_text(), re.M) is not None
    )


def _long_functions(name: Path, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{name}:{node.lineno}: hàm {node.name} dài {length} dòng, nhiều nhất {LONGEST_FUNCTION}"


if __name__ == "__main__":
    sys.exit(main())
