"""People, brands, who belongs to which in what role, and the keys that another system acts with."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import BrandOwnedModel, RowsOfBrand, SystemReads


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
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class Brand(models.Model):
    """A tenant. Its own row is behind the wall too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(max_length=60, unique=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            RowsOfBrand(name="accounts_brand_rows_of_brand", column="id"),
            SystemReads(name="accounts_brand_system_reads"),
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
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class ApiKey(BrandOwnedModel):
    """A key of a brand for another system. Only its hash is kept; the prefix finds it."""

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=10), default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [SystemReads(name="accounts_apikey_system_reads")]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
