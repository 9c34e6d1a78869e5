"""What Postgres itself says of the wall, and everything in it that isn't as declared.

Each check takes a cursor and returns sentences; none means that all is well. They run as anybody, in any transaction,
so that a test can break one piece of the wall and see them notice.
"""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.apps import apps
from django.db import models

from accounts.tenancy import (
    SHARED_TABLES,
    SYSTEM_FUNCTIONS,
    UNIQUE_ACROSS_BRANDS,
    BrandForeignKey,
    RowsOfBrand,
    SystemReads,
)
from tests.wall.population import Model, brand_models

Cursor = psycopg.Cursor[tuple[Any, ...]]
Policy = tuple[str, str, str, str, str | None, str | None]
"""Table, name, command, roles, USING, WITH CHECK."""

MINE = "({} = ( SELECT (NULLIF(current_setting('ideation.brand'::text, true), ''::text))::uuid AS \"nullif\"))"
"""The one rule of the wall, as Postgres writes it down."""


def all_brand_models() -> list[Model]:
    """Models behind the wall: those with a brand, and the brand itself."""
    return [apps.get_model("accounts", "Brand"), *brand_models()]


def declared_policies() -> set[Policy]:
    """What the models declare, spelled out here a second time: a weaker declaration must not pass."""
    return {policy for model in all_brand_models() for policy in _policies(model)}


def _policies(model: Model) -> Iterator[Policy]:
    table = model._meta.db_table
    rule = MINE.format("id" if table == "accounts_brand" else "brand_id")
    yield table, f"{table}_rows_of_brand", "ALL", "{public}", rule, rule
    if any(isinstance(one, SystemReads) for one in model._meta.constraints):
        yield table, f"{table}_system_reads", "SELECT", "{ideation_system}", "true", None
    if table == "accounts_auditentry":
        yield table, f"{table}_of_nobody", "INSERT", "{ideation_app}", None, "(brand_id IS NULL)"
        yield table, f"{table}_of_nobody_forgotten", "DELETE", "{ideation_system}", "true", None


def policies(cursor: Cursor) -> set[Policy]:
    """What there is."""
    return set(
        cursor.execute(
            "SELECT tablename::text, policyname::text, cmd, roles::text, qual, with_check FROM pg_policies "
            "WHERE permissive = 'PERMISSIVE'"
        ).fetchall()
    )


def policies_are_as_declared(cursor: Cursor) -> Iterator[str]:
    found, wanted = policies(cursor), declared_policies()
    yield from (f"policy {one[1]} of {one[0]} is missing or not as declared" for one in wanted - found)
    yield from (f"policy {one[1]} of {one[0]} is declared by nobody: {one}" for one in found - wanted)


def tables_are_known(cursor: Cursor) -> Iterator[str]:
    """Every table is a brand's or shared with a reason; nothing else holds rows, in whatever schema."""
    found = cursor.execute(
        "SELECT n.nspname::text, c.relname::text, c.relkind::text FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        "AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    ).fetchall()
    known = {model._meta.db_table for model in all_brand_models()} | set(SHARED_TABLES)
    yield from (f"{schema}.{name} stands in no list" for schema, name, _kind in found if name not in known)
    yield from (
        f"{schema}.{name} is no plain table" for schema, name, kind in found if (schema, kind) != ("public", "r")
    )
    yield from (f"{name} is listed and doesn't exist" for name in known - {name for _schema, name, _kind in found})


def row_security_is_forced(cursor: Cursor) -> Iterator[str]:
    held = cursor.execute("SELECT relname::text FROM pg_class WHERE relrowsecurity AND relforcerowsecurity").fetchall()
    for model in all_brand_models():
        if (model._meta.db_table,) not in held:
            yield f"row-level security of {model._meta.db_table} is not enabled and forced"


def references_carry_the_brand(cursor: Cursor) -> Iterator[str]:
    found = cursor.execute(
        "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, c.convalidated, "
        "(SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY k (num, place) "
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num), "
        "(SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY k (num, place) "
        " JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num) "
        "FROM pg_constraint c WHERE c.contype = 'f'"
    ).fetchall()
    there = {(table, to, tuple(columns)): tuple(into) for table, to, valid, columns, into in found if valid}
    behind = {model._meta.db_table for model in all_brand_models()} - {"accounts_brand"}
    for (table, to, columns), into in there.items():
        if to in behind and not (columns[0] == "brand_id" and into == ("brand_id", "id")):
            yield f"{table}{columns} refers to {to} without its brand"
    for table, column, to in declared_references():
        if (table, to, ("brand_id", column)) not in there:
            yield f"{table}.{column} has no constraint that carries the brand"
    for model in brand_models():
        if (model._meta.db_table, "accounts_brand", ("brand_id",)) not in there:
            yield f"{model._meta.db_table}.brand_id refers to no brand"


def declared_references() -> Iterator[tuple[str, str, str]]:
    """(table, column, table) of each reference between rows of a brand; also where the model has a plain key."""
    behind = {model._meta.db_table for model in brand_models()}
    for model in apps.get_models():
        for one in model._meta.local_fields:
            to = one.related_model
            if isinstance(one, models.ForeignKey) and isinstance(to, type) and to._meta.db_table in behind:
                yield model._meta.db_table, str(one.column), to._meta.db_table


