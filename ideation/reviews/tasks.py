"""Worker entry points of the reviews room."""

from ideation.jobs.runner import job_task
from ideation.reviews import services

dataset_import = job_task("dataset_import")(services.import_run)
