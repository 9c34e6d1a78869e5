"""Archives of the whole brand, for its owners."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.jobs.models import LIVE
from ideation.jobs.querysets import jobs
from ideation.privacy.forms import ExportForm
from ideation.privacy.querysets import exports as all_exports
from ideation.privacy.services.exports import export_start


@requires("export_brand")
def exports(request: BrandRequest) -> HttpResponseBase:
    """Makes an archive, and shows those that there are."""
    # An unticked box alone sends nothing.
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            export_start(as_written=form.cleaned_data["as_written"], created_by=request.user)
            return redirect("brand_export", request.brand.slug)
        except UserError as error:
            form.add_error(None, str(error))
    context = {
        "section": "brand_export",
        "form": form,
        "exports": all_exports().exclude(finished_at=None)[:20],
        "job": jobs().filter(kind="brand_export", state__in=LIVE).first(),
    }
    return render(request, "privacy/exports.html", context, status=400 if form.errors else 200)
