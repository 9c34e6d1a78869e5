"""The page behind an invitation's link: what it offers, to whom, and the way in. It stands outside any brand."""

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.errors import AccountError
from accounts.models import Invitation, User
from accounts.querysets import brand_of_invitation, has_address
from accounts.registration import INVITATION
from accounts.services.audit import audit_note
from accounts.services.invitations import invitation_accept, standing
from accounts.tenancy import brand_scope


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the invitation offers, and the one step that comes next for who looks."""
    try:
        found = _standing(token)
    except AccountError as error:
        return _refused(request, token, error)
    user = request.user if isinstance(request.user, User) else None
    context = {
        "invitation": found,
        "token": token,
        "own": user is not None and has_address(user, found.email),
        "known": EmailAddress.objects.filter(email=found.email, verified=True).exists(),
    }
    if user is not None and not context["own"]:
        _note(token, AccountError("invitation_other_person", status=403, email=found.email))
    return render(request, "accounts/invitation.html", context)


@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """Lets in who is logged in, if the invitation is theirs."""
    if not isinstance(request.user, User):
        return redirect("invitation", token)
    try:
        brand = invitation_accept(token=token, user=request.user)
    except AccountError as error:
        return _refused(request, token, error)
    request.session.pop(INVITATION, None)
    return redirect("projects", brand.slug)


@require_POST
def enter(request: HttpRequest, token: str) -> HttpResponseBase:
    """Sends a stranger on to sign up with the address fixed, or to log in where it has an account, and back."""
    try:
        found = _standing(token)
    except AccountError as error:
        return _refused(request, token, error)
    back = f"?next={reverse('invitation', args=[token])}"
    if EmailAddress.objects.filter(email=found.email, verified=True).exists():
        return redirect(reverse("account_login") + back)
    request.session[INVITATION] = token
    # Who holds the token has read the address's mail: it needs no second proof.
    get_adapter().stash_verified_email(request, found.email)
    return redirect(reverse("account_signup") + back)


@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponseBase:
    """Logs out who is somebody else, and comes back."""
    get_adapter().logout(request)
    return redirect("invitation", token)


def _standing(token: str) -> Invitation:
    brand_id = brand_of_invitation(token)
    if brand_id is None:
        raise AccountError("invitation_unknown", status=404)
    with brand_scope(brand_id):
        return standing(token)


def _refused(request: HttpRequest, token: str, error: AccountError) -> HttpResponse:
    _note(token, error)
    return render(request, "accounts/invitation_refused.html", {"message": str(error)}, status=error.status)


def _note(token: str, error: AccountError) -> None:
    """In the audit of the brand that invited; in nobody's for a token that never was."""
    brand_id = brand_of_invitation(token)
    if brand_id is None:
        audit_note(action="invitation_refused", table="accounts_invitation", after={"code": error.code})
        return
    with brand_scope(brand_id):
        audit_note(action="invitation_refused", table="accounts_invitation", after={"code": error.code})
