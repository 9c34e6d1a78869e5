"""A person's own pages: coming in, name and language, sessions, the end of the account. allauth draws the others."""

from contextlib import suppress
from http import HTTPStatus

from allauth.account import views as allauth
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.logout import logout
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.adapters import note_refused
from accounts.addresses import email_address
from accounts.errors import AccountError
from accounts.forms.people import DeleteForm, OtherEmailForm, ProfileForm, refusal
from accounts.models import User
from accounts.services.people import person_delete, profile_change, session_end, user_language_set

YEAR = 365 * 24 * 3600
WAIT_SECONDS = 60
"""The longest window of the limits that answer with this page."""


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


def login(request: HttpRequest) -> HttpResponseBase:
    """allauth's login, with the status that its answer deserves.

    Where a fragment is asked for after the session's end, htmx follows the redirect to here: the whole page is loaded
    anew instead of putting a login into a corner of it.
    """
    response: HttpResponse = allauth.login(request)
    form = (getattr(response, "context_data", None) or {}).get("form")
    if form is not None and form.errors:
        locked = form.has_error("__all__", "too_many_login_attempts")
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS if locked else HTTPStatus.BAD_REQUEST
    if request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"
    return response


class EmailCodeView(allauth.ConfirmEmailVerificationCodeView):
    """Where the code from a mail is typed. allauth has no answer to a better address that is none (65.21)."""

    def _change_form_invalid(self, form: OtherEmailForm) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return response


email_code = login_not_required(EmailCodeView.as_view())


def too_many(request: HttpRequest) -> HttpResponse:
    """The answer to whoever asks too often; a login among them is noted, since it may be somebody who guesses."""
    if request.method == "POST" and "login" in request.POST:
        # Only an address is kept: somebody may have typed a password into the wrong field.
        with suppress(AccountError):
            note_refused("login_limited", email_address(request.POST["login"]))
    response = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(WAIT_SECONDS)
    return response


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Name and language."""
    assert isinstance(request.user, User)
    form = ProfileForm(request.POST or None, initial={"name": request.user.name, "language": request.user.language})
    if request.method == "POST" and form.is_valid():
        profile_change(user=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("account")
    return render(request, "account/profile.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@login_required
def session_revoke(request: HttpRequest, session_id: int) -> HttpResponse:
    """Logs one of the person's own browsers out."""
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    session_end(session=session)
    messages.success(request, _("That browser is logged out."))
    return redirect("usersessions_list")


@login_required
@reauthentication_required(app="allauth.account")
def delete(request: HttpRequest) -> HttpResponse:
    """The end of the person's account, once they have typed its address."""
    assert isinstance(request.user, User)
    form = DeleteForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            person_delete(user=request.user)
        except AccountError as error:
            form.add_error(None, refusal(error))
        else:
            logout(request, show_message=False)
            messages.success(request, _("Your account is deleted."))
            return redirect("account_login")
    return render(request, "account/delete.html", {"form": form}, status=400 if form.errors else 200)
