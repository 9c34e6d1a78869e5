"""A review is corrected: what was wrong, why, and what was corrected before."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.reviews.changeforms import CorrectionForm, shown
from ideation.reviews.querysets import corrections_of
from ideation.reviews.querysets import review as find_review
from ideation.reviews.services.correct import review_correct


@requires("import_reviews")
def review_correction(request: BrandRequest, review_id: uuid.UUID) -> HttpResponseBase:
    """The form, and the corrections so far."""
    found = find_review(review_id)
    form = CorrectionForm(request.POST or None, initial=shown(found))
    if form.is_valid():
        try:
            made = review_correct(
                review=found, changes=form.changes, reason=form.cleaned_data["reason"], by=request.user
            )
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Corrected. Earlier versions keep the form before."))
            return redirect("review", request.brand.slug, made.pk)
    context = {
        "section": "reviews",
        "project": found.dataset.project,
        "review": found,
        "form": form,
        "corrections": corrections_of(found),
    }
    return render(request, "reviews/correct.html", context, status=400 if form.is_bound else 200)
