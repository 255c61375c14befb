"""An installation of its own, of real processes that can be killed: database, broker, web, worker, clock."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import redis

from sundbyberg_am import embedded
from sundbyberg_am.keeper import die_with
from tests.setup.conftest import ROOT, environment, pids_of, processes

SWEEP, LEASE = 1, 5
TOKEN = "to-measure"
WITHIN = 90  # seconds from when there is a worker to a report that is ready

# Holds the embedded database until its standard input is closed.
HOLD = """
import sys
from sundbyberg_am import embedded
embedded.hold()
print("up", flush=True)
sys.stdin.read()
"""
# A database with a manager, some cases and the consultant of one of them, and a note of each time that a
# report becomes ready.
PREPARE = """
import sys
import django
django.setup()
from datetime import date
from django.core.management import call_command
from django.db import connection
from django.test import Client
call_command("migrate", interactive=False, verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from sundbyberg_am.access import Role
from sundbyberg_am.roles import as_owner
from tests.builders import a_user, an_enrolment
for month in range(1, 13):
    an_enrolment(date(2024, month, 1), date(2024, month, 20), reason="studies")
if sys.argv[1:]:
    call_command("import_cases", sys.argv[1])
consultant = a_user(Role.CONSULTANT)
case = an_enrolment(date(2026, 1, 12), consultant=consultant)
sessions = []
for user in (a_user(Role.MANAGER), consultant):
    client = Client()
    client.force_login(user)
    sessions.append(client.cookies["sessionid"].value)
with as_owner():
    connection.cursor().execute('''
    CREATE TABLE became_ready (run_id bigint);
    GRANT INSERT ON became_ready TO PUBLIC;
    CREATE FUNCTION note_ready() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO became_ready VALUES (NEW.id);
        RETURN NEW;
    END $$;
    CREATE TRIGGER note_ready AFTER UPDATE ON reporting_reportrun FOR EACH ROW
        WHEN (NEW.state = 'ready' AND OLD.state <> 'ready') EXECUTE FUNCTION note_ready();
''')
print(*sessions, case.participant.public_id)
"""


class Part:
    """A process with a group of its own, which can be killed and started again."""

    def __init__(self, city: "City", name: str, *command: str) -> None:
        self.city, self.name, self.command = city, name, command
        self.sockets: tuple[int, ...] = ()  # that it is given
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Part":
        with (self.city.home / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.city.root,
                env=self.city.environment | {"PYTHONPATH": str(self.city.root)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.sockets,
                start_new_session=True,
                preexec_fn=partial(
                    die_with, os.getpid(), signal.SIGKILL
                ),  # also when a round is cut off
            )
        return self

    def end(self) -> None:
        """As systemd does: it may finish what it is doing."""
        assert self.process
        self.process.terminate()
        self.process.wait(60)

    def kill(self) -> None:
        """With -9, and everything that it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None

    @property
    def children(self) -> list[int]:
        assert self.process
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class City:
    """The installation. Its database holds a dozen cases, and those of a file to import."""

    def __init__(
        self, cases: Path | None = None, within: Path | None = None, root: Path = ROOT
    ) -> None:
        self.root = root  # where the code is
        self.home = Path(tempfile.mkdtemp(prefix="faults-", dir=within))
        self.home.chmod(0o755)
        self.data = self.home / "data"
        self.broker_socket = self.home / "broker.sock"
        self.database = embedded.owner_url(self.data).replace("postgres://", "postgresql://")
        self.environment = environment(self.data) | {
            "BROKER_URL": f"redis+socket://{self.broker_socket}",
            "DJANGO_SETTINGS_MODULE": "sundbyberg_am.settings",
            "PYTHONPATH": str(root),
            "METRICS_TOKEN": TOKEN,
            "PROMETHEUS_MULTIPROC_DIR": str(self.home / "metrics"),
            "REPORT_SWEEP_SECONDS": str(SWEEP),
            "REPORT_LEASE_SECONDS": str(LEASE),
        }
        self.holder = subprocess.Popen(
            [sys.executable, "-c", HOLD],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.holder.stdout
        assert self.holder.stdout.readline() == "up\n"
        prepared = subprocess.run(
            [sys.executable, "-c", PREPARE, *([str(cases)] if cases else [])],
            cwd=root,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=900,
        )
        self.port = a_free_port()
        *sessions, self.case = prepared.stdout.split()[-3:]
        self.browser, self.writer = (
            Browser(f"http://127.0.0.1:{self.port}", session) for session in sessions
        )
        self.broker = Part(
            self,
            "broker",
            str(embedded._program("valkey")),
            *("--port", "0", "--unixsocket", str(self.broker_socket)),
            *("--dir", str(self.home), "--appendonly", "yes", "--save", ""),
        )
        python, app = (sys.executable, "-m"), ("-A", "sundbyberg_am")
        serving = ("--bind", f"127.0.0.1:{self.port}", "--worker-class=gthread", "--threads=4")
        self.web = Part(
            self, "web", *python, "gunicorn", "sundbyberg_am.wsgi", *serving, "--no-control-socket"
        )
        working = ("worker", "--concurrency=1", "--without-gossip", "--without-mingle")
        self.worker, self.second_worker = (
            Part(self, name, *python, "celery", *app, *working, f"--hostname={name}@here")
            for name in ("worker", "second")
        )
        self.clock = Part(
            self,
            "clock",
            *(*python, "celery", *app, "beat", "--pidfile="),
            f"--schedule={self.home / 'beat'}",
        )

    def start(self) -> "City":
        for part in (self.broker, self.web, self.worker, self.clock):
            part.start()
        wait_until(self.browser.is_served, 60)
        return self

    def watch_over(self) -> None:
        """Start again what has ended by itself, as systemd and Docker do."""
        for part in (self.broker, self.web, self.worker, self.clock):
            if part.process and part.process.poll() is not None:
                part.start()

    def end(self) -> None:
        for part in (self.clock, self.worker, self.second_worker, self.web, self.broker):
            part.kill()
        self.holder.communicate(timeout=30)  # and thus without its input
        wait_until(lambda: not processes(self.data), 30)
        shutil.rmtree(self.home)

    def query(self, statement: str, *values: object) -> list[tuple]:
        """The rows; tried again while the database is on its way up."""
        found: list[tuple] = []

        def asked() -> bool:
            try:
                with psycopg.connect(self.database, autocommit=True) as connection:
                    found[:] = connection.execute(statement, values or None).fetchall()
            except psycopg.errors.LockNotAvailable:
                raise
            except psycopg.OperationalError:
                return False
            return True

        wait_until(asked, 30)
        return found

    def state(self, run: str) -> tuple[Any, ...]:
        """Of the run with that public id: state, tries, step."""
        found = self.query(
            "SELECT state, tries, step FROM reporting_reportrun WHERE public_id = %s", run
        )
        return found[0]

    def wait_until_ready(self, run: str, seconds: float = WITHIN) -> None:
        def is_ready() -> bool:
            state = self.state(run)
            assert state[0] != "failed", state
            return bool(state[0] == "ready")

        try:
            wait_until(is_ready, seconds)
        except AssertionError as error:
            [found] = self.query(
                "SELECT state, tries, step, failure, ordered_at, started_at, leased_until, now()"
                " FROM reporting_reportrun WHERE public_id = %s",
                run,
            )
            logs = [self.home / f"{name}.log" for name in ("worker", "clock")]
            said = "\n".join(log.read_text()[-2000:] for log in logs)
            raise AssertionError(f"{error}: {found}\n{said}") from error

    def times_ready(self, run: str) -> int:
        """How many times it has become so."""
        times = self.query(
            "SELECT FROM became_ready WHERE run_id = "
            "(SELECT id FROM reporting_reportrun WHERE public_id = %s)",
            run,
        )
        return len(times)

    def kept_files(self, run: str) -> dict[str, int]:
        """How many files there are of each format."""
        kept = self.query(
            "SELECT format, count(*) FROM reporting_reportfile WHERE run_id = "
            "(SELECT id FROM reporting_reportrun WHERE public_id = %s) GROUP BY format",
            run,
        )
        return dict(kept)

    def backend_pid(self) -> int:
        """One of the processes of the database that serves somebody, or else any."""
        pid = self.database_pid()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        told = {child: Path(f"/proc/{child}/cmdline").read_text() for child in children}
        serving = [child for child, title in told.items() if "sundbyberg_am" in title]
        return int((serving or children)[-1])

    def database_pid(self) -> int:
        return pids_of(self.data, "postgres -D")[0]

    def broker_answers(self) -> bool:
        try:
            return bool(redis.Redis(unix_socket_path=str(self.broker_socket)).ping())
        except redis.ConnectionError:
            return False


class Browser:
    """Somebody signed in, who orders and downloads."""

    def __init__(self, address: str, session: str) -> None:
        self.address, self.session = address, session

    def open(self, path: str, form: dict[str, str] | None = None, token: str = "") -> Any:
        """The answer, whatever its status; a redirect is followed."""
        request = urllib.request.Request(  # noqa: S310 (the address is ours)
            self.address + path,
            data=urlencode(form).encode() if form else None,
            headers={"Cookie": f"sessionid={self.session}; csrftoken={token}"},
        )
        try:
            return urllib.request.urlopen(request, timeout=30)  # noqa: S310
        except urllib.error.HTTPError as error:
            return error

    def send(self, page: str, path: str, **form: str) -> str:
        """Send a form that stands on the page; the address that it leads to."""
        with self.open(page) as shown:
            html, cookies = shown.read().decode(), " ".join(shown.headers.get_all("Set-Cookie"))
        hidden = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
        cookie = re.search(r"csrftoken=(\w+)", cookies)
        assert hidden
        assert cookie
        with self.open(path, form | {"csrfmiddlewaretoken": hidden[1]}, cookie[1]) as sent:
            assert sent.status == 200
            address: str = sent.url
            return address

    def order(self, code: str) -> str:
        """Order a report as from the page; its public id."""
        address = self.send("/rapporter/", "/rapporter/", period_code=code)
        run = re.search(r"/rapporter/([0-9a-f-]{36})/$", address)
        assert run
        return run[1]

    def order_again(self, run: str) -> None:
        """Press the button of a report that could not be built."""
        self.send(f"/rapporter/{run}/", f"/rapporter/{run}/forsok-igen/")

    def download(self, run: str, address: str, *, public: bool = False) -> tuple[int, bytes]:
        """Status and what came."""
        folder = "offentlig/" if public else ""
        with self.open(f"/rapporter/{run}/{folder}{address}/") as file:
            return file.status, file.read()

    def measured(self, name: str) -> float:
        """What `/metrics` says of that line."""
        request = urllib.request.Request(  # noqa: S310
            f"{self.address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            lines = dict(re.findall(r"^(\S+) (\S+)$", answer.read().decode(), re.M))
        return float(lines[name])

    def is_served(self) -> bool:
        try:
            with self.open("/rapporter/") as page:
                served: bool = page.status == 200
                return served
        except OSError:
            return False


def a_free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def wait_until(condition: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@contextlib.contextmanager
def a_city(cases: Path | None = None, within: Path | None = None) -> Iterator[City]:
    """A city that is up, in a folder of its own within the folder; afterwards nothing of it runs."""
    city = City(cases, within)
    try:
        yield city.start()
    finally:
        city.end()
