"""Keeps one embedded server running while somebody uses it; a program that embedded.py starts.

Writes "ready" when the server accepts connections, or one Swedish sentence about why it cannot be
started. Then waits until nobody holds use.lock, stops the server and leaves. Killed, it takes the
server along. Standard library only.
"""

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAME = "sundbyberg_am"
ROLES = (f"{NAME}_program", f"{NAME}_removal")
START_SECONDS = 120  # a database that was killed may have much to recover
STOP_SECONDS = 10
RESTARTS = 3  # in RESTART_WINDOW seconds; then the next user may try
RESTART_WINDOW = 60
SPACE_NEEDED = 32_000_000  # bytes; below this PostgreSQL stops in the middle of its work

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT = 1, 28, 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


class ServerError(Exception):
    """Why the server cannot be started, as one Swedish sentence."""


class Server:
    """What the keeper must know about a server: its folders, its command and when it is ready."""

    label: str
    programs: tuple[str, ...]  # what may be running on its folder
    # Each tried for STOP_SECONDS; the first is also what the server gets when the keeper is killed.
    stop_signals: tuple[signal.Signals, ...]

    def __init__(self, program: Path, room: Path, sockets: Path) -> None:
        self.program, self.room, self.sockets = program, room, sockets
        self.data = room / "data"
        self.durable = os.environ.get("EMBEDDED_FSYNC") != "off"
        self.uid, self.gid = room.stat().st_uid, room.stat().st_gid

    def prepare(self) -> None:
        """Make the data folder if it is new, and refuse one that cannot be used. Raises ServerError."""
        raise NotImplementedError

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self, pid: int) -> bool:
        raise NotImplementedError

    def own(self, path: Path) -> None:
        """Give the path to the user the server runs as."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def spawn(self, command: list[str], **options: Any) -> subprocess.Popen[str]:
        """Start a program as that user; it ends with the keeper."""
        keeper, death_signal = os.getpid(), self.stop_signals[0]
        return subprocess.Popen(
            command,
            cwd="/",
            encoding="utf-8",
            errors="replace",
            process_group=0,
            preexec_fn=lambda: become(self.uid, self.gid, death_signal, keeper),
            **options,
        )

    def failure(self, output: str) -> ServerError:
        if "No space left on device" in output:
            return full_disk(self.room.parent)
        return ServerError(f"{self.label} kunde inte starta. Orsaken står i {self.room / 'log'}.")


class Postgres(Server):
    label = "PostgreSQL"
    programs = ("postgres", "initdb")
    stop_signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
    major = "18"

    def prepare(self) -> None:
        for leftover in self.room.glob("data.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if not self.data.exists():
            self.create()
        try:
            version = (self.data / "PG_VERSION").read_text(errors="replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            version = ""
        if not version.isdecimal():
            raise ServerError(
                f"Datamappen {self.data} är skadad. "
                "Återställ den från en säkerhetskopia, eller flytta undan den för att börja om."
            )
        if version != self.major:
            raise ServerError(
                f"Datamappen {self.data} hör till PostgreSQL {version}, "
                f"men här finns PostgreSQL {self.major}. Välj en annan mapp med DATA_DIR."
            )
        if self.data.stat().st_uid != self.uid:  # copied by root
            for path in (self.data, *self.data.rglob("*")):
                self.own(path)
        self.drop_stale_pid()
        self.make_roles()

    def create(self) -> None:
        """Make the database aside and rename it when whole: a kill leaves nothing half-made."""
        new = Path(tempfile.mkdtemp(prefix="data.new-", dir=self.room))
        self.own(new)
        options = ["--username=postgres", "--encoding=UTF8", "--locale=C"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--auth-local=trust", "--auth-host=reject"]
        options += [] if self.durable else ["--no-sync"]
        self.run([str(self.program.with_name("initdb")), "-D", str(new), *options])
        self.alone(
            new, f"CREATE ROLE {NAME} LOGIN CREATEDB", f"CREATE DATABASE {NAME} OWNER {NAME}"
        )
        new.rename(self.data)

    def make_roles(self) -> None:
        """Make those that the program runs as, once: an older folder has only the owner."""
        for role in ROLES:
            done = self.data / role
            if not done.exists():
                make = f"BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN END"
                self.alone(self.data, f"DO '{make}'")
                done.touch()
                self.own(done)

    def alone(self, data: Path, *statements: str) -> None:
        """Let a server that nobody else reaches do the statements, and end."""
        options = [*self.settings(), "-c", "exit_on_error=on", "postgres"]
        self.run(
            [str(self.program), "--single", "-D", str(data), *options],
            "".join(f"{statement}\n" for statement in statements),
        )

    def run(self, command: list[str], text: str = "") -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with self.spawn(command, **pipes) as process:
            output, _ = process.communicate(text)
        sys.stderr.write(output)
        sys.stderr.flush()
        if process.returncode != 0:
            raise self.failure(output)

    def drop_stale_pid(self) -> None:
        """PostgreSQL would take any program that has got the old pid for another PostgreSQL."""
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists():
            pid = pid_file.read_text(errors="replace").partition("\n")[0]
            if not pid.isdecimal() or Path("/proc", pid).exists():
                pid_file.unlink()

    def settings(self) -> list[str]:
        buffers = os.environ.get("EMBEDDED_BUFFERS", "64MB")
        values = {"shared_buffers": buffers, "max_wal_size": "256MB", "jit": "off"}
        # As on a disk without moving parts: rows are looked up rather than a table read whole.
        values |= {"random_page_cost": "1.1"}
        # Its log tells that a statement was refused, not which nor of whom.
        values |= {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
        if not self.durable:  # safe when a process is killed, but not when the machine loses power
            values |= {"fsync": "off", "full_page_writes": "off"}
        return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]

    def command(self) -> list[str]:
        where = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.sockets}"]
        return [str(self.program), "-D", str(self.data), *where, *self.settings()]

    def is_ready(self, pid: int) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(pid)] and lines[7:8] == ["ready   "]


class Valkey(Server):
    label = "Valkey"
    programs = ("valkey-server",)
    stop_signals = (signal.SIGTERM, signal.SIGKILL)

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        for path in (self.data, *self.data.rglob("*")):
            self.own(path)

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.sockets / "valkey.sock"),
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec" if self.durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
            "set-proc-title": "no",  # leftovers() reads the command line
        }
        return [str(self.program)] + [
            p for name, value in options.items() for p in (f"--{name}", value)
        ]

    def is_ready(self, pid: int) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.sockets / "valkey.sock"))
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
            except OSError:
                return False


def become(uid: int, gid: int, death_signal: signal.Signals, parent: int) -> None:
    """In a new child: leave root, and end with the parent.

    The folders above the programs and the data may be open to root alone. The right to look past
    that is carried along, instead of opening them to everybody.
    """
    if os.geteuid() == 0 != uid:
        # Or access(2), which PostgreSQL asks about its own files, would not count the capability.
        kept = libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) == 0
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        if kept and not keep_only(CAP_DAC_READ_SEARCH):
            keep_only(CAP_DAC_OVERRIDE)  # what containers give their root
    die_with(parent, death_signal)  # last, since a change of user would clear it


def die_with(parent: int, death_signal: signal.Signals) -> None:
    """In a new child: get the signal when the parent ends, however it ends."""
    libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def keep_only(capability: int) -> bool:
    """Give up every capability but this, and keep it over exec. False if we do not have it."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    mask = 1 << capability
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if libc.capset(header, sets) != 0:
        return False
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)
    return True


