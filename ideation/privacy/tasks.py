"""Worker entry points of the room, and what the clock starts."""

from celery import shared_task

from ideation.jobs.runner import job_task
from ideation.privacy.services import deletion, erasures, exports
from ideation.reviews.services.exports import review_exports_expire

reviews_erase = job_task("reviews_erase")(erasures.erasure_run)
brand_export = job_task("brand_export")(exports.export_run)


@shared_task(name="privacy.brands_delete", ignore_result=True)
def brands_delete() -> None:
    """Ends brands whose days of grace are over."""
    deletion.brands_delete()


@shared_task(name="privacy.exports_expire", ignore_result=True)
def exports_expire() -> None:
    """Deletes archives that nobody may download any more."""
    exports.exports_expire()
    review_exports_expire()
