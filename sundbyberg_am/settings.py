"""All settings, in one file. Every environment variable is read here.

Without DATABASE_URL or BROKER_URL the embedded servers are used, and `embedded.py`, which starts them
before there are settings, reads those two and DATA_DIR as well.
"""

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from . import embedded, logs
from .schedules import Every

BASE_DIR = Path(__file__).resolve().parent.parent


def _stop(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    raise SystemExit(1)


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in ("", "0", "1", "false", "true"):
        _stop(f"Miljövariabeln {name} ska vara 0 eller 1, men är {value!r}.")
    return default if value == "" else value in ("1", "true")


def _secret(name: str) -> str:
    """The value itself, or what the file holds that the variable with _FILE after its name points at."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return os.environ.get(name, "").strip()
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        _stop(f"Filen i miljövariabeln {name}_FILE kan inte läsas: {error.strerror}.")
        raise


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if value and not (value.isascii() and value.isdigit() and int(value)):
        _stop(f"Miljövariabeln {name} ska vara ett heltal större än 0, men är {value!r}.")
    return int(value or default)


def _days(name: str, default: str) -> frozenset[int]:
    """Days of a month with commas between; "-" for none."""
    value = os.environ.get(name, "").strip() or default
    days = [day.strip() for day in value.split(",") if day.strip() not in ("", "-")]
    if not all(day.isascii() and day.isdigit() and 1 <= int(day) <= 31 for day in days):
        _stop(f"Miljövariabeln {name} ska vara dagar i en månad, som 5,15,25, men är {value!r}.")
    return frozenset(map(int, days))


DATA_DIR = embedded.data_dir()
_embedded_database_url, _embedded_broker_url = embedded.urls(DATA_DIR)
DATABASE_URL = os.environ.get("DATABASE_URL") or _embedded_database_url
# The role that owns the tables. Only `migrate` uses it; see roles.py.
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL") or (
    "" if os.environ.get("DATABASE_URL") else embedded.owner_url(DATA_DIR)
)
# The role that removes people when their time has come. Only `migrate` and the worker use it.
DATABASE_REMOVAL_URL = os.environ.get("DATABASE_REMOVAL_URL") or (
    "" if os.environ.get("DATABASE_URL") else embedded.removal_url(DATA_DIR)
)
# A streaming replica of the same database, for what only reads much; see replica.py.
DATABASE_REPLICA_URL = os.environ.get("DATABASE_REPLICA_URL", "").strip()
CELERY_BROKER_URL = os.environ.get("BROKER_URL") or _embedded_broker_url
EMBEDDED_DATABASE = not os.environ.get("DATABASE_URL")

DEBUG = _flag("DEBUG", default=False)
# True where the site is reached by https only; false on a developer's own machine.
HTTPS_ONLY = _flag("HTTPS_ONLY", default=not EMBEDDED_DATABASE)


def _secret_key() -> str:
    """The configured key; with the embedded database, one made once and kept beside the data."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    if not EMBEDDED_DATABASE:
        _stop("Miljövariabeln SECRET_KEY saknas. Sätt den till en lång slumpad text.")
    path = DATA_DIR / "secret_key"
    try:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass
        # Another process may have created the file and not yet written it.
        return path.read_text() or secrets.token_urlsafe(50)
    except OSError as error:
        _stop(f"Datamappen {DATA_DIR} kan inte användas: {error.strerror}. Välj en annan DATA_DIR.")
        raise


SECRET_KEY = _secret_key()
# Signs the seals on the access log and the history. A key of its own lets SECRET_KEY be changed.
SEAL_KEY = os.environ.get("SEAL_KEY") or SECRET_KEY
# Hides the secrets of codes and passkeys in the database, and so in its backups.
FACTOR_KEY = os.environ.get("FACTOR_KEY") or SECRET_KEY
ALLOWED_HOSTS = [
    host for host in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host
]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS_ONLY]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth.account",  # what the next three stand on; its pages are not among our addresses
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "sundbyberg_am",
    "participants",
    "referrals",
    "secrecy",
    "reporting",
]

MIDDLEWARE = [
    "sundbyberg_am.middleware.hard_shell",
    "sundbyberg_am.metrics.measured",
    "django.middleware.security.SecurityMiddleware",
    # Pages are a seventh as large. Django pads each by chance, so that the size tells nothing (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sundbyberg_am.middleware.sessions_end",
    "sundbyberg_am.replica.written_is_known",
    "sundbyberg_am.middleware.known_changes",
    "sundbyberg_am.middleware.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sundbyberg_am.middleware.NothingUnrecorded",
]

ROOT_URLCONF = "sundbyberg_am.urls"
WSGI_APPLICATION = "sundbyberg_am.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sundbyberg_am.navigation.navigation",
            ],
            "builtins": [
                "sundbyberg_am.templatetags.swedish",
                "sundbyberg_am.templatetags.rows",
            ],
        },
    }
]

