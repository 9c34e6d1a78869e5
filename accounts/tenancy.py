"""The wall between brands: a brand's rows can be read and written only inside `brand_scope()`, and Postgres holds it.

Every table of a brand has row-level security, enabled and forced, so that a forgotten filter shows nothing instead of
another brand's rows. Foreign keys and unique constraints don't feel row-level security; they carry brand_id themselves.
"""

import ipaddress
import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import DatabaseError, connection, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.migrations.operations import RunSQL
from django.utils import timezone

from accounts.projects import SeenRows

if TYPE_CHECKING:
    from accounts.models import ApiKey, User

CURRENT_BRAND = "(SELECT NULLIF(current_setting('ideation.brand', true), '')::uuid)"

SYSTEM_FUNCTIONS = {
    "brand_of_slug": "the brand behind a URL, before anybody is inside it",
    "brand_of_api_key": "the brand behind an API key's prefix",
    "brand_of_invitation": "the brand behind an invitation's token",
    "brand_of_domain": "the brand that has proved an email domain, to find its login",
    "brand_of_provider": "the brand behind an identity provider, when somebody comes back from it",
    "audit_forget": "removes the audit of a brand whose time to be taken back is over; returns how many entries",
    "platform_counts": "how many members, reviews, bytes and jobs each brand has, for the people who run the platform",
    "brands_of_person": "a person's brands, at login and in the switcher",
    "brands_to_delete": "brands whose days of grace are over, for the clock that ends them",
    "brands_with_old_exports": "brands with archives that have expired, for the clock that deletes those",
    "brands_with_old_review_exports": "brands with lists of reviews that have expired, for that clock, too",
    "reviews_newest": "the current brand's reviews with certain words among its newest, where row-level security would "
    "keep the index from being used",
    "reviews_found": "the same, of all its reviews",
    "jobs_due": "jobs of any brand that no worker holds, for the sweeper",
    "jobs_next": "the queued jobs of all brands whose turn it is, for a worker that is free",
    "sources_due": "sources of any brand whose time to be fetched has come, for the clock that starts that",
    "uploads_expired": "uploads of any brand that nobody went on with, for the clock that removes them",
}
"""The only functions that look across brands, and what for. They return ids and nothing else; a test holds the list."""

SHARED_TABLES = {
    "account_emailaddress": "a person's addresses, and which are proved",
    "account_emailconfirmation": "allauth's; unused, since the code that proves an address waits in the session",
    "mfa_authenticator": "a person's second factors and passkeys",
    "socialaccount_socialaccount": "which identity at which provider is which person",
    "socialaccount_socialapp": "allauth's; empty, since providers are the brands' own rows",
    "socialaccount_socialtoken": "allauth's; empty, tokens are not kept",
    "usersessions_usersession": "a person's sessions, to see and to end them",
    "accounts_user": "a person may belong to several brands",
    "auth_group": "Django's own; not used",
    "auth_group_permissions": "Django's own; not used",
    "auth_permission": "Django's own; not used",
    "django_content_type": "Django's own list of models",
    "django_migrations": "which migrations have run",
    "django_session": "a person's sessions, before a brand is chosen",
}
"""Tables that belong to no brand, each with its reason; a test holds that there are no others."""

UNIQUE_ACROSS_BRANDS = {
    "accounts_brand_slug_key": "an address names one brand; which are taken is no secret",
    "accounts_invitation_token_sha256_key": "finds the brand behind a token that only its holder knows",
    "accounts_apikey_prefix_key": "finds the brand behind a key; the prefix is random",
    "accounts_emaildomain_one_owner": "a domain's login belongs to the one brand that has proved the domain",
}
"""Unique indexes that don't begin with the brand, each with its reason; keys, which are random ids, are not named."""


WHOLE_BRAND_TABLES = {
    "accounts_membership": "a person's place in the brand",
    "accounts_invitation": "an open door into the brand",
    "accounts_apikey": "keys of the brand; one may be bound to a project",
    "accounts_emaildomain": "the brand's login",
    "accounts_identityprovider": "the brand's login",
    "privacy_brandexport": "archives of the whole brand, for its owners",
    "privacy_erasure": "a request may touch any project; it holds ids only",
    "accounts_quotause": "quotas are the brand's",
    "accounts_quotahold": "quotas are the brand's",
}
"""Tables whose rows belong to no project, each with its reason; a test holds that the others name the way to theirs."""


