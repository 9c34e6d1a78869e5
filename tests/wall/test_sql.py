"""The wall as Postgres holds it: read from the catalogue, tried with real rows of two brands, and broken on purpose.

Whatever a migration adds is found here by itself. Rows are committed, so that the serving role, the owner and a
superuser, each on a connection of its own, look at the same ones.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from psycopg import sql
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb
from pytest_django import DjangoDbBlocker

from accounts.models import Brand, Membership
from accounts.tenancy import OtherBrandError, RowsOfBrand, TenantConstraint, brand_scope
from ideation.catalog.models import Project
from tests import conftest
from tests.wall.catalogue import (
    CHECKS,
    Check,
    Cursor,
    all_brand_models,
    brand_rules,
    declared_policies,
    faults,
    keys_are_brand_keys,
    policies,
)
from tests.wall.population import Side, brand_models, make_side

Connection = psycopg.Connection[tuple[Any, ...]]
TABLES = [model._meta.db_table for model in all_brand_models()]
every_table = pytest.mark.parametrize("table", TABLES)


@dataclass(frozen=True, kw_only=True)
class Wall:
    """Two brands with a row in every table, and connections as those who may come."""

    own: Side
    other: Side
    app: Connection
    owner: Connection
    superuser: Connection


@pytest.fixture(scope="module")
def wall(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[Wall]:
    with (
        django_db_blocker.unblock(),
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as app,
        psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner,
        request.config.servers.postgres.superuser("ideation_test") as superuser,  # type: ignore[attr-defined]
    ):
        try:
            own = make_side("qzalphazq", email="owner@a.example", name="First", full=True)
            other = make_side("qzbravozq", email="owner@b.example", name="Second", full=True)
            connection.close()
            yield Wall(own=own, other=other, app=app, owner=owner, superuser=superuser)
        finally:
            conftest._empty(None)  # type: ignore[arg-type]
            connection.close()


@contextmanager
def trial(on: Connection, *, role: str = "", brand: uuid.UUID | None = None) -> Iterator[Cursor]:
    """A transaction that is taken back at the end, perhaps as another role, perhaps in a brand's scope."""
    with on.transaction(force_rollback=True), on.cursor(row_factory=tuple_row) as cursor:
        if brand is not None:
            cursor.execute("SELECT set_config('ideation.brand', %s, true)", [str(brand)])
        if role:
            cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
        yield cursor


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_catalogue_is_as_declared(check: Check, wall: Wall) -> None:
    with trial(wall.app) as cursor:
        assert list(check(cursor)) == []


def test_no_model_has_an_automatic_many_to_many_table() -> None:
    made = [
        field
        for model in apps.get_models()
        if model._meta.app_label != "auth"
        for field in model._meta.local_many_to_many
        if field.remote_field.through._meta.auto_created
        and {field.model, field.related_model} & set(all_brand_models())
    ]
    assert made == []


def test_references_between_brand_models_are_of_the_kind_that_carries_the_brand() -> None:
    assert keys_are_brand_keys() == []


def test_every_model_behind_the_wall_has_its_rule_once() -> None:
    assert sorted(model._meta.db_table for model, _rule in brand_rules()) == sorted(TABLES)


def test_declarations_and_database_are_the_same(wall: Wall) -> None:
    """Removing all that the models declare leaves nothing of the wall; making it again makes exactly what was there."""
    kinds = [
        (model._meta.db_table, one, one.statements(model))
        for model in all_brand_models()
        for one in model._meta.constraints
        if isinstance(one, TenantConstraint)
    ]
    # References before rules: their owner, whom the rules bind, couldn't check the rows that are there.
    kinds.sort(key=lambda kind: isinstance(kind[1], RowsOfBrand))
    with trial(wall.owner) as cursor:
        before = snapshot(cursor)
        for table, _one, (_make, remove) in reversed(kinds):
            cursor.execute(remove % {"table": f'"{table}"'})  # type: ignore[arg-type]
        assert snapshot(cursor) == ([], [], [])
        for table, _one, (make, _remove) in kinds:
            cursor.execute(make % {"table": f'"{table}"'})  # type: ignore[arg-type]
        assert snapshot(cursor) == before


