"""Login, language, and a brand's API keys."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LoginView as DjangoLoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.forms import SCOPE_WORDS, KeyForm, LoginForm
from accounts.middleware import BrandRequest
from accounts.models import ApiKey, User
from accounts.services import key_create, key_revoke, user_language_set

YEAR = 365 * 24 * 3600


class LoginView(DjangoLoginView):
    """Login by email. A fragment asked for after the session ended makes the whole page ask again."""

    template_name = "accounts/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "htmx", False):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)


def back(request: HttpRequest) -> str:
    """The page that a form was sent from, if it is one of ours, else home."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"


@require_POST
def language_switch(request: HttpRequest) -> HttpResponse:
    """The language of all pages: kept with the person, and in a cookie for before the login."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(back(request))
    if language in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            user_language_set(user=request.user, language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=settings.HTTPS
        )
        translation.activate(language)
    return response


@requires("manage_keys")
def keys(request: BrandRequest) -> HttpResponse:
    """The brand's keys, and a form for a new one, whose text is shown this once."""
    form = KeyForm(request.POST or None)
    made, text = None, ""
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        made, text = key_create(created_by=request.user, **form.cleaned_data)
        form = KeyForm()
    context = {"form": form, "made": made, "text": text, "keys": ApiKey.objects.select_related("created_by")}
    status = 400 if form.is_bound else 200
    response = render(
        request, "accounts/keys.html", {"section": "keys", "scopes": SCOPE_WORDS, **context}, status=status
    )
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
