"""Runs the parts of the program together in one terminal: all up, or all down.

Each part is a fork of this process, in which Django is already loaded: it starts at once, and it
shares the hold of the embedded servers, which thus outlive the last part.
"""

import contextlib
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .keeper import die_with

SIGNALS = {signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
# How a part is asked to stop, and for how many seconds each is given.
STOPPING = ((signal.SIGTERM, 2.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0))
READY_SECONDS = 60.0
LONGEST_PAUSE = 30.0  # between restarts


@dataclass
class Part:
    """A part of the program: what the person calls it, and what to run in a process of its own."""

    label: str
    run: Callable[[], object]
    death_signal: signal.Signals = signal.SIGQUIT
    pid: int = 0
    failures: int = 0
    start_at: float = 0.0


def say(sentence: str) -> None:
    """Tell the person something, also when nobody reads it any more."""
    with contextlib.suppress(OSError):
        sys.stdout.write(sentence + "\n")
        sys.stdout.flush()


def supervise(
    parts: Sequence[Part], *, is_ready: Callable[[], bool], welcome: Callable[[], None], log: Path
) -> int:
    """Run the parts until somebody asks us to stop, and return the exit status.

    A part that ends is started again, after a pause that doubles each time. `welcome` is called
    when `is_ready` says so for the first time. What the parts write goes to `log`.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # they are fetched below, one by one
    began, ready = time.monotonic(), False
    try:
        while True:
            for part in parts:
                if not part.pid and time.monotonic() >= part.start_at:
                    start(part, log)
            if not ready and is_ready():
                ready = True
                welcome()
            if not ready and time.monotonic() > began + READY_SECONDS:
                say(f"Systemet svarar inte. Orsaken står i {log}.")
                return 1
            arrived = signal.sigtimedwait(SIGNALS, 1.0 if ready else 0.03)
            if arrived and arrived.si_signo != signal.SIGCHLD:
                return 0
            for part in parts:
                if has_ended(part):
                    plan_restart(part, log)
    finally:
        stop(parts)


def start(part: Part, log: Path) -> None:
    parent = os.getpid()
    part.pid = os.fork()
    if part.pid:
        return
    try:
        os.setpgid(0, 0)  # a Ctrl-C in the terminal goes to the parent alone
        for number in (*SIGNALS, signal.SIGQUIT):  # a shell's background job ignores some
            signal.signal(number, signal.SIG_DFL)
        die_with(parent, part.death_signal)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream, target in enumerate((os.open(os.devnull, os.O_RDONLY), output, output)):
            os.dup2(target, stream)
        part.run()
    except SystemExit:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        logging.shutdown()
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(0)


def has_ended(part: Part) -> bool:
    """Whether the part has ended; then what it left running in its process group is ended too."""
    if not part.pid:
        return False
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT  # not reaped yet, so that its pid stays its own
    if os.waitid(os.P_PID, part.pid, options) is None:
        return False
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(part.pid, signal.SIGKILL)
    os.waitpid(part.pid, 0)
    part.pid = 0
    return True


def plan_restart(part: Part, log: Path) -> None:
    now = time.monotonic()
    if now - part.start_at > 2 * LONGEST_PAUSE:
        part.failures = 0  # it ran well for a while
    pause = min(2.0**part.failures, LONGEST_PAUSE)
    part.failures += 1
    part.start_at = now + pause
    say(f"{part.label} stannade och startas om. Orsaken står i {log}.")


def stop(parts: Sequence[Part]) -> None:
    for number, seconds in STOPPING:
        for part in parts:
            if part.pid:
                os.kill(part.pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if all([not part.pid or has_ended(part) for part in parts]):  # noqa: C419 (reap each)
                return
            time.sleep(0.02)
