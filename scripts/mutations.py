"""Break each promise on purpose, in a copy of the tree, and require that its test fails.

A mutation is `tests/mutations/NAME.patch` whose first lines say `# promise: N` and `# test: PYTEST_ID`. For each
one the test must pass on the untouched copy, and fail once the patch is applied.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "mutations"
_TEST_SECONDS = 300


@dataclass(frozen=True)
class Mutation:
    """One way to break a promise, and the tests (pytest ids) that must notice."""

    path: Path
    promise: str
    tests: tuple[str, ...]


def main() -> int:
    """Run the mutations named on the command line, or all; exit code 1 when one was not noticed."""
    mutations = [_read(path) for path in sorted(FOLDER.glob("*.patch"))]
    wanted = set(sys.argv[1:])
    chosen = [mutation for mutation in mutations if not wanted or mutation.path.stem in wanted]
    with tempfile.TemporaryDirectory(prefix="congvan-mutations-") as folder:
        copy = _copy(Path(folder) / "tree")
        unnoticed = [mutation for mutation in chosen if not _is_noticed(copy, mutation)]
    promises = sorted({mutation.promise for mutation in chosen})
    print(f"{len(chosen) - len(unnoticed)}/{len(chosen)} chỗ phá bị phát hiện, lời hứa {', '.join(promises)}.")
    return 1 if unnoticed or not chosen else 0


def _read(path: Path) -> Mutation:
    heads = [line[2:].split(": ", 1) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    promises = [value for key, value in heads if key == "promise"]
    tests = tuple(value for key, value in heads if key == "test")
    if not promises or not tests:
        sys.exit(f"{path.name}: thiếu dòng «# promise: N» hoặc «# test: …»")
    return Mutation(path, promises[0], tests)


def _copy(target: Path) -> Path:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def _is_noticed(copy: Path, mutation: Mutation) -> bool:
    name = mutation.path.stem
    if _passes(copy, mutation) is not True:
        print(f"✗ {name}: kiểm thử hỏng từ trước khi phá")
        return False
    _patch(copy, mutation)
    try:
        is_noticed = _passes(copy, mutation) is False
    finally:
        _patch(copy, mutation, "--reverse")
    print(
        f"{'✓' if is_noticed else '✗'} {name} (lời hứa {mutation.promise}): {'bị phát hiện' if is_noticed else 'LỌT'}"
    )
    return is_noticed


def _patch(copy: Path, mutation: Mutation, *options: str) -> None:
    command = ["git", "apply", *options, str(mutation.path)]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{mutation.path.name} không còn khớp với mã nguồn: {done.stderr.strip()}")


def _passes(copy: Path, mutation: Mutation) -> bool | None:
    """Whether the mutation's tests pass; None when they could not be run."""
    # The copy's own modules come first, before the checkout that the environment is linked to.
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutation.tests]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=_TEST_SECONDS, check=False)
    if done.returncode not in {0, 1}:
        print(f"{mutation.path.name}: pytest không chạy được\n{done.stdout.decode()[-2000:]}")
        return None
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