def snapshot(cursor: Cursor) -> tuple[list[Any], ...]:
    """Policies, triggers of ours, and references that carry the brand."""
    triggers = cursor.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgfoid IN "
        "(SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace) ORDER BY 1"
    ).fetchall()
    references = cursor.execute(
        "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND array_length(conkey, 1) = 2 ORDER BY 1, 2"
    ).fetchall()
    return sorted(policies(cursor), key=str), triggers, references


@every_table
def test_without_a_scope_nothing_is_read_or_written(table: str, wall: Wall) -> None:
    reads_and_writes_nothing_of(wall.other, table, wall, brand=None)


@every_table
def test_in_another_brands_scope_nothing_is_read_or_written(table: str, wall: Wall) -> None:
    reads_and_writes_nothing_of(wall.other, table, wall, brand=wall.own.person.brand.pk)


def reads_and_writes_nothing_of(side: Side, table: str, wall: Wall, brand: uuid.UUID | None) -> None:
    column = brand_column(table)
    theirs = side.person.brand.pk
    row = one_row(wall, table, theirs)
    for on in (wall.app, wall.owner):
        with trial(on, brand=brand) as cursor:
            assert count(cursor, table, theirs) == 0
            if brand is None:
                assert cursor.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (0,)  # type: ignore[arg-type]
            for change in (f'UPDATE "{table}" SET {column} = {column}', f'DELETE FROM "{table}"'):
                with on.transaction(force_rollback=True):
                    try:
                        cursor.execute(f"{change} WHERE {column} = %s", [theirs])  # type: ignore[arg-type]
                        assert cursor.rowcount == 0, change
                    except psycopg.errors.InsufficientPrivilege:
                        pass
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                insert(cursor, table, {**row, "id": str(uuid.uuid4())})


@every_table
def test_no_row_moves_to_another_brand(table: str, wall: Wall) -> None:
    with trial(wall.app, brand=wall.own.person.brand.pk) as cursor, pytest.raises(psycopg.errors.InsufficientPrivilege):
        cursor.execute(
            f'UPDATE "{table}" SET {brand_column(table)} = %s',  # type: ignore[arg-type]
            [wall.other.person.brand.pk],
        )


@pytest.mark.parametrize("model", brand_models(), ids=lambda model: model._meta.db_table)
def test_no_row_refers_to_another_brands_row(model: Any, wall: Wall) -> None:
    """A copy of one's own row, with another brand's id in each reference in turn: the commit refuses it."""
    own = one_row(wall, model._meta.db_table, wall.own.person.brand.pk)
    for one in model._meta.local_fields:
        if one.related_model not in brand_models():
            continue
        theirs = one_row(wall, one.related_model._meta.db_table, wall.other.person.brand.pk)
        with trial(wall.superuser) as cursor, pytest.raises(psycopg.errors.ForeignKeyViolation):
            # As superuser, whom row-level security doesn't bind: the reference holds by itself.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                f'UPDATE "{model._meta.db_table}" SET {one.column} = %s WHERE id = %s',  # type: ignore[arg-type]
                [theirs["id"], own["id"]],
            )


def brand_column(table: str) -> str:
    return "id" if table == "accounts_brand" else "brand_id"


def count(cursor: Cursor, table: str, brand: uuid.UUID) -> int:
    found = cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {brand_column(table)} = %s', [brand])  # type: ignore[arg-type]
    row = found.fetchone()
    assert row is not None
    return int(row[0])


def one_row(wall: Wall, table: str, brand: uuid.UUID) -> dict[str, Any]:
    """A row as a superuser sees it."""
    with trial(wall.superuser) as cursor:
        found = cursor.execute(
            f'SELECT to_jsonb(t) FROM "{table}" t WHERE {brand_column(table)} = %s',  # type: ignore[arg-type]
            [brand],
        ).fetchone()
    assert found is not None, f"no row in {table}: the population leaves it out"
    return dict(found[0])


def insert(cursor: Cursor, table: str, row: dict[str, Any]) -> None:
    model = next(model for model in all_brand_models() if model._meta.db_table == table)
    names = ", ".join(f'"{one.column}"' for one in model._meta.local_concrete_fields)
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {names} FROM jsonb_populate_record(NULL::"{table}", %s)',  # type: ignore[arg-type]
        [Jsonb(row)],
    )


