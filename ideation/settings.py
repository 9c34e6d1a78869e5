"""Every setting, read from the environment; what is missing or wrong is named at start, in a sentence.

`make run` writes var/embedded.env once, so that `manage.py` works by hand too; on other set-ups the environment rules.
The table of variables is in docs/operations.md.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
VAR = Path(env("IDEATION_VAR", default=str(BASE_DIR / "var")))
if "DATABASE_URL" not in env.ENVIRON and (VAR / "embedded.env").exists():
    env.read_env(str(VAR / "embedded.env"))


def required(name: str) -> str:
    """The environment variable's value. Raises ImproperlyConfigured with the cure where it is missing."""
    value: str = env(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Start with `make run`, or set it as docs/operations.md describes."
        )
    return value


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY")
# Former keys, which still open what was sealed and signed with them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
HTTPS = env.bool("HTTPS", default=False)
if HTTPS and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5):
    raise ImproperlyConfigured(
        "SECRET_KEY is too short to be safe. Make one of at least 50 random characters, for example with "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'."
    )

INSTALLED_APPS = [
    "accounts",  # before allauth, whose pages it draws in the house's own way
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",  # its protocols are not installed: accounts.brandlogin brings the brands' own
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "ideation.base",
    "ideation.jobs",
    "ideation.catalog",
    "ideation.reviews",
    "ideation.training",
    "ideation.needs",
    "ideation.concepts",
    "ideation.workspace",
    "ideation.privacy",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ideation.base.problems.ProblemMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ideation.base.middleware.UserErrorMiddleware",
    "accounts.bound.BoundSessionMiddleware",
    "accounts.middleware.BrandMiddleware",
]

ROOT_URLCONF = "ideation.urls"
WSGI_APPLICATION = "ideation.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["ideation.base.templatetags.ui", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "ideation.base.context.shell",
            ],
        },
    },
]

# Pages, API and jobs connect as a role that row-level security binds; only `migrate --database owner` is the owner.
required("DATABASE_URL")
DATABASES = {"default": env.db("DATABASE_URL")}
if env("OWNER_DATABASE_URL", default=""):
    DATABASES["owner"] = env.db("OWNER_DATABASE_URL")
for _database in DATABASES.values():
    _database["OPTIONS"] = {**_database.get("OPTIONS", {}), "connect_timeout": 5}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASE_ROUTERS = ["accounts.tenancy.OwnerMigrates"]
# Whom accounts asks about projects, which stand above it: see accounts/projects.py.
PROJECTS = "ideation.catalog.querysets"
# Whom the catalogue tells of products' new names: see ideation/catalog/services/products.py.
PRODUCT_MATCHING = "ideation.reviews.services.matching"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# By a code that is typed into the page that waits for it: a link would open in whatever browser shows the mail, and
# what scans mails for danger follows links.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
# Five codes to an address in five minutes; allauth's own limit keeps out who reloads the page. The rest is allauth's.
ACCOUNT_RATE_LIMITS = {"confirm_email": "5/5m/key"}
ACCOUNT_FORMS = {
    "login": "accounts.forms.people.LoginForm",
    "signup": "accounts.forms.people.SignUpForm",
    "add_email": "accounts.forms.people.NewEmailForm",
    "change_email": "accounts.forms.people.OtherEmailForm",
    "confirm_email_verification_code": "accounts.forms.people.EmailCodeForm",
    "change_password": "accounts.forms.people.ChangePasswordForm",
    "set_password": "accounts.forms.people.SetPasswordForm",
    "reset_password": "accounts.forms.people.ForgottenForm",
    "reset_password_from_key": "accounts.forms.people.ResetPasswordForm",
    "reauthenticate": "accounts.forms.people.PasswordAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Ideation"
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "accounts.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.factors.CodeForm",
    "reauthenticate": "accounts.forms.factors.CodeAgainForm",
    "activate_totp": "accounts.forms.factors.AppForm",
    "add_webauthn": "accounts.forms.factors.NewPasskeyForm",
    "edit_webauthn": "accounts.forms.factors.PasskeyNameForm",
    "authenticate_webauthn": "accounts.forms.factors.PasskeyForm",
    "login_webauthn": "accounts.forms.factors.PasskeyLoginForm",
}
USERSESSIONS_TRACK_ACTIVITY = True
# How many proxies stand before the product: each adds an address to X-Forwarded-For, and only those can be believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

REGISTRATION = env("REGISTRATION", default="open")
REGISTRATION_DOMAINS = [domain.lower() for domain in env.list("REGISTRATION_DOMAINS", default=[])]
if REGISTRATION not in ("open", "invitation", "domains"):
    raise ImproperlyConfigured(f"REGISTRATION is {REGISTRATION!r}. It can be open, invitation or domains.")