class OtherBrandError(RuntimeError):
    """Code tried to enter a brand while inside another one: always our own mistake."""


_scope: ContextVar[uuid.UUID | None] = ContextVar("brand", default=None)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, as the audit names them."""

    person_id: str | None = None
    person: str = ""
    """A person's email, or a key's name."""
    key_id: str | None = None
    job_id: str | None = None
    address: str | None = None


NOBODY = Actor()
_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


@contextmanager
def acting(
    *,
    person: "User | None" = None,
    key: "ApiKey | None" = None,
    job: uuid.UUID | None = None,
    address: str | None = None,
) -> Iterator[None]:
    """Says who acts, for the audit of all that is done inside; what isn't given stays as it was outside."""
    actor = _actor.get()
    if person is not None:
        actor = replace(actor, person_id=str(person.pk), person=person.email)
    if key is not None:
        actor = replace(actor, key_id=str(key.pk), person_id=None, person=key.name)
    if job is not None:
        actor = replace(actor, job_id=str(job))
    if address is not None:
        actor = replace(actor, address=_ip_address(address))
    token = _actor.set(actor)
    try:
        _tell_actor()
        yield
    finally:
        _actor.reset(token)
        # A transaction that an error has broken takes no more statements, and needs none.
        with suppress(DatabaseError):
            _tell_actor()


def current_actor() -> Actor:
    """Who acts."""
    return _actor.get()


def _ip_address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None


def _tell_actor() -> None:
    # Outside a scope nothing is told: whoever opens one tells it then.
    if _scope.get() is not None and connection.in_atomic_block and not connection.needs_rollback:
        _set_scope(str(_scope.get()))


@contextmanager
def brand_scope(brand_id: uuid.UUID | None) -> Iterator[None]:
    """A transaction in which this brand's rows, and no others, can be seen.

    The setting is local to the transaction, since a setting of the session would survive in a pooled connection.
    Raises OtherBrandError inside the scope of another brand, and for None, which is nobody's.
    """
    outer = _scope.get()
    if brand_id is None or outer not in (None, brand_id):
        raise OtherBrandError(f"inside brand {outer}, asked for {brand_id}")
    nested = connection.in_atomic_block
    token = _scope.set(brand_id)
    try:
        with transaction.atomic():
            _set_scope(str(brand_id))
            try:
                yield
            finally:
                # The end of a transaction resets it by itself; a broken one takes no more statements and is rolled back
                # to where it was not set.
                if nested and outer is None and not connection.needs_rollback:
                    with suppress(DatabaseError):
                        _set_scope("")
    finally:
        _scope.reset(token)


def current_brand() -> Any:
    """The brand whose scope this is, None outside any: the default of every brand_id."""
    return _scope.get()


def _set_scope(brand: str) -> None:
    """Tells Postgres, for this transaction, whose rows may be seen and, for the audit's triggers, who acts."""
    actor = json.dumps({name: value for name, value in asdict(_actor.get()).items() if value}) if brand else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('ideation.brand', %s, true), set_config('ideation.actor', %s, true)", [brand, actor]
        )


class TenantConstraint(models.BaseConstraint):
    """A piece of the wall that Django knows as a constraint, so that migrations write it and name it."""

    def statements(self, model: type[models.Model]) -> tuple[str, str]:
        """SQL to make it and SQL to remove it."""
        raise AssertionError("each kind writes its own SQL")

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        return self.create_sql(model, schema_editor)

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        # Run at the end of the migration, when the tables and keys that are referred to exist.
        assert model is not None
        assert schema_editor is not None
        table = Table(model._meta.db_table, schema_editor.quote_name)
        schema_editor.deferred_sql.append(Statement(self.statements(model)[0], table=table))
        return None

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        assert schema_editor is not None
        return Statement(self.statements(model)[1], table=Table(model._meta.db_table, schema_editor.quote_name))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Postgres does."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((type(self), self.name))


