"""The shell around the program: headers, limits, error pages, and log lines that name nobody."""

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import path, resolve, reverse

from participants.models import Participant
from sundbyberg_am import urls
from sundbyberg_am.access import Ground, Role
from sundbyberg_am.actions import NotOnRecord
from sundbyberg_am.limits import address_of
from sundbyberg_am.logs import QuietFormatter, numbered_request
from sundbyberg_am.models import AccessRecord
from tests.builders import a_participant, a_user, an_enrolment
from tests.participants.builders import an_opening

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
SECRET = "Hemligsson"


def broken(request):
    """A page where the database refuses a row and says what was in it."""
    known = Participant.objects.get()
    Participant.objects.create(
        personnummer=known.personnummer,
        first_name=SECRET,
        last_name=SECRET,
        birth_date=known.birth_date,
    )


urlpatterns = [path("trasig/", broken), *urls.urlpatterns]
handler500 = urls.handler500


@pytest.fixture
def consultant(as_user):
    return as_user(a_user())


@pytest.mark.parametrize(
    "address", ["/", "/logga-in/", "/finns-inte/", "/enkat/", "/api/v1/mapping", "/healthz"]
)
def test_every_answer_says_how_it_is_to_be_treated(consultant, address):
    headers = consultant.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert re.fullmatch(r"[0-9a-f]{12}", headers["X-Request-ID"])
    assert "Access-Control-Allow-Origin" not in headers
    kind = headers["Content-Type"]
    assert kind.endswith("; charset=utf-8") or kind == "application/json"


def test_the_same_number_is_given_to_no_other_request(consultant):
    numbers = {consultant.get("/").headers["X-Request-ID"] for _ in range(3)}
    assert len(numbers) == 3


def test_https_is_kept_to_and_the_cookies_stay_with_the_site(settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31536000, True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    user = a_user()
    client = Client()
    sent = {"username": user.username, "password": "lösenord-i-test"}
    answer = client.post("/logga-in/", sent, secure=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    session = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")
    assert answer.cookies[settings.CSRF_COOKIE_NAME]["secure"]


def test_cookies_of_a_server_are_taken_from_no_other_site():
    told = of_a_server("-c", "import sundbyberg_am.settings as s; print(vars(s))")
    assert "'SESSION_COOKIE_NAME': '__Host-sessionid'" in told
    assert "'CSRF_COOKIE_NAME': '__Host-csrftoken'" in told
    assert "'SESSION_COOKIE_SECURE': True" in told
    assert "'DEBUG': False" in told
    script = (ROOT / "static/js/drafts.js").read_text()
    assert "(?:__Host-)?csrftoken=" in script


def test_what_a_page_says_next_waits_on_the_server(as_user):
    """A message may name somebody, and a cookie stays in the browser."""
    client = as_user(a_user(Role.ADMINISTRATOR))
    user = a_user(name=SECRET)
    sent = {"name": SECRET, "role": user.role, "unit": user.unit_id, "is_active": "on"}
    answer = client.post(reverse("user_change", args=[user.public_id]), {**sent, "email": ""})
    assert answer.status_code == 302
    assert set(answer.cookies) <= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    assert f"{SECRET} är ändrad." in client.get(answer["Location"]).content.decode()


def test_a_static_file_is_for_this_site_and_says_what_it_is(tmp_path, settings):
    for name in ("x.svg", "x.js"):
        (tmp_path / name).write_text("")
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path, []
    client = Client()
    for name, kind in (("x.svg", "image/svg+xml"), ("x.js", "text/javascript")):
        answer = client.get(f"/static/{name}")
        answer.close()
        headers = answer.headers
        assert headers["Content-Type"].replace('"', "") == f"{kind}; charset=utf-8"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers
    assert client.get("/static/").status_code == 404


def test_the_page_of_components_is_not_on_a_server(as_user, settings):
    settings.HTTPS_ONLY = True
    assert as_user(a_user()).get("/komponenter/").status_code == 404


@pytest.mark.parametrize(
    ("https", "told", "address"),
    [
        (True, "203.0.113.7", "203.0.113.7"),
        (True, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (True, "", "127.0.0.1"),
        (False, "203.0.113.7", "127.0.0.1"),
    ],
)
def test_where_a_request_comes_from_is_what_the_proxy_put_last(rf, settings, https, told, address):
    settings.HTTPS_ONLY = https
    assert address_of(rf.get("/", headers={"X-Forwarded-For": told})) == address


def test_nothing_stands_in_the_line_of_a_page_that_the_policy_stops():
    """No style, script or handler of events within a template: the browser would not run them."""
    inline = re.compile(
        r"""<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:""", re.IGNORECASE
    )
    found = [
        f"{page.relative_to(ROOT)}: {match[0]}"
        for page in (ROOT / "templates").rglob("*.html")
        for match in inline.finditer(re.sub(r"{%.*?%}", "", page.read_text()))
    ]
    assert found == []


def test_what_somebody_is_called_is_text_on_a_page(consultant):
    case = an_enrolment(
        participant=a_participant(first_name="<img src=x onerror=1>", last_name="{{ 7 }}")
    )
    for url in (
        reverse("participant", args=[case.participant.public_id]),
        "/deltagare/?vilka=alla",
    ):
        page = consultant.get(url).content.decode()
        assert "&lt;img src=x onerror=1&gt; {{ 7 }}" in page
        assert "<img src=x" not in page


def test_nothing_is_marked_as_safe_by_hand():
    """What is written in a page is made safe by the templates and by format_html, and by nothing else."""
    by_hand = re.compile(r"""\|\s*safe\b|autoescape|safeseq|mark_safe|SafeString\((?!["'])""")
    folders = ("templates", "sundbyberg_am", "participants", "referrals", "reporting")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in folders
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".py", ".html")
        for match in by_hand.finditer(path.read_text())
    ]
    assert found == []


def of_a_server(*arguments: str) -> str:
    """What Python says with the settings of a server."""
    asked = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name in ("PATH", "LANG")},
            "DATABASE_URL": "postgres://none/none",
            "BROKER_URL": "redis://none",
            "SECRET_KEY": "x7" * 30 + "åäö",
            "ALLOWED_HOSTS": "arbetsmarknad.example.se",
            "DATA_DIR": "/tmp/none",  # noqa: S108 – nothing is written
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert asked.returncode == 0, asked.stdout + asked.stderr
    return asked.stdout