def keys_are_brand_keys() -> list[str]:
    """References whose field is not the one that carries the brand."""
    return [
        str(one)
        for model in brand_models()
        for one in model._meta.local_fields
        if isinstance(one, models.ForeignKey)
        and one.related_model in brand_models()
        and not isinstance(one, BrandForeignKey)
    ]


def unique_constraints_begin_with_the_brand(cursor: Cursor) -> Iterator[str]:
    found = cursor.execute(
        "SELECT t.relname::text, i.relname::text, x.indisprimary, "
        "(SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = x.indkey[0]) "
        "FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid "
        "JOIN pg_namespace n ON n.oid = t.relnamespace WHERE x.indisunique AND n.nspname = 'public'"
    ).fetchall()
    behind = {model._meta.db_table for model in all_brand_models()}
    across = {
        name for table, name, primary, first in found if table in behind and not primary and first != ["brand_id"]
    }
    yield from (f"the unique {name} holds across brands and stands in no list" for name in across - _listed())
    yield from (f"{name} is listed as unique across brands and doesn't exist" for name in _listed() - across)
    for model in all_brand_models():
        if not isinstance(model._meta.pk, models.UUIDField):
            yield f"the key of {model._meta.db_table} can be guessed"


def _listed() -> set[str]:
    return set(UNIQUE_ACROSS_BRANDS)


HARMLESS = {"uuid", "int8", "bool", "date", "timestamptz"}
"""Types that hold no text: what a function across brands may return."""


def functions_across_brands_are_listed(cursor: Cursor) -> Iterator[str]:
    found = cursor.execute(
        "SELECT p.proname::text, pg_get_userbyid(p.proowner), p.proconfig::text[], p.proacl::text, "
        "(SELECT array_agg(t.typname::text) FROM pg_type t WHERE t.oid = ANY (CASE WHEN p.proallargtypes IS NULL "
        " THEN ARRAY[p.prorettype] ELSE ARRAY(SELECT kind FROM unnest(p.proallargtypes, p.proargmodes) u (kind, mode) "
        " WHERE mode IN ('o', 'b', 't')) END)) "
        "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    yield from (f"{name}() is listed and doesn't exist" for name in set(SYSTEM_FUNCTIONS) - {row[0] for row in found})
    for name, owner, config, rights, returns in found:
        if name not in SYSTEM_FUNCTIONS:
            yield f"{name}() runs with its owner's rights and stands in no list"
        if owner != "ideation_system" or config != ["search_path=pg_catalog, public, pg_temp"]:
            yield f"{name}() is owned by {owner} and set to {config}"
        if rights != "{ideation_system=X/ideation_system,ideation_app=X/ideation_system}":
            yield f"{name}() may be called by others: {rights}"
        if not set(returns) <= HARMLESS:
            yield f"{name}() returns more than ids and counts: {returns}"


def rights_are_the_least(cursor: Cursor) -> Iterator[str]:
    """The serving role reads and writes rows; the system role reads what is declared; nobody else has anything."""
    found = cursor.execute(
        "SELECT c.relname::text, COALESCE(r.rolname::text, 'public'), array_agg(a.privilege_type ORDER BY 1) "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a "
        "LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE n.nspname = 'public' AND c.relkind = 'r' "
        "AND a.grantee <> c.relowner GROUP BY 1, 2"
    ).fetchall()
    reads = {table for table, _name, _command, roles, *_ in declared_policies() if roles == "{ideation_system}"}
    for table, role, rights in found:
        allowed = {"SELECT", "INSERT", "UPDATE", "DELETE"} if role == "ideation_app" else set()
        if role == "ideation_system" and table in reads:
            allowed = {"SELECT"}
        if table == "accounts_auditentry":
            allowed = {"ideation_app": {"SELECT", "INSERT"}, "ideation_system": {"SELECT", "DELETE"}}.get(role, set())
        if surplus := set(rights) - allowed:
            yield f"{role} has {sorted(surplus)} on {table}"
    owners = cursor.execute(
        "SELECT DISTINCT pg_get_userbyid(relowner)::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND relkind IN ('r', 'S')"
    ).fetchall()
    if owners != [("ideation_owner",)]:
        yield f"tables are owned by {owners}"


Check = Callable[[Cursor], Iterator[str]]
CHECKS: tuple[Check, ...] = (
    tables_are_known,
    row_security_is_forced,
    policies_are_as_declared,
    references_carry_the_brand,
    unique_constraints_begin_with_the_brand,
    functions_across_brands_are_listed,
    rights_are_the_least,
)


def faults(cursor: Cursor) -> list[str]:
    """Everything that isn't as it should be."""
    return [sentence for check in CHECKS for sentence in check(cursor)]


def brand_rules() -> list[tuple[Model, RowsOfBrand]]:
    """Each model behind the wall with the rule that puts it there."""
    return [
        (model, one) for model in all_brand_models() for one in model._meta.constraints if isinstance(one, RowsOfBrand)
    ]
