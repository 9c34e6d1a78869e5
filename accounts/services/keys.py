"""The only writer of API keys."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.errors import AccountError
from accounts.models import ApiKey, User
from accounts.permissions import OWNER, SCOPES
from accounts.projects import only_project, projects
from accounts.querysets import KEY_START


@transaction.atomic
def key_create(
    *,
    name: str,
    scopes: Sequence[str],
    created_by: User | None,
    allowed: frozenset[str] = OWNER,
    project_id: uuid.UUID | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key of the current brand, and its full text, which can't be read again.

    `allowed` is what who makes it may do. Raises AccountError for a key that could do more, a project that isn't
    there for who asks, and a day that has passed.
    """
    for scope in scopes:
        if not SCOPES[scope] <= allowed:
            raise AccountError("key_too_strong", status=403, field="scopes", scope=scope)
    if project_id is not None or only_project() is not None:
        _check_project(project_id, scopes)
    if expires_at is not None and expires_at <= timezone.now():
        raise AccountError("key_expiry_past", field="expires_at")
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        scopes=list(scopes),
        created_by=created_by,
        project_id=project_id,
        expires_at=expires_at,
        secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
    )
    return key, f"{KEY_START}_{prefix}_{secret}"


def _check_project(project_id: uuid.UUID | None, scopes: Sequence[str]) -> None:
    if "admin" in scopes:
        raise AccountError("key_admin_project", field="project_id")
    if project_id not in projects().names():
        raise AccountError("key_no_project", field="project_id")


@transaction.atomic
def key_revoke(*, key: ApiKey, at: datetime) -> None:
    """Ends a key at once: each request looks. One that has been revoked stays as it is."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)