def test_django_finds_nothing_to_say_of_the_settings_of_a_server():
    assert "no issues" in of_a_server("manage.py", "check", "--deploy", "--fail-level", "INFO")


def test_a_file_that_somebody_sends_is_not_kept(consultant):
    client = consultant
    file = SimpleUploadedFile("virus.exe", b"x" * 3_000_000)
    case = an_enrolment()
    url = reverse("note_add", args=[case.participant.public_id])
    answer = client.post(url, {"text": "", "file": file})
    assert answer.status_code == 422
    assert not answer.wsgi_request.FILES


def test_what_is_too_large_is_refused_with_a_page(consultant):
    case = an_enrolment()
    url = reverse("note_add", args=[case.participant.public_id])
    too_large = "text=" + "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answer = consultant.post(url, too_large, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "för stort" in answer.content.decode()


@pytest.fixture
def lines():
    """What is logged, as the settings say that lines are."""
    line = settings.LOGGING["formatters"]["line"]
    kept = []

    class Kept(logging.Handler):
        def emit(self, record):
            kept.append(QuietFormatter(line["format"], line["datefmt"]).format(record))

    handler = Kept()
    logging.getLogger().addHandler(handler)
    yield kept
    logging.getLogger().removeHandler(handler)


@pytest.mark.urls(__name__)
def test_an_error_shows_and_logs_nothing_of_anybody(as_user, caplog, lines):
    person = a_participant(first_name=SECRET)
    client = as_user(a_user())
    client.raise_request_exception = False
    page = client.get("/trasig/")
    assert page.status_code == 500
    number = page.headers["X-Request-ID"]
    assert number in page.content.decode()
    said = "\n".join(lines)
    assert "Internal Server Error: /trasig/" in said
    assert "IntegrityError" in said
    assert "test_hard_shell.py" in said
    for text in (said, page.content.decode()):
        assert SECRET not in text
        assert person.personnummer and person.personnummer not in text
    # The message that is left out had it: else nothing is tried.
    assert person.personnummer in caplog.text


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/anvandare/", 403),
        ("get", "/finns-inte/", 404),
        ("put", "/deltagare/", 405),
        ("post", "/konto/losenord/", 422),
    ],
)
def test_what_is_refused_is_logged_with_when_which_request_and_who(
    as_user, lines, method, address, status
):
    user = a_user()
    answer = getattr(as_user(user), method)(
        address, {"password": "kort"} if method == "post" else {}
    )
    assert answer.status_code == status
    # The time says how far from UTC it is.
    said = re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING (.+)", lines[-1].split("\n")[0]
    )
    assert said, lines
    number, who, logger, *_, last = said[1].split(" ")
    assert (number, who) == (answer.headers["X-Request-ID"], str(user.pk))
    assert logger.startswith("django.")
    assert last == address
    with numbered_request():
        logging.getLogger().warning("Nästa")
    assert lines[-1].split(" ")[3] == "-"  # nobody's


