"""The web process's entry point (gunicorn ideation.wsgi)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")
application = get_wsgi_application()
