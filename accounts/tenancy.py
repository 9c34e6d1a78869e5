"""The wall between brands: a brand's rows can be read and written only inside `brand_scope()`, and Postgres holds it.

Every table of a brand has row-level security, enabled and forced, so that a forgotten filter shows nothing instead of
another brand's rows. Foreign keys and unique constraints don't feel row-level security; they carry brand_id themselves.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.migrations.operations import RunSQL
from django.utils import timezone

CURRENT_BRAND = "(SELECT NULLIF(current_setting('ideation.brand', true), '')::uuid)"

SYSTEM_FUNCTIONS = {
    "brand_of_slug": "the brand behind a URL, before anybody is inside it",
    "brand_of_api_key": "the brand behind an API key's prefix",
    "brands_of_person": "a person's brands, at login and in the switcher",
    "jobs_due": "jobs of any brand that no worker holds, for the sweeper",
}
"""The only functions that look across brands, and what for. They return ids and nothing else; a test holds the list."""

SHARED_TABLES = {
    "accounts_user": "a person may belong to several brands",
    "auth_group": "Django's own; not used",
    "auth_group_permissions": "Django's own; not used",
    "auth_permission": "Django's own; not used",
    "django_content_type": "Django's own list of models",
    "django_migrations": "which migrations have run",
    "django_session": "a person's sessions, before a brand is chosen",
}
"""Tables that belong to no brand, each with its reason; a test holds that there are no others."""


class OtherBrandError(RuntimeError):
    """Code tried to enter a brand while inside another one: always our own mistake."""


_scope: ContextVar[uuid.UUID | None] = ContextVar("brand", default=None)


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
            _set_brand(str(brand_id))
            try:
                yield
            finally:
                # The end of a transaction resets it by itself, and a broken one takes no more statements.
                if nested and outer is None and not connection.needs_rollback:
                    _set_brand("")
    finally:
        _scope.reset(token)


def current_brand() -> Any:
    """The brand whose scope this is, None outside any: the default of every brand_id."""
    return _scope.get()


def _set_brand(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ideation.brand', %s, true)", [value])


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

    class Meta:
        abstract = True


class OwnerMigrates:
    """Only the connection of the owner role migrates; everything else goes through `default`."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"


def system_function(name: str, arguments: str, returns: str, body: str) -> RunSQL:
    """A migration operation: a function across brands, owned by `ideation_system`, for `ideation_app` alone."""
    assert name in SYSTEM_FUNCTIONS, f"{name} is not in the list of functions that look across brands"
    signature = f"{name}({arguments})"
    return RunSQL(
        sql=f"""
            CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER
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
