"""Worker entry points of the workspace."""

from ideation.jobs.runner import job_task
from ideation.workspace import services

main_job = job_task("main_job")(services.main_job_run)