def test_what_is_asked_for_makes_no_line_of_its_own(consultant, lines):
    consultant.get("/x%0d%0a2026-01-01T00:00:00+0000%20ERROR%20hej/")
    assert "hej" in lines[-1]
    assert "\n" not in "".join(lines)
    assert "\r" not in "".join(lines)


def test_the_settings_log_by_the_quiet_lines():
    handlers = settings.LOGGING["handlers"].values()
    assert {one["formatter"] for one in handlers} == {"line"}
    assert settings.LOGGING["formatters"]["line"]["()"] == "sundbyberg_am.logs.QuietFormatter"


def test_what_celery_says_of_a_task_that_failed_is_not_what_the_error_said():
    context = {
        "name": "x",
        "id": "1",
        "exc": SECRET,
        "args": SECRET,
        "kwargs": SECRET,
        "traceback": SECRET,
    }
    record = logging.LogRecord(
        "celery.app.trace",
        logging.ERROR,
        "",
        1,
        "Task %(name)s[%(id)s] raised: %(exc)s",
        (context,),
        None,
    )
    with numbered_request() as number:
        line = QuietFormatter("%(request)s %(message)s").format(record)
    assert line == f"{number} Task x[1] raised: …"


def test_the_log_of_the_database_tells_no_row():
    with connection.cursor() as cursor:
        for name, value in (("log_error_verbosity", "terse"), ("log_min_error_statement", "panic")):
            cursor.execute("SELECT current_setting(%s)", [name])
            assert cursor.fetchone() == (value,)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_record_that_cannot_be_committed_shows_nobody(as_user):
    """The log refuses at the very end of the transaction, when the page is made already."""
    case = an_enrolment(participant=a_participant(last_name=SECRET))
    client = as_user(a_user())
    url = reverse("participant", args=[case.participant.public_id])
    assert SECRET in client.get(url).content.decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON sundbyberg_am_accessrecord "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    try:
        answer = client.get(url)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse() CASCADE")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert SECRET not in answer.content.decode()
    assert AccessRecord.objects.count() == 1


def test_the_record_says_on_which_ground(as_user):
    consultant, deputy, colleague = a_user(), a_user(), a_user()
    manager = a_user(Role.MANAGER)
    case = an_enrolment(consultant=consultant, deputy=deputy)
    url = reverse("participant", args=[case.participant.public_id])
    wanted = {
        consultant: Ground.ASSIGNED,
        deputy: Ground.DEPUTY,
        colleague: Ground.UNIT,
        manager: Ground.MANAGER,
    }
    for user, ground in wanted.items():
        as_user(user).get(url)
        assert AccessRecord.objects.get(user=user).ground == ground
    stranger = a_user(Role.COORDINATOR)
    an_opening(case, stranger)
    as_user(stranger).get(reverse("emergency_case", args=[case.participant.public_id]))
    assert AccessRecord.objects.get(user=stranger).ground == Ground.EMERGENCY
    page = as_user(a_user(Role.LOG_REVIEWER)).get("/atkomstlogg/").content.decode()
    for ground in (*wanted.values(), Ground.EMERGENCY):
        assert Ground(ground).label in page


def test_a_role_without_a_ground_is_shown_nobody(rf):
    from sundbyberg_am.actions import record_access

    request = rf.get("/")
    request.user = a_user(Role.CONTROLLER)
    request.resolver_match = resolve("/")
    record_access(request, [])
    with pytest.raises(KeyError):
        record_access(request, [request.user.public_id])


def test_a_refused_record_is_not_taken_for_a_rule(rf):
    """Whatever the database says against the record, the answer is the same."""
    from sundbyberg_am.actions import record_access

    request = rf.get("/")
    request.user = a_user()
    request.resolver_match = resolve("/")
    with pytest.raises(NotOnRecord) as refused, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE sundbyberg_am_accessrecord ADD CHECK (false) NOT VALID")
        record_access(request, [request.user.public_id])
    assert isinstance(refused.value.__cause__, IntegrityError)
    assert Client().get("/logga-in/").status_code == 200
