"""A brand's API keys."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import querysets
from accounts.decorators import requires
from accounts.errors import AccountError
from accounts.forms.keys import KeyForm
from accounts.middleware import BrandRequest, capabilities_of
from accounts.models import ApiKey
from accounts.permissions import scopes_within
from accounts.projects import projects
from accounts.services.keys import key_create, key_revoke
from accounts.views.refusals import refuse


@requires("manage_keys")
def keys(request: BrandRequest) -> HttpResponse:
    """The brand's keys, and a form for a new one, whose text is shown this once."""
    allowed = capabilities_of(request)
    options: dict[str, Any] = {"scopes": scopes_within(allowed), "projects": projects().names()}
    form, made, text, status = KeyForm(request.POST or None, **options), None, "", 200
    if request.method == "POST" and form.is_valid():
        try:
            made, text = key_create(created_by=request.user, allowed=allowed, **form.key)
            form = KeyForm(**options)
        except AccountError as error:
            # The form asks for a day, the service for a moment.
            error.field = "last_day" if error.field == "expires_at" else error.field
            refuse(request, error, "key", form)
    if form.is_bound:
        status = 400
    context = {"section": "keys", "form": form, "made": made, "text": text, "now": timezone.now()}
    context |= {"keys": querysets.keys(), "projects": options["projects"]}
    response = render(request, "accounts/keys.html", context, status=status)
    # The key's text must not stay in a cache or come back with the back button.
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires("manage_keys")
def key_end(request: BrandRequest, key_id: uuid.UUID) -> HttpResponseBase:
    """Ends a key at once."""
    key = get_object_or_404(ApiKey, pk=key_id)
    key_revoke(key=key, at=timezone.now())
    messages.success(request, _("The key “%(name)s” no longer works.") % {"name": key.name})
    return redirect("keys", request.brand.slug)