def full_disk(path: Path) -> ServerError:
    return ServerError(f"Disken är full. Frigör plats där {path} ligger och starta igen.")


@contextlib.contextmanager
def socket_folder(server: Server) -> Iterator[None]:
    """The folder of the sockets, which nobody else may own, while it is needed."""
    server.sockets.mkdir(mode=0o700, exist_ok=True)
    found = server.sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (server.uid, os.geteuid()):
        raise ServerError(
            f"Mappen {server.sockets} tillhör någon annan. Ta bort den och starta igen."
        )
    server.sockets.chmod(0o700)
    server.own(server.sockets)
    try:
        yield
    finally:
        shutil.rmtree(server.sockets, ignore_errors=True)


def leftovers(server: Server) -> list[int]:
    """Processes of this server that outlived a killed keeper, perhaps still shutting down."""
    pids, room = [], os.fsencode(server.room) + b"/"
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        program = os.fsdecode(arguments[0]).rpartition("/")[2]
        if program in server.programs and any(one.startswith(room) for one in arguments):
            pids.append(int(folder.name))
    return pids


def clear(server: Server) -> None:
    """Wait for what a killed keeper left behind to end, and end it if it does not."""
    for number in (0, *server.stop_signals[1:]):
        deadline = time.monotonic() + STOP_SECONDS
        for pid in leftovers(server):
            os.kill(pid, number)
        while leftovers(server) and time.monotonic() < deadline:
            time.sleep(0.02)


