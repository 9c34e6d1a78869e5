"""Worker entry points of the reviews room, and what the clock starts."""

from celery import shared_task

from ideation.jobs.runner import job_task
from ideation.reviews import services
from ideation.reviews.services import fetch, indexing, matching, sources, uploads, verify

dataset_import = job_task("dataset_import")(services.import_run)
reviews_fetch = job_task("reviews_fetch")(fetch.fetch_run)
reviews_index = job_task("reviews_index")(indexing.index_run)
reviews_match = job_task("reviews_match")(matching.match_run)
version_verify = job_task("version_verify")(verify.verify_run)


@shared_task(name="reviews.uploads_expire", ignore_result=True)
def uploads_expire() -> None:
    """Removes uploads that nobody went on with."""
    uploads.uploads_expire()


@shared_task(name="reviews.sources_due", ignore_result=True)
def sources_due() -> None:
    """Starts the fetching of sources whose time has come."""
    sources.sources_due()
