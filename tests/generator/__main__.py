"""`python -m tests.generator FOLDER`: write documents with their labels, or letters for the first gate."""

import argparse
import sys
from itertools import chain
from pathlib import Path

from tests.generator import files, secrecy
from tests.generator.recipes import FILES, recipes


def main() -> int:
    """Write what the command line asks for; exit code 2 for a wrong one."""
    parser = argparse.ArgumentParser(prog="python -m tests.generator", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("practice", "scored"), default="practice")
    parser.add_argument("--count", type=int, default=100, help="documents, or letters of each sort, in all")
    parser.add_argument("--first", type=int, default=0, help="first seed, or place in the scored list")
    parser.add_argument("--kinds", help=f"kinds of file, of {','.join(FILES)}; else pdf,docx, or all for secrecy")
    parser.add_argument("--mode", choices=("documents", "secrecy", "received"), default="documents",
                        help="received: letters whose ĐẾN stamp bears a secrecy mark, and others with one")  # fmt: skip
    options = parser.parse_args()
    usual = secrecy.FILES if options.mode == "secrecy" else ("pdf", "docx")
    kinds = tuple(options.kinds.split(",")) if options.kinds else usual
    if options.mode == "received" and options.half != "practice":
        parser.error("received letters are for practice")
    if wrong := set(kinds) - set(FILES):
        parser.error(f"no such kind of file: {', '.join(sorted(wrong))}")
    if options.mode == "secrecy":
        letters = chain(
            *(
                make(options.half, options.count, options.first, kinds)
                for make in (secrecy.secret_letters, secrecy.innocent_letters)
            )
        )
        made = secrecy.write(options.folder, letters)
    elif options.mode == "received":
        made = secrecy.write(options.folder, secrecy.received_letters(options.count, options.first))
    else:
        made = files.write(options.folder, recipes(options.half, options.count, kinds, options.first))
    print(f"{made} in {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
