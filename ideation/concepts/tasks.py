"""Worker entry points of the concepts room."""

from ideation.concepts import services
from ideation.jobs.runner import job_task

concepts_write = job_task("concepts_write")(services.generation_run)
