"""The job that writes a list of reviews to a file: here, since needs can narrow it."""

from typing import Any

from ideation.jobs.runner import JobRun
from ideation.needs.reviewlists import listing
from ideation.reviews.exporting import review_export_write


def review_export_run(run: JobRun) -> dict[str, Any]:
    """Writes the file."""
    return review_export_write(run, lambda export, wanted: listing(export.project, wanted))