# For how many seconds a connection is used again, by pages and tasks; whether it works is seen first.
_REUSED: Any = {"conn_max_age": 10 * 60, "conn_health_checks": True}
DATABASES: dict[str, Any] = {
    "default": {
        **dj_database_url.parse(DATABASE_URL, **_REUSED),
        # A page is one transaction: what it shows, writes and puts in the access log stand together.
        "ATOMIC_REQUESTS": True,
    }
}
if DATABASE_REPLICA_URL:
    DATABASES["replica"] = {
        "OPTIONS": {"connect_timeout": 2},
        **dj_database_url.parse(DATABASE_REPLICA_URL, **_REUSED),
        "DISABLE_SERVER_SIDE_CURSORS": True,  # that it is away is seen before the first row is read
    }
    DATABASE_ROUTERS = ["sundbyberg_am.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "sundbyberg_am.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "sundbyberg_am.passwords.NoWordOfTheWorkplace"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "login"

# Sign-in by the city's own, with OpenID Connect; off until it has an address.
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "").strip()
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "").strip()
OIDC_CLIENT_SECRET = _secret("OIDC_CLIENT_SECRET")
OIDC_NAME = os.environ.get("OIDC_NAME", "").strip() or "kommunens inloggning"
OIDC_SCOPES = (os.environ.get("OIDC_SCOPES") or "openid profile email").split()
OIDC_CLAIM = os.environ.get("OIDC_CLAIM", "").strip() or "groups"
# How strong the sign-in there must have been (acr), any of these, and how long ago it may be, in seconds.
OIDC_ACR = os.environ.get("OIDC_ACR", "").split()
OIDC_MAX_AGE = _number("OIDC_MAX_AGE", default=0)
if OIDC_ISSUER:
    _scheme, _, _place = OIDC_ISSUER.partition("://")
    _is_here = _place.partition("/")[0].partition(":")[0] in ("localhost", "127.0.0.1")
    if not (_scheme == "https" or (_scheme == "http" and _is_here)) or len(OIDC_ISSUER) > 200:
        _stop("Miljövariabeln OIDC_ISSUER ska vara en adress som börjar med https://.")
    if not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
        _stop("OIDC_ISSUER är satt. Då behövs OIDC_CLIENT_ID och OIDC_CLIENT_SECRET också.")
# The same with SAML 2.0, for a city that has nothing newer.
SAML_ISSUER = os.environ.get("SAML_ISSUER", "").strip()
SAML_URL = os.environ.get("SAML_URL", "").strip()
SAML_CERTIFICATE = _secret("SAML_CERTIFICATE")
SAML_NAME = os.environ.get("SAML_NAME", "").strip() or "kommunens inloggning"
SAML_CLAIM = os.environ.get("SAML_CLAIM", "").strip() or "groups"
SAML_ACR = os.environ.get("SAML_ACR", "").split()
if SAML_ISSUER:
    if OIDC_ISSUER:
        _stop("Både OIDC_ISSUER och SAML_ISSUER är satta. Välj en av dem.")
    if not SAML_URL.startswith("https://") or len(SAML_ISSUER) > 200:
        _stop("SAML_ISSUER är satt. Då ska SAML_URL vara en adress som börjar med https://.")
    if "-----BEGIN CERTIFICATE-----" not in SAML_CERTIFICATE:
        _stop(
            "SAML_ISSUER är satt. Då ska SAML_CERTIFICATE_FILE vara en fil med utfärdarens certifikat."
        )
# The clocks of two machines differ by so much at most, in seconds.
OIDC_CLOCK_SKEW = 60
ACCOUNT_EMAIL_VERIFICATION = SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*"]

# Whether those who sign in with a password here must have a second factor.
SECOND_FACTOR = _flag("SECOND_FACTOR", default=HTTPS_ONLY)
SECOND_FACTOR_SECONDS = 5 * 60  # from the password to the code, at most
# A password that an administrator has chosen lets in for so long, to be changed.
FIRST_PASSWORD_LASTS = timedelta(days=7)
# Whoever changes the own sign-in has shown who they are at most so long ago.
CONFIRMED_SECONDS = 10 * 60
MFA_ADAPTER = "sundbyberg_am.factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]

# Text that was typed and never sent is kept so long, and a page can be sent so long after it was opened.
DRAFT_DAYS = 30
CSRF_FAILURE_VIEW = "sundbyberg_am.views.page_too_old"

