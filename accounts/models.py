"""People, brands, who belongs to which in what role, and the keys that another system acts with."""

import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import Audited, BrandKey, BrandOwnedModel, OnlyAdded, RowsOfBrand, SystemReads, current_brand


class UserManager(BaseUserManager["User"]):
    """Makes people; an email is compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. What they may do depends on the brand: see Membership."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    """Runs the platform: sees counts and health of every brand, content of none."""
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        # UPPER is what Django's iexact asks for, so that looking somebody up uses this index too.
        constraints = [models.UniqueConstraint(Upper("email"), name="accounts_user_email_once")]

    def __str__(self) -> str:
        # Of somebody who has deleted their account only the row is left.
        return self.name or (self.email if self.is_active else "–")


def unguessable() -> str:
    """A name that nobody can guess, for a folder or an address: 32 letters."""
    return secrets.token_urlsafe(24)


class Brand(models.Model):
    """A tenant. Its own row is behind the wall too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(max_length=60, unique=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    folder = models.CharField(max_length=32, default=unguessable, editable=False)
    limits = models.JSONField(default=dict, editable=False)
    """kind of quota → this brand's own limit, where it differs from the settings'."""
    delete_after = models.DateTimeField(null=True, editable=False)
    """When the brand and all that is its own will be deleted; until then an owner can take it back."""
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            RowsOfBrand(name="accounts_brand_rows_of_brand", column="id"),
            SystemReads(name="accounts_brand_system_reads"),
            Audited(name="accounts_brand_audited", hide=["folder"]),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person is in a brand; what that allows is in permissions.CAPABILITIES."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    ANALYST = "analyst", _("Analyst")
    DESIGNER = "designer", _("Designer")
    REVIEWER = "reviewer", _("Reviewer")
    VIEWER = "viewer", _("Viewer")


class Membership(BrandOwnedModel):
    """A person in a brand."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "user"], name="accounts_membership_once"),
            SystemReads(name="accounts_membership_system_reads"),
            Audited(name="accounts_membership_audited"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Invitation(BrandOwnedModel):
    """An open door for one address, once, until it expires. Only the token's hash is kept."""

    email = models.EmailField(_("email"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            SystemReads(name="accounts_invitation_system_reads"),
            Audited(name="accounts_invitation_audited", hide=["token_sha256"]),
        ]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"


class ApiKey(BrandOwnedModel):
    """A key of a brand for another system. Only its hash is kept; the prefix finds it."""

    name = models.CharField(_("name"), max_length=100)
    # Projects stand above accounts, which know them by id only: a key bound to one sees nothing else.
    project_id = models.UUIDField(null=True)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=10), default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            SystemReads(name="accounts_apikey_system_reads"),
            Audited(name="accounts_apikey_audited", hide=["secret_sha256"], ignore=["last_used_at"]),
        ]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class EmailDomain(BrandOwnedModel):
    """A domain whose addresses the brand's identity providers may speak for, once the brand has proved that it owns it.

    Any brand may ask for any domain; only one can have proved it.
    """

    domain = models.CharField(_("domain"), max_length=253)
    token = models.CharField(max_length=32, default=unguessable, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "domain"], name="accounts_emaildomain_once"),
            models.UniqueConstraint(
                fields=["domain"], condition=models.Q(verified_at__isnull=False), name="accounts_emaildomain_one_owner"
            ),
            SystemReads(name="accounts_emaildomain_system_reads"),
            Audited(name="accounts_emaildomain_audited", hide=["token"]),
        ]
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain


class IdentityProvider(BrandOwnedModel):
    """A brand's own login. Its id is the provider's name in allauth, so that no two brands can share one."""

    class Kind(models.TextChoices):
        """The protocol."""

        OIDC = "openid_connect", "OpenID Connect"
        SAML = "saml", "SAML 2.0"

    kind = models.CharField(_("protocol"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=100)
    settings = models.JSONField(default=dict)
    """Public settings, as allauth reads them: server_url and client_id, or the SAML provider's own."""
    secret = models.TextField(blank=True, editable=False)
    """The client secret, encrypted with a key made from SECRET_KEY."""
    role = models.CharField(_("role of newcomers"), max_length=20, choices=Role.choices, default=Role.VIEWER)
    is_enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            SystemReads(name="accounts_identityprovider_system_reads"),
            Audited(name="accounts_identityprovider_audited", hide=["secret"]),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """Who did what to what, when, from where, with what it was before and after. Only ever added to.

    Entries about nobody's brand (a login that failed for an unknown address) have none; the serving role can write
    those but not read them back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = BrandKey(
        # Only audit_forget() removes entries; a brand goes after them.
        "accounts.Brand",
        on_delete=models.DO_NOTHING,
        related_name="+",
        editable=False,
        default=current_brand,
        null=True,
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    action = models.CharField(max_length=60)
    """What happened: `insert`, `update`, `delete` by the database itself, or a word such as `login_failed`."""
    table = models.CharField(max_length=63, blank=True)
    object_id = models.UUIDField(null=True)
    # No reference: the entry outlives the person and the key.
    person_id = models.UUIDField(null=True)
    person = models.CharField(max_length=254, blank=True)
    key_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    address = models.GenericIPAddressField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        constraints = [
            SystemReads(name="accounts_auditentry_system_reads"),
            OnlyAdded(name="accounts_auditentry_of_nobody"),
        ]
        indexes = [
            models.Index(fields=["brand", "-at", "-id"], name="accounts_audit_newest"),
            models.Index(
                fields=["-at"],
                name="accounts_audit_failed_logins",
                condition=models.Q(action__in=["login_failed", "login_locked"]),
            ),
        ]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.table}"


class QuotaUse(BrandOwnedModel):
    """How much of a quota a brand has used, in a month or in all. One row a kind and period, counted in place."""

    kind = models.CharField(max_length=30)
    period = models.DateField(null=True)
    """First day of the month, null for what doesn't begin anew each month."""
    used = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "kind", "period"], name="accounts_quotause_once", nulls_distinct=False
            ),
            SystemReads(name="accounts_quotause_system_reads"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.used}"


class QuotaHold(BrandOwnedModel):
    """What a running piece of work has set aside; settled to what it really used when it ends."""

    kind = models.CharField(max_length=30)
    period = models.DateField(null=True)
    amount = models.BigIntegerField()
    # The job, which stands above accounts.
    holder_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["brand", "holder_id"], name="accounts_quotahold_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