def test_dropping_any_policy_is_noticed_and_changes_what_is_seen(wall: Wall) -> None:
    with trial(wall.superuser) as cursor:
        assert faults(cursor) == []
    for table, name, *_rest in sorted(declared_policies(), key=str):
        with_and_without(wall, table, f'DROP POLICY {name} ON "{table}"')


@pytest.mark.parametrize(
    "weakening",
    [
        'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
        'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
        'ALTER POLICY {table}_rows_of_brand ON "{table}" USING (true)',
        'ALTER POLICY {table}_rows_of_brand ON "{table}" WITH CHECK (true)',
        'CREATE POLICY one_more ON "{table}" FOR SELECT TO ideation_app USING (true)',
    ],
    ids=["disabled", "not forced", "reads all", "writes all", "one more"],
)
def test_weakening_any_table_is_noticed_and_would_leak(weakening: str, wall: Wall) -> None:
    for table in TABLES:
        with_and_without(wall, table, weakening.format(table=table))


def with_and_without(wall: Wall, table: str, breach: str) -> None:
    """Breaks the wall in a transaction that is taken back: the checks above notice, and somebody sees more or less."""
    row = one_row(wall, table, wall.other.person.brand.pk)
    with trial(wall.superuser) as cursor:
        before = reach(wall, cursor, table, row)
        cursor.execute(breach)  # type: ignore[arg-type]
        assert [sentence for sentence in faults(cursor) if table in sentence], f"nobody notices: {breach}"
        assert reach(wall, cursor, table, row) != before, f"makes no difference: {breach}"


def reach(wall: Wall, cursor: Cursor, table: str, row: dict[str, Any]) -> list[object]:
    """What each role gets to see and to do in a table, inside the first brand's scope."""
    column = brand_column(table)
    steps: list[tuple[str, tuple[str, list[Any]]]] = []
    for role in ("ideation_app", "ideation_owner", "ideation_system"):
        steps += [
            (role, (f'SELECT count(*) FROM "{table}"', [])),
            (role, (f'DELETE FROM "{table}" WHERE {column} = %s AND false', [row[column]])),
        ]
    return (
        [_tried(wall, cursor, role, step) for role, step in steps]
        + [
            _inserted(wall, cursor, table, {**row, "id": str(uuid.uuid4()), **change})
            for change in ({}, {"brand_id": None}, {column: str(wall.own.person.brand.pk)})
        ]
        + [_deleted(wall, cursor, table)]
    )


def _tried(wall: Wall, cursor: Cursor, role: str, step: tuple[str, list[Any]]) -> object:
    with _as(wall, cursor, role):
        try:
            found = cursor.execute(*step)  # type: ignore[arg-type]
            return found.fetchone() if found.description else found.rowcount
        except psycopg.errors.InsufficientPrivilege:
            return "refused"


def _inserted(wall: Wall, cursor: Cursor, table: str, row: dict[str, Any]) -> str:
    with _as(wall, cursor, "ideation_app"):
        try:
            insert(cursor, table, row)
        except psycopg.errors.InsufficientPrivilege:
            return "refused"
        except psycopg.Error as error:
            return type(error).__name__
    return "inserted"


def _deleted(wall: Wall, cursor: Cursor, table: str) -> object:
    """What the role of the functions across brands could delete."""
    with _as(wall, cursor, "ideation_system"):
        try:
            return cursor.execute(f'DELETE FROM "{table}"').rowcount  # type: ignore[arg-type]
        except psycopg.Error as error:
            return type(error).__name__


@contextmanager
def _as(wall: Wall, cursor: Cursor, role: str) -> Iterator[None]:
    with wall.superuser.transaction(force_rollback=True):
        cursor.execute("SELECT set_config('ideation.brand', %s, true)", [str(wall.own.person.brand.pk)])
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
        yield