# A session ends so long after its latest request, and after so long in all.
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = 10 * 60 * 60
# With the prefix a browser takes a cookie from this site alone, and only over https.
_prefix = "__Host-" if HTTPS_ONLY else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_prefix}sessionid", f"{_prefix}csrftoken"
SESSION_ENGINE = "sundbyberg_am.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
# A message may name somebody: it waits in the database, not in the browser.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^api/"]  # a system that asks without https is told so instead: door.py
SECURE_HSTS_SECONDS = 31536000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)
# Nothing takes files, so none that is sent is kept, not even on its way.
FILE_UPLOAD_HANDLERS: list[str] = []
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # twice a draft at its longest, as a browser sends it
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "sv"
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # identifiers and years are never grouped; `|number` groups the rest
FORMAT_MODULE_PATH = "sundbyberg_am.formats"

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nor are these files for other sites
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# The row in the database is the truth; the broker only rings the bell. A task that was lost with its
# worker is delivered again, and running a task twice does no harm.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_DB_REUSE_MAX = 1_000  # tasks on one connection; without it each makes its own
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 30 * 60,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page that rings the bell while the broker is away goes on without it; beat rings again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # its lines are written as ours
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
# How often beat rings for reports that are not built, and how long a worker has one without a sign of life.
REPORT_SWEEP_SECONDS = _number("REPORT_SWEEP_SECONDS", default=20)
REPORT_LEASE_SECONDS = _number("REPORT_LEASE_SECONDS", default=300)
CELERY_BEAT_SCHEDULER = "sundbyberg_am.schedules:Beat"
CELERY_BEAT_SCHEDULE = {
    "build-waiting-reports": {
        "task": "reporting.tasks.build_waiting_reports",
        "schedule": Every(REPORT_SWEEP_SECONDS),
        # Those that are sent while no worker is there do not heap up.
        "options": {"expires": REPORT_SWEEP_SECONDS},
    },
    # Every hour of the day, so that a clock that stood still catches up; never in the hours that the change
    # to and from summer time skips or repeats.
    "order-due-report": {
        "task": "reporting.tasks.order_due_report",
        "schedule": crontab(minute="10", hour="5-23"),
        "options": {"expires": 3600},
    },
    "send-waiting-notices": {
        "task": "referrals.tasks.send_waiting_notices",
        "schedule": Every(60),
    },
    "mail-of-emergencies": {
        "task": "participants.tasks.mail_of_emergencies",
        "schedule": Every(60),
    },
    "send-due-feedback": {"task": "referrals.tasks.send_due_feedback", "schedule": Every(60)},
    "remind-of-referrals": {"task": "referrals.tasks.remind_of_referrals", "schedule": Every(1800)},
    # Those that are sent while no worker is there do not heap up, and say nothing when it is back.
    "beat-heart": {
        "task": "sundbyberg_am.tasks.beat_heart",
        "schedule": Every(60),
        "options": {"expires": 60},
    },
    "seal-records": {
        "task": "sundbyberg_am.tasks.seal_records",
        "schedule": Every(60),
        "options": {"expires": 60},
    },
    "remove-old-drafts": {"task": "sundbyberg_am.tasks.remove_old_drafts", "schedule": Every(3600)},
    "carry-out-removals": {
        "task": "secrecy.tasks.carry_out_removals",
        "schedule": Every(3600),
        "options": {"expires": 3600},
    },
    "remove-by-the-rule": {
        "task": "secrecy.tasks.remove_by_the_rule",
        "schedule": crontab(minute="40", hour="5"),
        "options": {"expires": 3600},
    },
}

# What is removed when (docs/handbok/gallring.md): people so many years after the last entry, except those
# born on these days of the month, who are kept for research; rows of the access log after so many years.
REMOVE_AFTER_YEARS = _number("REMOVE_AFTER_YEARS", default=5)
KEPT_BIRTH_DAYS = _days("KEPT_BIRTH_DAYS", default="5,15,25")
ACCESS_LOG_YEARS = _number("ACCESS_LOG_YEARS", default=5)

_host = (ALLOWED_HOSTS or ["localhost"])[0]
# Notices go by e-mail when there is a mail server; without one they stand in the program alone.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "").strip()
EMAIL_PORT = _number("EMAIL_PORT", default=25)
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "").strip() or f"noreply@{_host}"
if EMAIL_HOST and not os.environ.get("EMAIL_FROM", "").strip():
    _stop("Miljövariabeln EMAIL_FROM saknas. Sätt den till adressen som mejlen ska komma från.")
MAIL_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
# Where the program is, as the mails say it.
SITE_URL = f"https://{_host}/" if HTTPS_ONLY else ""

# What whoever asks for /metrics must have; without it nothing is measured. The processes of the web server
# put what they have counted in a folder, by the name that prometheus_client knows it by.
METRICS_TOKEN = _secret("METRICS_TOKEN")
METRICS_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")

LOGGING = logs.logging_settings(as_json=_flag("LOG_JSON", default=False))

# In the public version of a report, smaller counts than the first are hidden, and shares, medians and means
# of fewer than the second.
PUBLIC_COUNTS_FROM = _number("PUBLIC_COUNTS_FROM", default=5)
PUBLIC_SHARES_OF_AT_LEAST = _number("PUBLIC_SHARES_OF_AT_LEAST", default=10)

# The municipality in files to Kolada, by its official code; Sundbyberg is 0183.
MUNICIPALITY = os.environ.get("MUNICIPALITY", "0183")
