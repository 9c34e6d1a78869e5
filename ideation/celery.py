"""The worker's entry point (celery -A ideation.celery). Messages carry ids only: the Job row is the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")
app = Celery("ideation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
