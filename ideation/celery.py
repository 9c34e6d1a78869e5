"""The worker's entry point (celery -A ideation.celery). Messages carry ids only: the Job row is the truth."""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning

# `make run` may be root's: no task unpickles anything, messages are JSON.
warnings.simplefilter("ignore", SecurityWarning)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")
app = Celery("ideation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
