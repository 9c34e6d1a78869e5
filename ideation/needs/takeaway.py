"""One file of an analysis's needs in any form; who takes one stands in the audit."""

from collections.abc import Callable
from typing import Final

from ideation.needs.models import Analysis
from ideation.needs.reportfiles import TYPES as REPORT_TYPES
from ideation.needs.reportfiles import report_html, report_pdf
from ideation.needs.services.exports import TYPES as FILE_TYPES
from ideation.needs.services.exports import export_noted, needs_file
from ideation.needs.services.report import report_of

TYPES: Final = {**FILE_TYPES, **REPORT_TYPES}
"""Form → media type."""


def taken_away(analysis: Analysis, form: str) -> tuple[bytes, str, str]:
    """The file, its media type and its name. Raises KeyError for a form that isn't one of TYPES."""
    writers: dict[str, Callable[[Analysis], bytes]] = {
        "html": lambda one: report_html(report_of(one)),
        "pdf": lambda one: report_pdf(report_of(one)),
    }
    media = TYPES[form]
    content = writers[form](analysis) if form in writers else needs_file(analysis, form)
    export_noted(analysis=analysis, form=form)
    return content, media, f"needs-{analysis.created_at:%Y-%m-%d}.{form}"
