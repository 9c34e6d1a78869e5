"""The only writer of people and their sessions, but for what allauth writes itself: addresses, factors, passkeys."""

import uuid

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction

from accounts.errors import AccountError
from accounts.models import Membership, Role, User
from accounts.querysets import brands_of
from accounts.services.audit import person_note
from accounts.services.brands import brand_create
from accounts.services.members import stand_in_line
from accounts.tenancy import acting, brand_scope

NOBODYS_DOMAIN = "deleted.invalid"
"""No mail can ever reach it: `invalid` is reserved for that."""


@transaction.atomic
def person_create(*, email: str, password: str | None = None, name: str = "") -> User:
    """Somebody whose address needs no proof: made from the command line, or vouched for otherwise."""
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def person_sign_up(
    *, user: User, email: str, password: str | None, name: str = "", language: str = "", brand_name: str = ""
) -> User:
    """Somebody new, whose address is yet to be proved, with a brand of their own if they name one.

    Raises AccountError where somebody else has taken the address in the meantime.
    """
    user.email, user.name, user.language = email.lower(), name, language
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise AccountError("email_taken", status=409) from None
    with acting(person=user):
        if brand_name:
            brand_create(name=brand_name, owner=user, language=language or "en")
        person_note(user=user, action="signed_up")
    return user


@transaction.atomic
def user_language_set(*, user: User, language: str) -> None:
    """Remembers the language of a person's pages."""
    User.objects.filter(pk=user.pk).update(language=language)


@transaction.atomic
def profile_change(*, user: User, name: str, language: str) -> None:
    """What others call the person, and the language of their pages and mails."""
    User.objects.filter(pk=user.pk).update(name=name, language=language)


@transaction.atomic
def password_change(*, user: User, password: str) -> None:
    """A new password. All sessions end but the one that allauth keeps, since they are tied to the password."""
    user.set_password(password)
    user.save(update_fields=["password"])


@transaction.atomic
def session_end(*, session: UserSession) -> None:
    """Logs one browser out."""
    session.end()
    person_note(user=session.user, action="session_ended", after={"browser": session.user_agent})


@transaction.atomic
def person_delete(*, user: User) -> None:
    """Takes everything from a person's account that says who they were. What they have started goes on.

    The row itself stays, as a bare number: jobs, keys and projects refer to it, also in brands that the person has left
    and that nobody can look into from here. Raises AccountError while they are the last owner of a brand.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    brands = brands_of(user.pk)
    last = [brand.name for brand in brands if _is_last_owner(user, brand.pk)]
    if last:
        raise AccountError("last_owner", status=409, brands=", ".join(last))
    person_note(user=user, action="person_deleted")
    for brand in brands:
        with brand_scope(brand.pk):
            Membership.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    for kept in (EmailAddress, Authenticator, SocialAccount):
        kept.objects.filter(user=user).delete()
    user.email, user.name, user.language = f"{user.pk}@{NOBODYS_DOMAIN}", "", ""
    user.is_active = user.is_staff = False
    user.set_unusable_password()
    user.save()


def _is_last_owner(user: User, brand_id: uuid.UUID) -> bool:
    # In line with all changes of members, so that two owners who leave at once don't both count on the other.
    with brand_scope(brand_id):
        stand_in_line()
        owners = Membership.objects.filter(role=Role.OWNER)
        return [owner.user_id for owner in owners] == [user.pk]
