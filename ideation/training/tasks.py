"""Worker entry points of the training room."""

from ideation.jobs.runner import job_task
from ideation.training import services

model_train = job_task("model_train")(services.training_run)