class RowsOfBrand(TenantConstraint):
    """Row-level security, enabled and forced, and one policy: rows of the current brand."""

    def __init__(self, *, name: str, column: str = "brand_id") -> None:
        super().__init__(name=name)
        self.column = column

    def statements(self, model: type[models.Model]) -> tuple[str, str]:
        rule = f"{self.column} = {CURRENT_BRAND}"
        make = (
            "ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY; ALTER TABLE %(table)s FORCE ROW LEVEL SECURITY; "
            f"CREATE POLICY {self.name} ON %(table)s USING ({rule}) WITH CHECK ({rule})"
        )
        remove = (
            f"DROP POLICY {self.name} ON %(table)s; ALTER TABLE %(table)s NO FORCE ROW LEVEL SECURITY; "
            "ALTER TABLE %(table)s DISABLE ROW LEVEL SECURITY"
        )
        return make, remove

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "column": self.column}


class SystemReads(TenantConstraint):
    """Lets the functions of the role `ideation_system` read this table across brands."""

    def statements(self, model: type[models.Model]) -> tuple[str, str]:
        make = f"CREATE POLICY {self.name} ON %(table)s FOR SELECT TO ideation_system USING (true)"
        return (
            f"{make}; GRANT SELECT ON %(table)s TO ideation_system",
            f"DROP POLICY {self.name} ON %(table)s; REVOKE SELECT ON %(table)s FROM ideation_system",
        )


class OnlyAdded(TenantConstraint):
    """Rows that the serving role adds, to its brand or to nobody's, and never changes or removes."""

    def statements(self, model: type[models.Model]) -> tuple[str, str]:
        make = (
            "REVOKE UPDATE, DELETE, TRUNCATE ON %(table)s FROM ideation_app; "
            f"CREATE POLICY {self.name} ON %(table)s FOR INSERT TO ideation_app WITH CHECK (brand_id IS NULL); "
            f"CREATE POLICY {self.name}_forgotten ON %(table)s FOR DELETE TO ideation_system USING (true); "
            "GRANT DELETE ON %(table)s TO ideation_system"
        )
        remove = (
            "REVOKE DELETE ON %(table)s FROM ideation_system; GRANT UPDATE, DELETE ON %(table)s TO ideation_app; "
            f"DROP POLICY {self.name}_forgotten ON %(table)s; DROP POLICY {self.name} ON %(table)s"
        )
        return make, remove


class MayChange(TenantConstraint):
    """Rows of which the serving role changes these columns and no others: what they say stays as it came in."""

    def __init__(self, *, name: str, columns: Sequence[str]) -> None:
        super().__init__(name=name)
        self.columns = tuple(columns)

    def statements(self, model: type[models.Model]) -> tuple[str, str]:
        listed = ", ".join(f'"{column}"' for column in self.columns)
        make = (
            "REVOKE UPDATE, TRUNCATE ON %(table)s FROM ideation_app; "
            f"GRANT UPDATE ({listed}) ON %(table)s TO ideation_app"
        )
        return make, "GRANT UPDATE ON %(table)s TO ideation_app"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "columns": self.columns}


class Audited(TenantConstraint):
    """Changes of these rows are noted in the audit by the database itself, whoever makes them.

    Of columns in `hide` the audit names only that they changed; a change of columns in `ignore` alone is no news. With
    `bulk`, each statement makes one entry: how many rows, up to 100 of their ids, the names of the changed columns;
    rows added are not noted, since the import that adds them is.
    """

    def __init__(self, *, name: str, hide: Sequence[str] = (), ignore: Sequence[str] = (), bulk: bool = False) -> None:
        super().__init__(name=name)
        self.hide, self.ignore, self.bulk = tuple(hide), tuple(ignore), bulk

    def statements(self, model: type[models.Model]) -> tuple[str, str]:
        if self.bulk:
            old, new = "REFERENCING OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
            run = "FOR EACH STATEMENT EXECUTE FUNCTION audit_rows()"
            make = (
                f"CREATE TRIGGER {self.name}_update AFTER UPDATE ON %(table)s {old} {new} {run}; "
                f"CREATE TRIGGER {self.name}_delete AFTER DELETE ON %(table)s {old} {run}"
            )
            return make, f"DROP TRIGGER {self.name}_update ON %(table)s; DROP TRIGGER {self.name}_delete ON %(table)s"
        words = ", ".join(f"'{{{','.join(names)}}}'" for names in (self.hide, self.ignore))
        make = (
            f"CREATE TRIGGER {self.name} AFTER INSERT OR UPDATE OR DELETE ON %(table)s "
            f"FOR EACH ROW EXECUTE FUNCTION audit_row({words})"
        )
        return make, f"DROP TRIGGER {self.name} ON %(table)s"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "hide": self.hide, "ignore": self.ignore, "bulk": self.bulk}


