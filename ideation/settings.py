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
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
HTTPS = env.bool("HTTPS", default=False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    "ideation.base",
    "ideation.jobs",
    "ideation.catalog",
    "ideation.reviews",
    "ideation.training",
    "ideation.needs",
    "ideation.concepts",
    "ideation.workspace",
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
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ideation.base.middleware.UserErrorMiddleware",
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
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

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
UPLOAD_MEGABYTES = env.int("UPLOAD_MEGABYTES", default=200)
MODELS_FOLDER = Path(env("MODELS_FOLDER", default=str(VAR / "models")))
WEIGHTS_FOLDER = VAR / "weights"
WORK_FOLDER = VAR / "work"
for _folder in (FILE_UPLOAD_TEMP_DIR, MODELS_FOLDER, WEIGHTS_FOLDER, WORK_FOLDER, VAR / "files"):
    _folder.mkdir(parents=True, exist_ok=True)

# Which model is tuned and writes: a name that mlcore knows, a hub id, a local folder, or an endpoint.
BASE_MODEL = env("MODEL", default="smollm2-135m")
TRAINING_TOKENS = env.int("TRAINING_TOKENS", default=10_000)
GENERATION_URL = env("GENERATION_URL", default="")
GENERATION_KEY = env("GENERATION_KEY", default="")
GENERATION_MODEL = env("GENERATION_MODEL", default="")

# How long a worker that has gone silent keeps its job.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=40)

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
CELERY_BEAT_SCHEDULE = {
    "jobs-sweep": {"task": "jobs.sweep", "schedule": 10.0, "options": {"queue": "cpu", "expires": 10}}
}

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
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s", "datefmt": "%H:%M:%S"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