def start(server: Server) -> subprocess.Popen[str]:
    """Start the server and return it when it is ready. Raises ServerError."""
    deadline = time.monotonic() + START_SECONDS
    process = None
    while time.monotonic() < deadline:
        if process is None:
            logged = os.fstat(2).st_size
            process = server.spawn(server.command(), stdin=subprocess.DEVNULL, stdout=2)
        elif process.poll() is not None:
            output = os.pread(2, 100_000, logged).decode(errors="replace")
            # The backends of a killed PostgreSQL need a moment to see it and go.
            if "is still in use" not in output:
                raise server.failure(output)
            process = None
        elif server.is_ready(process.pid):
            return process
        time.sleep(0.01)
    if process:
        process.kill()
        process.wait()
    raise server.failure("")


def stop(server: Server, process: subprocess.Popen[str]) -> None:
    for number in server.stop_signals:
        process.send_signal(number)
        try:
            process.wait(STOP_SECONDS)
            break
        except subprocess.TimeoutExpired:
            continue


def watch_users(room: Path) -> int:
    """Start a process that ends when nobody uses the server any more, and return its pid.

    The lock it waits for is then ours as well, so that newcomers wait until we are gone.
    """
    use = os.open(room / "use.lock", os.O_RDWR)
    keeper = os.getpid()
    pid = os.fork()
    if pid == 0:
        die_with(keeper, signal.SIGKILL)
        fcntl.flock(use, fcntl.LOCK_EX)
        os._exit(0)
    return pid


def wait_for_space(room: Path, users: int) -> bool:
    """Wait, as long as somebody uses the server, until it can start; whether it had to."""
    had_to = False
    while shutil.disk_usage(room).free < SPACE_NEEDED:
        if os.waitid(os.P_PID, users, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
        had_to = True
        time.sleep(0.2)
    return had_to


def answer(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # who asked was killed; others may be waiting
        os.write(1, text.encode())
    os.dup2(2, 1)


def keep(server: Server, start_lock: int) -> None:
    """Start the server, say so, restart it if it dies, and stop it after its last user."""
    clear(server)
    with socket_folder(server):
        server.prepare()
        process = start(server)
        answer("ready")
        os.close(start_lock)

        users = watch_users(server.room)
        died: list[float] = []
        while (ended := os.wait()) != (users, 0):
            if ended[0] == users:
                users = watch_users(server.room)  # it was killed
                continue
            now = time.monotonic()
            died = [moment for moment in died if moment > now - RESTART_WINDOW] + [now]
            if wait_for_space(server.room, users):
                died.clear()
            if len(died) > RESTARTS:
                return  # the next user tries again
            process = start(server)
        stop(server, process)


def main(name: str, program: str, room: str, sockets: str, start_lock: str, keep_lock: str) -> None:
    """Become a process of its own, which keeps `keep_lock` (by staying alive) and the server."""
    if os.fork():
        os._exit(0)
    kind = {"postgres": Postgres, "valkey": Valkey}[name]
    server = kind(Path(program), Path(room), Path(sockets))
    try:
        if shutil.disk_usage(server.room).free < SPACE_NEEDED:
            raise full_disk(server.room.parent)
        keep(server, int(start_lock))
    except ServerError as error:
        answer(str(error))
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        answer(str(full_disk(server.room.parent) if is_full else server.failure(repr(error))))
    except subprocess.SubprocessError:  # become() failed
        answer(f"{server.label} kan inte köras som root här. Kör som en vanlig användare.")
    # Before the use lock, which goes with the process: whoever gets that must find no keeper.
    fcntl.flock(int(keep_lock), fcntl.LOCK_UN)


if __name__ == "__main__":
    main(*sys.argv[1:])