FORBIDDEN = [
    'TRUNCATE "catalog_project"',
    'ALTER TABLE "catalog_project" DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE "catalog_project" NO FORCE ROW LEVEL SECURITY',
    'ALTER TABLE "catalog_project" ADD COLUMN leak text',
    'DROP POLICY catalog_project_rows_of_brand ON "catalog_project"',
    'CREATE POLICY leak ON "catalog_project" USING (true)',
    'CREATE TRIGGER leak AFTER INSERT ON "catalog_project" EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    "SET ROLE ideation_owner",
    "SET ROLE ideation_system",
    "SET SESSION AUTHORIZATION ideation_owner",
    "CREATE FUNCTION leak() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION public.leak() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE TABLE public.leak (text text)",
    "CREATE VIEW public.leak AS SELECT 1",
    "ALTER FUNCTION brands_of_person(uuid) SECURITY INVOKER",
    "ALTER ROLE ideation_app BYPASSRLS",
    "GRANT ideation_system TO ideation_app",
    "CREATE ROLE leak",
    "SET session_replication_role = replica",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY catalog_project TO PROGRAM 'cat'",
    "COPY catalog_project TO '/tmp/leak'",
    "SELECT lo_import('/etc/passwd')",
    "LOAD 'auto_explain'",
    'UPDATE "accounts_auditentry" SET action = $$x$$',
    'DELETE FROM "accounts_auditentry"',
    'TRUNCATE "accounts_auditentry"',
]
"""What the serving role may not do, whatever is injected into a statement."""


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_serving_role_may_not(statement: str, wall: Wall) -> None:
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType)
    with trial(wall.app, brand=wall.own.person.brand.pk) as cursor, pytest.raises(refusals):
        cursor.execute(statement)  # type: ignore[arg-type]


def test_row_security_can_be_switched_off_by_nobody_it_binds(wall: Wall) -> None:
    """`SET row_security = off` makes a query fail instead of showing more."""
    with trial(wall.app) as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cursor.execute("SELECT * FROM catalog_project")


def test_functions_across_brands_tell_no_brand_more_than_an_id(wall: Wall) -> None:
    """Called as the serving role, with nothing and with everything: no row holds a text."""
    with trial(wall.app) as cursor:
        found = cursor.execute(
            "SELECT p.oid::regprocedure::text, p.proname::text, p.proargtypes::regtype[]::text[] FROM pg_proc p "
            "WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND p.provolatile <> 'v'"
        ).fetchall()
        for signature, name, types in found:
            marks = ", ".join(f"NULL::{kind}" for kind in types)
            rows = cursor.execute(f"SELECT * FROM {name}({marks})").fetchall()  # type: ignore[arg-type]
            assert not [value for row in rows for value in row if isinstance(value, str | dict | list)], signature


def test_the_suite_runs_as_a_role_that_the_wall_binds(wall: Wall) -> None:
    with trial(wall.app) as cursor:
        found = cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, "
            "(SELECT count(*) FROM pg_auth_members WHERE member = r.oid) FROM pg_roles r WHERE rolname = current_user"
        ).fetchone()
        assert found == ("ideation_app", False, False, False, False, False, 0)
        assert (
            cursor.execute("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user").fetchall()
            == []
        )


@pytest.mark.django_db
def test_the_scope_ends_with_its_block_and_cannot_be_nested(alice: conftest.Person, charlie: conftest.Person) -> None:
    with alice.scope():
        assert Membership.objects.count() == 1
        with pytest.raises(OtherBrandError), charlie.scope():
            pass
        with brand_scope(alice.brand.pk):
            assert Membership.objects.count() == 1
        assert Membership.objects.count() == 1
    assert Membership.objects.count() == 0
    with brand_scope(uuid.uuid4()):
        assert Membership.objects.count() == 0
    with pytest.raises(OtherBrandError), brand_scope(None):
        pass


@pytest.mark.django_db
def test_another_brands_rows_cannot_be_seen_changed_or_made(
    alice: conftest.Person, charlie: conftest.Person, project: Project
) -> None:
    with charlie.scope():
        assert not Project.objects.filter(pk=project.pk).exists()
        assert Project.objects.filter(pk=project.pk).update(name="stolen") == 0
        assert Project.objects.filter(pk=project.pk).delete()[0] == 0
        assert not Brand.objects.filter(pk=alice.brand.pk).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Project.objects.create(name="smuggled", brand_id=alice.brand.pk)
