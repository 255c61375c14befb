#!/usr/bin/env python3
"""The way in: `python3 dev.py demo`, `test`, `bench` or `manage`. Needs nothing but Python.

Makes the environment `.venv` beside this file when it is missing or a lock has changed, and goes on
inside it; what only the tests or the measurements need is added by the first of them. Standard library
only, in words that older Pythons understand well enough to refuse.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PROGRAM = ROOT / "requirements-demo.lock"
TESTS = ROOT / "requirements.lock"  # all of the program's packages, and those of the tests
BENCH = ROOT / "requirements-bench.lock"  # what the program is measured beside
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VERSION = "{}.{}".format(*sys.version_info)

MORE = {"test": [TESTS], "bench": [BENCH]}  # what a command needs besides

USAGE = """Så här används dev.py:

  python3 dev.py demo [--port 8000]       visar systemet med påhittade uppgifter
  python3 dev.py test [pytest-argument]   kör alla tester, eller de som anges
  python3 dev.py bench [NAMN] [--size 1k] mäter, med storlekarna 1k, 100k och 1m
  python3 dev.py manage KOMMANDO          kör ett kommando i manage.py
"""


def main() -> None:
    """Do what the command line says; never returns."""
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"Python 3.11 eller senare behövs, men det här är {VERSION}.")
    command, arguments = (sys.argv[1:2] or [""])[0], sys.argv[2:]
    if command not in ("demo", "test", "bench", "manage"):
        sys.stderr.write(USAGE)
        sys.exit(2)

    os.environ["LC_ALL"] = "C.UTF-8"  # LANG may name a locale that does not exist on this machine
    try:
        make_environment([PROGRAM, *MORE.get(command, ())])
    except OSError as error:
        sys.exit(f"Miljön {VENV} kunde inte skapas: {error.strerror}.")
    if command == "test":
        prepare_test()
        os.chdir(ROOT)
        run("-m", "pytest", *(arguments or ["-n", "auto", "--dist", "loadgroup"]))
    elif command == "bench":
        os.chdir(ROOT)
        run("-m", "benchmarks", *arguments)
    elif command == "demo":
        run(str(ROOT / "manage.py"), "demo", *arguments)
    else:
        run(str(ROOT / "manage.py"), *arguments)


def run(*arguments: str) -> None:
    """Go on as the environment's Python, in this process: signals and exit status are its own."""
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *arguments])  # noqa: S606


def make_environment(locks: "list[Path]") -> None:
    """Make `.venv` hold what the locks say, each with more than the one before. One process at a time."""
    if all(is_installed(lock) for lock in locks):
        return
    root = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(root, fcntl.LOCK_EX)
    if any(stamp(lock).exists() and not is_installed(lock) for lock in locks):
        # All anew, or what a lock no longer names would stay.
        stamp(PROGRAM).unlink(missing_ok=True)
    for lock in locks:
        if not is_installed(lock):
            install(lock)
    os.close(root)


def install(lock: Path) -> None:
    what = {TESTS: "det som testerna behöver", BENCH: "det som mätningarna behöver"}.get(
        lock, "det som behövs"
    )
    print(f"Installerar {what} i .venv. Det tar ungefär en halv minut.", flush=True)
    if lock == PROGRAM:
        # Ours may be the one in the .venv that is to be cleared.
        python = getattr(sys, "_base_executable", sys.executable)
        made = quietly(python, "-m", "venv", "--clear", str(VENV))
        if made.returncode != 0 and "ensurepip" in made.stdout and apt_install("python3-venv"):
            made = quietly(python, "-m", "venv", "--clear", str(VENV))
        stop_if_failed(made, "Miljön .venv kunde inte skapas.")
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    installed = quietly(*pip, "--require-hashes", "--no-deps", "-r", str(lock))
    stop_if_failed(installed, "Paketen kunde inte installeras. Kontrollera nätet och försök igen.")
    stamp(lock).write_text(fingerprint(lock))


def fingerprint(lock: Path) -> str:
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {VERSION}"


def stamp(lock: Path) -> Path:
    """Written last: without it the environment does not hold all of the lock."""
    return VENV / f"{lock.name}.sha256"


def is_installed(lock: Path) -> bool:
    try:
        return PYTHON.exists() and stamp(lock).read_text() == fingerprint(lock)
    except FileNotFoundError:
        return False


def quietly(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


def stop_if_failed(done: "subprocess.CompletedProcess[str]", sentence: str) -> None:
    if "No space left on device" in done.stdout:
        sys.exit(f"Disken är full. Frigör plats där {ROOT} ligger och starta igen.")
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
        sys.exit(sentence)


def apt_install(package: str) -> bool:
    """Install a package of Debian if we may; say whether it worked."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installerar {package} med apt-get.", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    quietly("apt-get", "update")
    return quietly("apt-get", "install", "-y", "--no-install-recommends", package).returncode == 0


def prepare_test() -> None:
    """Data of the tests' own, on a disk that need not be safe, and a browser."""
    if not os.environ.get("DATABASE_URL"):
        data = Path(os.environ.get("DATA_DIR") or ROOT / "var").absolute()
        os.environ["DATA_DIR"] = str(data / "test")
        os.environ["EMBEDDED_FSYNC"] = "off"
    browser = chromium()
    if browser:
        os.environ["CHROMIUM_PATH"] = browser
    else:
        print("Chromium saknas och kunde inte installeras.", file=sys.stderr, flush=True)


def chromium() -> "str | None":
    """The path of a Chromium that starts, installed if need be."""
    browser = installed_chromium()
    if not browser and apt_install("chromium"):
        browser = installed_chromium()
    if not browser:
        quietly(str(PYTHON), "-m", "playwright", "install", "chromium")
        browser = installed_chromium()
    return browser


def installed_chromium() -> "str | None":
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    cache = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    candidates = [os.environ.get("CHROMIUM_PATH"), *map(shutil.which, names)]
    candidates += map(
        str, sorted(Path(cache).glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    )
    for path in candidates:
        if path and os.access(path, os.X_OK) and quietly(path, "--version").returncode == 0:
            return path
    return None


if __name__ == "__main__":
    main()
