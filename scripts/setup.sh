#!/bin/sh
# Bring this checkout to the point where it runs (`run`) or can be tested (`test`). Quick when nothing is missing.
# Nothing outside the checkout changes, except Debian packages, and those only as root (or with sudo -n).
set -eu
cd "$(dirname "$0")/.."
goal=${1:-run}
stamps=.setup
mkdir -p "$stamps"

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 69; }

is_right_python() {
    [ -n "$1" ] && "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null
}

# Whether accounts other than this one can run it: the service has an account of its own.
is_open_to_all() {
    "$1" - <<'EOF' 2>/dev/null
import os, pathlib, stat, sys
paths = [pathlib.Path(name).resolve() for name in (getattr(sys, "_base_executable", sys.executable), os.__file__)]
folders = {folder for path in paths for folder in path.parents}
is_open = all(path.stat().st_mode & stat.S_IROTH for path in paths) and paths[0].stat().st_mode & stat.S_IXOTH
sys.exit(not (is_open and all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)))
EOF
}

# The first that all accounts can run, the system's own before others on PATH; else the first that is right.
find_python() {
    any=
    for name in "${PYTHON:-}" /usr/bin/python3.11 /usr/bin/python3.12 /usr/bin/python3 python3.11 python3.12 python3; do
        is_right_python "$name" || continue
        # One that was asked for by PYTHON= is taken as it is.
        if [ "$name" = "${PYTHON:-}" ] || is_open_to_all "$name"; then command -v "$name"; return; fi
        any=${any:-$name}
    done
    [ -n "$any" ] || fail "Cần Python 3.11 hoặc 3.12 (Debian 12: apt-get install python3)."
    command -v "$any"
}

say_who_can_run() {
    is_open_to_all .venv/bin/python && return
    say "Chú ý: Python này ($(readlink -f .venv/bin/python)) tài khoản khác không chạy được."
    say "Chạy thử bằng tài khoản của mình thì được. Để chạy dịch vụ: apt-get install python3 python3-venv, xóa .venv, chạy lại."
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

# Debian packages of the real servers must not start as services: invoke-rc.d asks this file first.
without_services() {
    policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then "$@"; return; fi
    # Left behind, it would keep this machine's own services from ever starting again.
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    status=0
    "$@" || status=$?
    as_root rm -f "$policy"
    trap - EXIT HUP INT TERM
    return "$status"
}

missing_packages() {
    for package in "$@"; do
        case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true) in
            *"ok installed") ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

install_packages() {
    command -v apt-get >/dev/null || fail "Máy này không có apt-get. Cài tương đương của: $*"
    missing=$(missing_packages "$@")
    [ -z "$missing" ] && return
    may_be_root || fail "Thiếu gói Debian. Chạy bằng quyền root: apt-get install --no-install-recommends $missing"
    say "Cài gói Debian: $missing"
    export DEBIAN_FRONTEND=noninteractive
    apt_log=$stamps/apt.log
    options="-o DPkg::Lock::Timeout=120 -o Acquire::Retries=3"
    # shellcheck disable=SC2086 # options and package names are words on purpose
    {
        as_root apt-get $options update || true # one list that can't be had must not stop the others
        without_services as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get $options install -y --no-install-recommends $missing
    } >"$apt_log" 2>&1 || { tail -n 30 "$apt_log" >&2; fail "apt-get không cài được; nhật ký ở $apt_log"; }
}

make_venv() {
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return
    python=$(find_python)
    rm -f "$stamps"/requirements*
    "$python" -c 'import ensurepip, venv' 2>/dev/null || {
        say "Python này thiếu mô-đun venv."
        install_packages python3-venv
    }
    say "Tạo môi trường Python trong .venv"
    "$python" -m venv --clear .venv
}

# Further arguments go to pip.
install_requirements() {
    wanted=$1
    stamp=$stamps/$wanted
    shift
    # The stamp is the file itself: an equal copy means that exactly these versions were installed.
    cmp -s "$wanted" "$stamp" && return
    say "Cài các thư viện của $wanted (lần đầu mất một hai phút)"
    # pip's own configuration and PIP_* variables say where packages come from; hashes say which are right.
    # flanker and dkimpy come as source only and are built; everything else must be a finished wheel.
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes \
        --only-binary :all: --no-binary flanker,dkimpy -r "$wanted" "$@" \
        || fail "pip không cài được $wanted. Xem mạng và cấu hình pip của máy (pip config list)."
    cp "$wanted" "$stamp"
}

# The checkout itself is found through a path file: no build, and an edit is live at once. Compiled here, its modules
# start quickly even where nobody may write beside them or PYTHONDONTWRITEBYTECODE is set.
link_checkout() {
    .venv/bin/python -m compileall -q congvan.py config core dashboard dispatch ingest || true
    site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$PWD" | cmp -s - "$site/congvan-checkout.pth" || printf '%s\n' "$PWD" >"$site/congvan-checkout.pth"
    [ -x .venv/bin/congvan ] && return
    printf '#!/bin/sh\nexec "%s/.venv/bin/python" "%s/congvan.py" "$@"\n' "$PWD" "$PWD" >.venv/bin/congvan
    chmod 755 .venv/bin/congvan
}

# libatomic1: the driver that playwright ships needs it. systemd: for systemd-analyze. tesseract-ocr: for `make bench`.
SCAN_PACKAGES="tesseract-ocr-vie"
TEST_PACKAGES="systemd dovecot-imapd dovecot-lmtpd postfix postgresql-15 $SCAN_PACKAGES tesseract-ocr chromium \
poppler-utils isync fonts-dejavu-core fonts-liberation2 libatomic1 strace file openssl \
bubblewrap libseccomp2 clamav-daemon libarchive13 p7zip-full libheif-examples"

# The program runs without: scans then come as drafts without words.
install_what_reads_scans() {
    # shellcheck disable=SC2086
    missing=$(missing_packages $SCAN_PACKAGES)
    [ -z "$missing" ] && return
    # shellcheck disable=SC2086
    { may_be_root && (install_packages $SCAN_PACKAGES); } \
        || say "Chưa có tiếng Việt cho tesseract: bản quét vào dự thảo mà không có chữ. Cài bằng quyền root: apt-get install $missing"
}

case $goal in
run)
    make_venv
    say_who_can_run
    install_what_reads_scans
    install_requirements requirements.txt
    link_checkout
    ;;
test)
    make_venv
    # Debian's and Python's packages come from different places: fetch both at once.
    # shellcheck disable=SC2086
    install_packages $TEST_PACKAGES &
    packages=$!
    install_requirements requirements-dev.txt
    link_checkout
    wait "$packages"
    ;;
check)
    make_venv
    install_requirements requirements-dev.txt
    install_requirements requirements-linter.txt --no-deps --target "$stamps/linter" --upgrade
    link_checkout
    ;;
*)
    fail "Cách dùng: scripts/setup.sh run|test|check"
    ;;
esac
