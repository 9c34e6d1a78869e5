"""The end of a brand: its name typed, the password asked again, two weeks in which it can be taken back."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.privacy.forms import DeletionForm
from ideation.privacy.services.deletion import deletion_ask, deletion_take_back, standing


@requires("delete_brand")
@reauthentication_required
def deletion(request: BrandRequest) -> HttpResponseBase:
    """What will go, and the form; once it is asked for, the way back."""
    form = DeletionForm(request.POST or None)
    if form.is_valid():
        try:
            deletion_ask(brand=request.brand, name=form.cleaned_data["name"])
            return redirect("brand_delete", request.brand.slug)
        except UserError as error:
            form.refuse(error)
    context = {"section": "brand_delete", "form": form, **standing(request.brand)}
    return render(request, "privacy/deletion.html", context, status=400 if form.is_bound else 200)


@require_POST
@requires("delete_brand")
def deletion_back(request: BrandRequest) -> HttpResponseBase:
    """The brand stays."""
    deletion_take_back(brand=request.brand)
    messages.success(request, _("The brand stays. Nothing was deleted."))
    return redirect("projects", request.brand.slug)
