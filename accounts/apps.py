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


STRONG = """
SELECT bool_or(
  r.rolsuper OR r.rolbypassrls OR r.rolreplication OR r.rolname IN ('ideation_owner', 'ideation_system',
    'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
  OR EXISTS (SELECT FROM pg_class t WHERE t.relowner = r.oid AND t.relkind = 'r' AND t.relrowsecurity)
) FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER') OR pg_has_role(current_user, r.oid, 'MEMBER')
"""
"""Whether the role is, or can become, one that gets past row-level security: by itself or as somebody's member."""


def refuse_strong_role(connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    """Raises ImproperlyConfigured when `default` connects as superuser, BYPASSRLS or owner, or as their member."""
    if connection.alias != "default":
        return
    with connection.cursor() as cursor:
        cursor.execute(STRONG)
        [strong] = cursor.fetchone()
    if strong:
        connection.close()
        raise ImproperlyConfigured(
            "DATABASE_URL connects as a role that row-level security doesn't bind. "
            "Use the role ideation_app (see accounts/roles.sql)."
        )
