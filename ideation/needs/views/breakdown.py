"""Where one need is spoken of; a part of its page that comes by itself, and a page of its own without scripts."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.needs.compareforms import COLUMN_WORDS
from ideation.needs.querysets import need as find_need
from ideation.needs.services.breakdown import BY, breakdown
from ideation.needs.services.compare import segments_of
from ideation.needs.views.compare import segment_word, value_word


@require_safe
@requires("see")
def need_breakdown(request: BrandRequest, need_id: uuid.UUID) -> HttpResponse:
    """One need by product, source, language, month or segment; what is chosen stands in the address."""
    need = find_need(need_id)
    project = need.analysis.project
    segments = segments_of(project)
    by = request.GET.get("by", "")
    by = by if by in BY and (by != "segment" or segments) else BY[0]
    segment = request.GET.get("segment", "")
    segment = segment if segment in segments else (segments[0] if segments else "")
    found = breakdown(need, by, segment)
    unsaid = pgettext("value", "not said")
    rows = [(value_word(by, group.name) if group.name else unsaid, group.part) for group in found.groups]
    context = {
        "section": "needs",
        "project": project,
        "need": need,
        "found": found,
        "rows": rows,
        "ways": [(name, COLUMN_WORDS.get(name, _("Month"))) for name in BY if name != "segment" or segments],
        "segments": [(name, segment_word(name)) for name in segments],
    }
    page = "needs/breakdown.html" if request.headers.get("HX-Request") else "needs/breakdown_page.html"
    return render(request, page, context)
