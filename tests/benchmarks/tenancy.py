"""What the wall costs: a list of 50 out of a million reviews of 50 brands, with row-level security and without.

The same query of the product's own, in the same run, by turns: as the serving role in a brand's scope, and as a role
that row-level security doesn't bind, with the brand as a plain filter. The last line is JSON; the goal is below 0.10.
"""

import json
import os
import random
import re
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction

from tests.servers import DATABASE, Servers

BRANDS = 50
REVIEWS = int(os.environ.get("BENCH_REVIEWS", "1000000"))
PAIRS = 600
WARM_UP = 60
BARE = "bare"
"""The connection whose role bypasses row-level security."""

ROWS = """
INSERT INTO reviews_review (id, brand_id, created_at, dataset_id, dataset_import_id, version_number, line, external_id,
  text, title, rating, date, product_name, source, author_sha256, language, content_sha256, salt, leaf_sha256,
  project_id, rating_written, currency, country, is_follow_up, characters, tokens)
SELECT gen_random_uuid(), %(brand)s, now(), %(dataset)s, %(import)s, 1, line, 'R-' || line,
  repeat('The kettle is too loud in the morning and the lid drips. ', 4), '', line %% 5 + 1, '2026-01-01', 'Kettle',
  'shop', '', 'en', md5(%(brand)s::text || line) || md5(line::text), gen_random_uuid(), md5(random()::text),
  %(project)s, '', '', '', false, 220, 44
FROM generate_series(1, %(count)s) line
"""


def main() -> int:
    """Fills the servers, measures, prints the table; 0 if the index is used, whatever the figures are."""
    servers = Servers()
    os.environ.update(servers.environment() | {"DJANGO_SETTINGS_MODULE": "ideation.settings"})
    try:
        django.setup()
        call_command("migrate", database="owner", verbosity=0)
        projects = fill(servers)
        bare(servers)
        return report(projects)
    finally:
        connections.close_all()
        servers.stop()


def fill(servers: Servers) -> dict[uuid.UUID, uuid.UUID]:
    """A million reviews; brand → its project. As superuser and without checking references, which are right."""
    begun = time.monotonic()
    projects = {}
    with servers.postgres.superuser(DATABASE) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for number in range(BRANDS):
            brand, project, count = uuid.uuid4(), uuid.uuid4(), REVIEWS // BRANDS
            one_brand(superuser, number, brand, project, count)
            projects[brand] = project
            say(f"\rfilling: brand {number + 1} of {BRANDS}", end="")
        superuser.execute("VACUUM (ANALYZE) reviews_review")
        superuser.execute("ANALYZE")
    say(f"\r{REVIEWS:,} reviews of {BRANDS} brands, filled in {time.monotonic() - begun:.0f} s")
    return projects


def one_brand(superuser: "psycopg.Connection[Any]", number: int, brand: Any, project: Any, count: int) -> None:
    dataset, file = uuid.uuid4(), uuid.uuid4()
    rows: list[tuple[str, dict[str, Any]]] = [
        ("accounts_brand", {"id": brand, "name": f"Brand {number}", "slug": f"brand-{number}"}),
        ("catalog_project", {"id": project, "brand_id": brand, "name": "Kettles"}),
        ("reviews_reviewdataset", {"id": dataset, "brand_id": brand, "project_id": project, "name": "Reviews"}),
        ("reviews_datasetimport", {"id": file, "brand_id": brand, "dataset_id": dataset, "file_bytes": 1}),
    ]
    for table, values in rows:
        insert(superuser, table, values)
    superuser.execute(ROWS, {"brand": brand, "dataset": dataset, "import": file, "project": project, "count": count})


def insert(superuser: "psycopg.Connection[Any]", table: str, values: dict[str, Any]) -> None:
    """A row whose other columns hold what their models say."""
    model = next(model for model in django.apps.apps.get_models() if model._meta.db_table == table)
    row = model(**values)
    fields = model._meta.local_concrete_fields
    columns = [one.column for one in fields]
    given = [one.get_db_prep_save(one.pre_save(row, add=True), connection) for one in fields]
    marks = ", ".join(["%s"] * len(columns))
    names = ", ".join(f'"{name}"' for name in columns)
    superuser.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', given)  # type: ignore[arg-type]