if (REGISTRATION == "domains") != bool(REGISTRATION_DOMAINS):
    raise ImproperlyConfigured(
        "REGISTRATION=domains and REGISTRATION_DOMAINS belong together: set both, such as "
        "REGISTRATION_DOMAINS=company.com,company.cn, or neither."
    )
SOCIALACCOUNT_ADAPTER = "accounts.brandlogin.BrandLoginAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
# The brand has proved the domain, and its provider speaks for the address.
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("EMAIL_FROM", default="Ideation <ideation@localhost>")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "ideation" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = VAR / "tmp"
# Files are never held in memory, so this is about disks.
UPLOAD_MEGABYTES = env.int("UPLOAD_MEGABYTES", default=2000)
MODELS_FOLDER = Path(env("MODELS_FOLDER", default=str(VAR / "models")))
WEIGHTS_FOLDER = VAR / "weights"
WORK_FOLDER = VAR / "work"
# What was erased, outside the database, so that a backup that is restored can be brought up to date. Keep it where no
# restoring overwrites it.
ERASURE_LOG = Path(env("ERASURE_LOG", default=str(VAR / "erasures.jsonl")))
# Days in which an owner can take back the deletion of a brand, and days for which an export can be downloaded.
BRAND_GRACE_DAYS = env.int("BRAND_GRACE_DAYS", default=14)
EXPORT_DAYS = env.int("EXPORT_DAYS", default=7)
# Files are streamed; or, behind nginx, handed over: the internal location that serves var/ (X-Accel-Redirect).
SENDFILE = env("SENDFILE", default="")
for _folder in (FILE_UPLOAD_TEMP_DIR, MODELS_FOLDER, WEIGHTS_FOLDER, WORK_FOLDER, VAR / "files"):
    _folder.mkdir(parents=True, exist_ok=True)

# Which model is tuned and writes: a name that mlcore knows, a hub id, a local folder, or an endpoint.
BASE_MODEL = env("MODEL", default="smollm2-135m")
TRAINING_TOKENS = env.int("TRAINING_TOKENS", default=10_000)
GENERATION_URL = env("GENERATION_URL", default="")
GENERATION_KEY = env("GENERATION_KEY", default="")
GENERATION_MODEL = env("GENERATION_MODEL", default="")


def _limit(name: str, default: int) -> int | None:
    """A quota from the environment; `unlimited` lifts it."""
    text: str = env(name, default=str(default))
    return None if text == "unlimited" else int(text)


# What a brand may use unless it has limits of its own (manage.py brand_limits).
QUOTAS = {
    "reviews": _limit("QUOTA_REVIEWS", 2_000_000),
    "storage_bytes": _limit("QUOTA_STORAGE_BYTES", 50 * 2**30),
    "training_tokens": _limit("QUOTA_TRAINING_TOKENS", 20_000_000),
    "generation_tokens": _limit("QUOTA_GENERATION_TOKENS", 20_000_000),
    "concurrent_jobs": _limit("QUOTA_CONCURRENT_JOBS", 100),
}

# How long a worker that has gone silent keeps its job.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=40)

# Where requests may go that a brand's settings make this server send: public https addresses, and private networks that
# are named here (10.20.0.0/16, for an identity provider on the intranet). Plain http is for development.
OUTGOING_NETWORKS = env.list("OUTGOING_NETWORKS", default=[])
OUTGOING_HTTP = env.bool("OUTGOING_HTTP", default=DEBUG)
# The DNS servers asked whether a brand owns a domain: the machine's own, or these (10.0.0.53 or 127.0.0.1:5353).
DNS_SERVERS = env.list("DNS_SERVERS", default=[])

# What all web processes must count together: login attempts, rate limits. Never anything that a customer said.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": required("CACHE_URL")},
}

CELERY_BROKER_URL = required("BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 3, "socket_timeout": 30}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_BEAT_SCHEDULE = (
    {
        name: {"task": f"privacy.{name}", "schedule": 600.0, "options": {"queue": "cpu", "expires": 600}}
        for name in ("brands_delete", "exports_expire")
    }
    | {
        f"reviews-{name}": {"task": f"reviews.{name}", "schedule": every, "options": {"queue": "cpu", "expires": every}}
        for name, every in {"uploads_expire": 600.0, "sources_due": 60.0}.items()
    }
    | {
        "jobs-sweep": {"task": "jobs.sweep", "schedule": 10.0, "options": {"queue": "cpu", "expires": 10}},
    }
)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["ideation.base.api.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["ideation.base.api.HasCapability"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "ideation.base.api.NewestFirstPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "ideation.base.openapi.RoomSchema",
    "EXCEPTION_HANDLER": "ideation.base.api.problem",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ideation API",
    "DESCRIPTION": "From what customers say to needs, models and product concepts, each claim cited.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"SourceKind": "ideation.reviews.models.SourceKind"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    },
}
CSRF_FAILURE_VIEW = "ideation.base.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "ideation.base.traces.QuietFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "datefmt": "%H:%M:%S",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
