"""Worker entry points of the reviews room."""

from ideation.jobs.runner import job_task
from ideation.reviews import services
from ideation.reviews.services import matching, verify

dataset_import = job_task("dataset_import")(services.import_run)
reviews_match = job_task("reviews_match")(matching.match_run)
version_verify = job_task("version_verify")(verify.verify_run)