def bare(servers: Servers) -> None:
    """A second role, which sees everything, for a second connection of Django's."""
    with servers.postgres.superuser(DATABASE) as superuser:
        superuser.execute("CREATE ROLE bench LOGIN BYPASSRLS PASSWORD 'bench' IN ROLE pg_read_all_data")
    given = {**settings.DATABASES["default"], "USER": "bench", "PASSWORD": "bench"}
    connections.settings[BARE] = connections.configure_settings({"default": given})["default"]


def listed(brand: uuid.UUID, project: uuid.UUID, start: int) -> Callable[[bool], list[Any]]:
    """The reviews as the API lists them: with the wall, or without it and with the brand as a filter."""
    from ideation.catalog.models import Project  # noqa: PLC0415 - Django must be set up
    from ideation.reviews.places import beyond  # noqa: PLC0415
    from ideation.reviews.querysets import reviews_of  # noqa: PLC0415

    def rows(walled: bool) -> list[Any]:
        found = beyond(reviews_of(Project(pk=project, brand_id=brand)), None).filter(line__gte=start)
        return list(found[:50] if walled else found.using(BARE).filter(brand_id=brand)[:50])

    return rows


def measure(projects: dict[uuid.UUID, uuid.UUID], start: int) -> tuple[float, float]:
    """Median seconds with the wall and without, by turns, each time for another brand."""
    from accounts.tenancy import brand_scope  # noqa: PLC0415

    dice = random.Random(1)
    times: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(PAIRS + WARM_UP):
        brand, project = dice.choice(list(projects.items()))
        rows = listed(brand, project, start)
        for walled in (True, False):
            scope: AbstractContextManager[Any] = brand_scope(brand) if walled else transaction.atomic(using=BARE)
            with scope:
                begun = time.perf_counter()
                found = rows(walled)
                spent = time.perf_counter() - begun
            assert len(found) == 50
            if turn >= WARM_UP:
                times[walled].append(spent)
    return statistics.median(times[True]), statistics.median(times[False])


def plan(brand: uuid.UUID, project: uuid.UUID) -> str:
    """How Postgres finds the list under the wall."""
    from accounts.tenancy import brand_scope  # noqa: PLC0415
    from ideation.catalog.models import Project  # noqa: PLC0415
    from ideation.reviews.places import beyond  # noqa: PLC0415
    from ideation.reviews.querysets import reviews_of  # noqa: PLC0415

    with brand_scope(brand):
        return str(beyond(reviews_of(Project(pk=project, brand_id=brand)), None)[:50].explain())


def report(projects: dict[uuid.UUID, uuid.UUID]) -> int:
    brand, project = next(iter(projects.items()))
    text = plan(brand, project)
    used = re.search(r"using (\w+) on reviews_review |on (reviews_review_\w+) ", text)
    indexed = used is not None and not re.search(r"Seq Scan on reviews_review\b", text)
    say(text)
    say(f"\n{'list of 50':<24}{'with the wall':>16}{'without':>12}{'overhead':>12}")
    shares = {}
    for name, start in (("first page", 0), ("in the middle", REVIEWS // BRANDS // 2)):
        walled, plain = measure(projects, start)
        shares[name] = walled / plain - 1
        say(f"{name:<24}{walled * 1000:>13.3f} ms{plain * 1000:>9.3f} ms{shares[name]:>11.1%}")
    say(f"\nunder row-level security reviews are read by {used[1] or used[2] if used and indexed else 'NO index'}")
    worst = max(shares.values())
    say(json.dumps({"rls_overhead": round(worst, 4), "index_used": indexed, "reviews": REVIEWS, "brands": BRANDS}))
    return 0 if indexed else 1


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, flush=True)


if __name__ == "__main__":
    sys.exit(main())
