"""Worker entry points of the reviews room."""

from ideation.jobs.runner import job_task
from ideation.reviews import services
from ideation.reviews.services.indexing import index_run

dataset_import = job_task("dataset_import")(services.import_run)
reviews_index = job_task("reviews_index")(index_run)
