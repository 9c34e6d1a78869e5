"""Who belongs to a brand: list, roles, leaving, and what each role may do."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import querysets
from accounts.decorators import requires
from accounts.errors import AccountError
from accounts.forms.members import InvitationForm, RoleForm
from accounts.middleware import BrandRequest, request_can
from accounts.models import ApiKey, Invitation, Membership, Role
from accounts.permissions import CAPABILITIES, CAPABILITY_WORDS
from accounts.services.invitations import DAYS, invitation_create, invitation_resend, invitation_revoke
from accounts.services.members import member_remove, member_role_set
from accounts.views.refusals import refuse


def roles_for(request: BrandRequest) -> list[str]:
    """The roles that who asks may give: an owner all, others all but owner."""
    owner = request.membership is not None and request.membership.role == Role.OWNER
    return [role for role in Role.values if owner or role != Role.OWNER]


@requires("see")
def members(request: BrandRequest) -> HttpResponseBase:
    """The brand's members and, for who may invite, its open invitations and a form for a new one."""
    if request.method == "POST":
        return invite(request, slug=request.brand.slug)
    return _page(request, InvitationForm(roles=roles_for(request)))


def _page(request: BrandRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    may_manage = request_can(request, "manage_members")
    context: dict[str, Any] = {
        "section": "members",
        "members": querysets.members(),
        "form": form,
        "roles": [choice for choice in Role.choices if choice[0] in roles_for(request)],
        "invitations": querysets.invitations_open().order_by("-created_at") if may_manage else [],
        "days": DAYS,
        "now": timezone.now(),
    }
    return render(request, "accounts/members.html", context, status=status)


@requires("manage_members")
def invite(request: BrandRequest) -> HttpResponseBase:
    """Invites an address."""
    form = InvitationForm(request.POST, roles=roles_for(request))
    if not form.is_valid():
        return _page(request, form, 400)
    try:
        made = invitation_create(**form.cleaned_data, by=request.user, site=request.build_absolute_uri("/"))
    except AccountError as error:
        refuse(request, error, "invitation", form, email=form.cleaned_data["email"])
        return _page(request, form, error.status)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": made.email})
    return redirect("members", request.brand.slug)


@require_POST
@requires("manage_members")
def resend(request: BrandRequest, invitation_id: uuid.UUID) -> HttpResponseBase:
    """Sends an invitation again, with a new link."""
    get_object_or_404(Invitation, pk=invitation_id)
    try:
        made = invitation_resend(invitation_id=invitation_id, by=request.user, site=request.build_absolute_uri("/"))
        text = _("The invitation is on its way to %(email)s; the old link no longer works.")
        messages.success(request, text % {"email": made.email})
    except AccountError as error:
        refuse(request, error, "invitation", id=str(invitation_id))
    return redirect("members", request.brand.slug)


@require_POST
@requires("manage_members")
def revoke(request: BrandRequest, invitation_id: uuid.UUID) -> HttpResponseBase:
    """Takes an invitation back."""
    get_object_or_404(Invitation, pk=invitation_id)
    try:
        ended = invitation_revoke(invitation_id=invitation_id, by=request.user)
        messages.success(request, _("The invitation of %(email)s no longer works.") % {"email": ended.email})
    except AccountError as error:
        refuse(request, error, "invitation", id=str(invitation_id))
    return redirect("members", request.brand.slug)


@require_POST
@requires("manage_members")
def role(request: BrandRequest, member_id: uuid.UUID) -> HttpResponseBase:
    """Gives a member another role."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, InvitationForm(roles=roles_for(request)), 400)
    try:
        member = member_role_set(membership_id=member_id, role=form.cleaned_data["role"], by=request.user)
    except AccountError as error:
        refuse(request, error, "role", member=str(member_id), role=form.cleaned_data["role"])
        return _page(request, InvitationForm(roles=roles_for(request)), error.status)
    words = {"name": str(member.user), "role": member.get_role_display()}
    messages.success(request, _("New role of %(name)s: %(role)s.") % words)
    return redirect("members", request.brand.slug)


@requires("see")
def remove(request: BrandRequest, member_id: uuid.UUID) -> HttpResponseBase:
    """Asks, then ends somebody's place in the brand; one's own, too."""
    member = get_object_or_404(Membership.objects.select_related("user"), pk=member_id)
    own = member.user_id == request.user.pk
    if not own and not request_can(request, "manage_members"):
        raise PermissionDenied
    context = {
        "section": "members",
        "member": member,
        "own": own,
        "keys": ApiKey.objects.filter(created_by=member.user_id, revoked_at=None),
    }
    if request.method != "POST":
        return render(request, "accounts/member_remove.html", context)
    try:
        member_remove(membership_id=member_id, by=request.user, keys_too="keep_keys" not in request.POST)
    except AccountError as error:
        refuse(request, error, "removal", member=str(member_id))
        return render(request, "accounts/member_remove.html", context, status=error.status)
    words = {"name": str(member.user), "brand": request.brand.name}
    said = _("You have left %(brand)s.") if own else _("%(name)s is no longer a member of %(brand)s.")
    messages.success(request, said % words)
    return redirect("home") if own else redirect("members", request.brand.slug)


@requires("see")
def roles(request: BrandRequest) -> HttpResponse:
    """The table that pages and API obey, for people to read."""
    rows = [
        (name, words, [name in CAPABILITIES[role] for role in Role.values]) for name, words in CAPABILITY_WORDS.items()
    ]
    return render(request, "accounts/roles.html", {"section": "roles", "roles": Role.choices, "rows": rows})
