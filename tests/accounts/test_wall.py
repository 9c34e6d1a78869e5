"""The wall between brands, as Postgres holds it: found out from the catalogue, so that no new table can escape."""

import uuid

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from accounts.models import Brand, Membership
from accounts.tenancy import SHARED_TABLES, SYSTEM_FUNCTIONS, OtherBrandError, brand_scope
from ideation.catalog.models import Product, Project
from tests.conftest import Person

pytestmark = pytest.mark.django_db


def rows(sql: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def brand_tables() -> set[str]:
    tables = {str(name) for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    return tables - set(SHARED_TABLES)


def test_the_suite_runs_as_a_role_that_the_wall_binds() -> None:
    [(role, superuser, bypass)] = rows(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    assert (role, superuser, bypass) == ("ideation_app", False, False)
    assert rows("SELECT tablename FROM pg_tables WHERE tableowner = current_user") == []


def test_every_brand_table_has_row_level_security_enabled_and_forced() -> None:
    held = {
        str(name)
        for (name,) in rows(
            "SELECT c.relname FROM pg_class c JOIN pg_policies p ON p.tablename = c.relname "
            "WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.policyname = c.relname || '_rows_of_brand' "
            "AND p.qual LIKE '%%current_setting%%' AND p.with_check = p.qual"
        )
    }
    assert brand_tables() - held == set()


def test_shared_tables_are_the_listed_ones() -> None:
    all_tables = {str(name) for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert set(SHARED_TABLES) <= all_tables
    assert {model._meta.db_table for model in apps.get_models()} >= brand_tables()


def test_no_model_has_an_automatic_many_to_many_table() -> None:
    made = [
        field
        for model in apps.get_models()
        if model._meta.app_label != "auth"
        for field in model._meta.local_many_to_many
        if field.remote_field.through._meta.auto_created
    ]
    assert made == []


def test_references_between_brand_tables_carry_the_brand() -> None:
    references = rows(
        "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, "
        "(SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a "
        " WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) FROM pg_constraint c WHERE c.contype = 'f'"
    )
    inner = {(str(table), str(to)): columns for table, to, columns in references if to in brand_tables()}
    bare = {
        pair: columns
        for pair, columns in inner.items()
        if "brand_id" not in columns  # type: ignore[operator]
    }
    assert bare == {}
    declared = {
        (model._meta.db_table, field.related_model._meta.db_table)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.is_relation and field.related_model and field.related_model._meta.db_table in brand_tables()
    }
    assert declared <= set(inner)


def test_functions_that_look_across_brands_are_the_listed_ones() -> None:
    found = rows(
        "SELECT p.proname, r.rolname, p.prosecdef, p.proconfig::text, pg_get_function_result(p.oid) FROM pg_proc p "
        "JOIN pg_roles r ON r.oid = p.proowner JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE p.prosecdef AND n.nspname = 'public'"
    )
    assert {str(name) for name, *_ in found} == set(SYSTEM_FUNCTIONS)
    for _name, owner, _definer, config, result in found:
        assert owner == "ideation_system"
        assert "search_path=pg_catalog, public, pg_temp" in str(config)
        assert set(str(result).replace("TABLE(", "").replace(")", "").replace(",", "").split()) <= {
            "SETOF", "uuid", "brand_id", "job_id",
        }  # fmt: skip


def test_without_a_scope_brand_tables_read_empty_and_refuse_writes(alice: Person, project: Project) -> None:
    for table in brand_tables():
        assert rows(f'SELECT count(*) FROM "{table}"') == [(0,)], table
    with pytest.raises(DatabaseError), transaction.atomic():
        Project.objects.create(name="nobody's", brand_id=alice.brand.pk)


def test_another_brands_rows_cannot_be_seen_changed_or_made(alice: Person, charlie: Person, project: Project) -> None:
    with charlie.scope():
        assert not Project.objects.filter(pk=project.pk).exists()
        assert Project.objects.filter(pk=project.pk).update(name="stolen") == 0
        assert Project.objects.filter(pk=project.pk).delete()[0] == 0
        assert not Brand.objects.filter(pk=alice.brand.pk).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Project.objects.create(name="smuggled", brand_id=alice.brand.pk)


def test_a_row_cannot_refer_to_another_brands_row(alice: Person, charlie: Person) -> None:
    with alice.scope():
        theirs = Project.objects.create(name="A's")
    with pytest.raises(DatabaseError), transaction.atomic(), charlie.scope():
        Product.objects.create(project_id=theirs.pk, sku="1", name="spy")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_scope_ends_with_its_block_and_cannot_be_nested(alice: Person, charlie: Person) -> None:
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