class SameBrand(TenantConstraint):
    """A foreign key on (brand_id, x_id), so that a row can't refer to another brand's row."""

    def __init__(self, *, name: str, column: str, to: str) -> None:
        super().__init__(name=name)
        self.column = column
        self.to = to

    def statements(self, model: type[models.Model]) -> tuple[str, str]:
        make = (
            f'ALTER TABLE %(table)s ADD CONSTRAINT {self.name} FOREIGN KEY (brand_id, "{self.column}") '
            f'REFERENCES "{self.to}" (brand_id, id) DEFERRABLE INITIALLY DEFERRED'
        )
        return make, f"ALTER TABLE %(table)s DROP CONSTRAINT {self.name}"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "column": self.column, "to": self.to}


def _add_constraint(model: type[models.Model], constraint: models.BaseConstraint) -> None:
    options = model._meta
    if all(other.name != constraint.name for other in options.constraints):
        options.constraints = [*options.constraints, constraint]
        # Django writes migrations from what the class was defined with.
        options.original_attrs["constraints"] = options.constraints


class BrandForeignKey(models.ForeignKey[Any, Any]):
    """A reference from one row of a brand to another: adds the SameBrand constraint by itself."""

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        super().__init__(to, on_delete, **{**kwargs, "db_constraint": False})

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if not cls._meta.abstract and not _historical(cls):
            to: Any = self.remote_field.model
            to_table = to.lower().replace(".", "_") if isinstance(to, str) else to._meta.db_table
            _add_constraint(
                cls,
                SameBrand(name=f"{cls._meta.db_table}_{name}_brand"[:63], column=self.attname, to=to_table),
            )

    def deconstruct(self) -> Any:
        # Migrations see a plain ForeignKey: the constraint stands in them by itself.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


def _historical(model: type[models.Model]) -> bool:
    return model.__module__ == "__fake__"


class BrandKey(models.ForeignKey[Any, Any]):
    """The brand_id of a brand's table: adds row-level security and the key that SameBrand refers to."""

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if not cls._meta.abstract and not _historical(cls):
            table = cls._meta.db_table
            _add_constraint(cls, RowsOfBrand(name=f"{table}_rows_of_brand"))
            _add_constraint(cls, models.UniqueConstraint(fields=["brand", "id"], name=f"{table}_brand_id"))

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


class BrandOwnedModel(models.Model):
    """A row of a brand: of the brand whose scope it was made in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = BrandKey(
        "accounts.Brand", on_delete=models.CASCADE, related_name="+", editable=False, default=current_brand
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    project_path: ClassVar[str | None] = None
    """The way from a row to its project, as a filter says it; None for what belongs to the brand as a whole."""
    objects: ClassVar[models.Manager[Self]] = SeenRows()

    class Meta:
        abstract = True


class OwnerMigrates:
    """Only the connection of the owner role migrates; everything else goes through `default`."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"


def system_function(name: str, arguments: str, returns: str, body: str, *, kind: str = "STABLE") -> RunSQL:
    """A migration operation: a function across brands, owned by `ideation_system`, for `ideation_app` alone.

    `kind` is VOLATILE for one that writes.
    """
    assert name in SYSTEM_FUNCTIONS, f"{name} is not in the list of functions that look across brands"
    signature = f"{name}({arguments})"
    return RunSQL(
        sql=f"""
            CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql {kind} SECURITY DEFINER
              SET search_path = pg_catalog, public, pg_temp AS $body$ {body} $body$;
            REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION {signature} TO ideation_app;
            ALTER FUNCTION {signature} OWNER TO ideation_system;
        """,
        reverse_sql=f"SET LOCAL ROLE ideation_system; DROP FUNCTION {signature}; RESET ROLE;",
    )


def system_ids(name: str, *arguments: str | uuid.UUID) -> list[tuple[Any, ...]]:
    """Rows of ids from one of SYSTEM_FUNCTIONS."""
    assert name in SYSTEM_FUNCTIONS, name
    marks = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}({marks})", arguments)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
