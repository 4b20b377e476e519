"""Whether words lie in files, looked for by a process of its own.

Here, closing a file of an open SQLite database would give up this process's locks on it (sqlite.org/howtocorrupt.html,
2.2), and another that opens it would cut off the shared memory under this one's feet.
"""

import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_CODE = """
import os, pickle, sys
folder, forms = pickle.load(sys.stdin.buffer)
found = {}
for place, folders, names in os.walk(folder):
    for path in (os.path.join(place, name) for name in (*folders, *names)):
        data = os.path.basename(path).encode(errors="surrogateescape")
        try:
            data += open(path, "rb").read() if os.path.isfile(path) else b""
        except FileNotFoundError:
            pass  # gone while we looked
        found.update({path: form for form in forms if form in data})
sys.stdout.buffer.write(pickle.dumps(found))
"""


def files_with(folder: Path, forms: Sequence[bytes]) -> dict[str, bytes]:
    """The files and folders below `folder` that have one of `forms` in their bytes or name, with that form."""
    asked = pickle.dumps((str(folder), list(forms)))
    done = subprocess.run([sys.executable, "-c", _CODE], input=asked, stdout=subprocess.PIPE, check=True)
    found: dict[str, bytes] = pickle.loads(done.stdout)
    return found
