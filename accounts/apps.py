"""Refuses to serve through a database role that row-level security doesn't bind."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


class AccountsConfig(AppConfig):
    """Checks each new connection of the serving role."""

    name = "accounts"

    def ready(self) -> None:
        # The one place that a connection can't get around: a check at start would miss a later change of the role.
        connection_created.connect(refuse_strong_role, dispatch_uid="accounts.refuse_strong_role")


def refuse_strong_role(connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    """Raises ImproperlyConfigured when `default` connects as superuser, BYPASSRLS or owner of the tables."""
    if connection.alias != "default":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, "
            "pg_has_role(current_user, 'ideation_owner', 'USAGE') FROM pg_roles WHERE rolname = current_user"
        )
        superuser, bypass, owner = cursor.fetchone()
    if superuser or bypass or owner:
        connection.close()
        raise ImproperlyConfigured(
            "DATABASE_URL connects as a role that row-level security doesn't bind. "
            "Use the role ideation_app (see accounts/roles.sql)."
        )
