"""A copy of a city's database, by PostgreSQL's own tools, in a server of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from sundbyberg_am import embedded
from sundbyberg_am.keeper import become

from .city import City, wait_until


class Copy:
    """The copy; everything that it does is done as the user that the city's database runs as."""

    def __init__(self, city: City) -> None:
        self.room = Path(tempfile.mkdtemp(prefix="copy-"))
        owner = (city.data / "postgres" / "data").stat()
        os.chown(self.room, owner.st_uid, owner.st_gid)
        self.as_owner: dict[str, Any] = {
            "cwd": "/",
            "preexec_fn": partial(become, owner.st_uid, owner.st_gid, signal.SIGKILL, os.getpid()),
        }
        sockets = embedded._socket_folder("postgres", city.data)
        self.there = ("--host", str(sockets), "--username=postgres")
        place = str(self.room).replace("/", "%2F")
        self.url = f"postgresql://sundbyberg_am_program@{place}/sundbyberg_am"
        self.server: subprocess.Popen[bytes] | None = None

    def take(self, *options: str) -> None:
        """A base backup."""
        into = ("--pgdata", str(self.room / "data"), "--checkpoint=fast")
        command = [str(embedded.tool("pg_basebackup")), *self.there, *into, *options]
        subprocess.run(command, check=True, **self.as_owner)

    def receive(self) -> subprocess.Popen[bytes]:
        """From now on the log of the database is received as it is written."""
        subprocess.run(["mkdir", self.room / "log"], check=True, **self.as_owner)
        into = ("--directory", str(self.room / "log"))
        command = [str(embedded.tool("pg_receivewal")), *self.there, *into]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL, **self.as_owner)

    def recover(self) -> None:
        """Start with all of the log that was received."""
        log = self.room / "log"
        fetch = f"cp {log}/%f %p || cp {log}/%f.partial %p"
        with (self.room / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"restore_command = '{fetch}'\n")
        subprocess.run(
            ["touch", self.room / "data" / "recovery.signal"], check=True, **self.as_owner
        )
        self.start()
        wait_until(lambda: self.ask("SELECT pg_is_in_recovery()") is False, 600)

    def start(self) -> None:
        """Until it answers."""
        where = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={self.room}")
        with (self.room / "server.log").open("wb") as log:
            self.server = subprocess.Popen(
                [embedded.tool("postgres"), "-D", self.room / "data", *where],
                stdout=log,
                stderr=log,
                **self.as_owner,
            )
        wait_until(lambda: self.ask("SELECT 1") == 1, 600)

    def ask(self, query: str) -> Any:
        """The one value of the answer; None when nobody answers, or with nothing."""
        all_may = self.url.replace("//sundbyberg_am_program@", "//postgres@")
        try:
            with psycopg.connect(all_may, autocommit=True) as connection:
                [(value,)] = connection.execute(query.encode()).fetchall()
                return value
        except psycopg.OperationalError:
            return None

    def kill(self) -> None:
        if self.server:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(20)
            self.server = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.room)
