"""`manage demo`: the whole program on this machine, with a made-up municipality in it."""

import http.client
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from celery.signals import worker_process_init
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from gunicorn.app.base import BaseApplication

from participants.models import Participant
from sundbyberg_am.celery import app
from sundbyberg_am.demo import SIGN_INS
from sundbyberg_am.keeper import die_with
from sundbyberg_am.roles import as_owner
from sundbyberg_am.supervisor import Part, say, supervise

HOST = "127.0.0.1"
LOG_LIMIT = 10_000_000


class Command(BaseCommand):
    help = "Startar systemet på den här datorn, med en påhittad kommun i."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="porten (8000)")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C, also before it is up
        try:
            listener = listen(port)
            prepare()
            connections.close_all()  # a connection cannot be shared with the forks
            status = run(listener, port)
        except KeyboardInterrupt:
            status = 0
        if status == 0:
            say("Avslutat.")
        sys.exit(status)


def listen(port: int) -> socket.socket:
    """Take the port, or stop with a sentence. Whoever calls before the web server is up waits."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OverflowError:
        sys.exit("Porten ska vara ett tal mellan 1 och 65535.")
    except PermissionError:
        sys.exit(f"Port {port} får inte användas. Välj en annan med --port.")
    except OSError:
        sys.exit(f"Port {port} är upptagen. Välj en annan med --port.")
    listener.listen(128)
    return listener


def prepare() -> None:
    """Bring the database and the static files up to date; does nothing when they are."""
    with as_owner():  # before it is migrated, the program may not even read what has been done
        executor = MigrationExecutor(connection)
        is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if is_behind:
        say("Gör i ordning databasen.")
        call_command("migrate", interactive=False, verbosity=0)
    if not Participant.objects.exists():
        say("Fyller databasen med en påhittad kommun. Det tar ungefär en halv minut.")
        with transaction.atomic():  # killed on the way, it starts from the beginning next time
            call_command("seed_demo", verbosity=0)
    if static_files_changed():
        call_command("collectstatic", interactive=False, verbosity=0)


def static_files_changed() -> bool:
    """Whether a static file is newer than the collection of them."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    collected = manifest.stat().st_mtime
    return any(
        Path(storage.path(name)).stat().st_mtime > collected
        for finder in get_finders()
        for name, storage in finder.list([])
    )


def run(listener: socket.socket, port: int) -> int:
    """Run web server, worker and clock until somebody stops us, and return the exit status."""
    log = Path(settings.DATA_DIR) / "demo.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.unlink()
    beat = ["beat", f"--schedule={Path(settings.DATA_DIR) / f'beat-{port}'}", "--pidfile="]
    worker = ["worker", "--concurrency=1", "--without-gossip", "--without-mingle"]
    worker_process_init.connect(end_with_worker)
    parts = [
        Part("Webbservern", lambda: WebServer(listener).run()),
        Part("Bakgrundsarbetaren", lambda: work(listener, [*worker, "--loglevel=warning"])),
        Part("Klockan", lambda: work(listener, [*beat, "--loglevel=warning"]), signal.SIGTERM),
    ]
    return supervise(parts, is_ready=lambda: answers(port), welcome=lambda: welcome(port), log=log)


class WebServer(BaseApplication):
    """gunicorn on a socket that is already listening, with Django already loaded."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        super().__init__()

    def load_config(self) -> None:
        chosen = {
            "bind": f"fd://{self.listener.fileno()}",
            "worker_class": "gthread",
            "workers": 2,
            "threads": 4,
            "graceful_timeout": 2,
            "preload_app": True,
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from sundbyberg_am.wsgi import application

        return application


def work(listener: socket.socket, arguments: list[str]) -> None:
    listener.close()  # the port is free as soon as the web server has gone
    app.start(arguments)


def end_with_worker(**kwargs: object) -> None:
    """A process of the worker's pool does not outlive the worker, however that ends."""
    die_with(os.getppid(), signal.SIGKILL)


def answers(port: int) -> bool:
    client = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        client.request("GET", "/logga-in/")
        return client.getresponse().status == 200
    except OSError:
        return False
    finally:
        client.close()


def welcome(port: int) -> None:
    width = max(len(username) for username, _, _ in SIGN_INS)
    say(f"\nSystemet är igång: http://{HOST}:{port}/\n\nLogga in med:")
    for username, password, role in SIGN_INS:
        say(f"  {username:{width}}  {password}  {role}")
    say("\nAvsluta med Ctrl-C.")
