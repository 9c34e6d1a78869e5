"""The tables in which an import's rows wait, and what is done to all of them at once: only this session sees them.

They are temporary tables of the session and not of a transaction, so that rows are copied in while the file is still
being read and no transaction stays open meanwhile.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection

from ideation.reviews.models import DatasetImport, DuplicateKind, Review, ReviewDataset
from mlcore.intake import COLUMNS, PREFIX
from mlcore.reviewfiles import Rejected

TABLES: Final = """
CREATE TEMPORARY TABLE incoming (
  id uuid, line integer, external_id text, text text, title text, rating float8, rating_written text, date date,
  product_name text, product_id uuid, source text, author_sha256 text, verified boolean, helpful integer, price float8,
  currency text, country text, attributes jsonb, is_follow_up boolean, language text, characters integer,
  tokens integer, flags jsonb, sketch bytea, as_written jsonb, content_sha256 text, salt uuid, leaf_sha256 text,
  shared_id text, first_sha256 text, first uuid
);
CREATE TEMPORARY TABLE refused (line integer, "column" text, code text, value text, cells jsonb, raw text);
CREATE TEMPORARY TABLE nearly (id uuid, kind text, repeats uuid, similarity float8);
CREATE TEMPORARY TABLE repeated (id uuid, line integer, kind text, repeats uuid, similarity float8, beside boolean)
"""
DROPPED: Final = "DROP TABLE IF EXISTS incoming, refused, nearly, repeated"
BURST_OF_AUTHOR: Final = 5
"""Reviews by one author on one day from which they raise suspicion."""
BURST_OF_DAY: Final = 20
BURST_TIMES: Final = 10
"""Reviews of one product on one day from which they raise suspicion, and how many times its usual day that must be."""
DAYS: Final = 10
"""Days on which a product must have been reviewed before any of them can stand out."""


@contextmanager
def tables() -> Iterator[None]:
    """The empty tables; gone afterwards, whatever happens."""
    with connection.cursor() as cursor:
        cursor.execute(DROPPED)
        cursor.execute(TABLES)
    try:
        yield
    finally:
        if connection.is_usable() and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(DROPPED)


def rows_copy(path: Path) -> None:
    """Copies a file of rows in, as it lies there."""
    _copy(f"incoming ({', '.join(COLUMNS)})", path)


def near_copy(path: Path) -> None:
    """Copies in which rows nearly repeat an earlier review."""
    _copy("nearly", path)


def _copy(table: str, path: Path) -> None:
    with (
        connection.cursor() as cursor,
        path.open("rb") as file,
        cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy,
    ):
        while data := file.read(2**18):
            copy.write(data)


def rejected_copy(rejected: Iterable[Rejected]) -> None:
    """Copies rejected rows in."""
    with connection.cursor() as cursor, cursor.copy("COPY refused FROM STDIN") as copy:
        for one in rejected:
            cells = json.dumps(one.cells, ensure_ascii=False)
            copy.write_row((one.line, one.column, one.code, one.value, cells, one.raw))


def sketches_write(dataset: ReviewDataset, path: Path) -> bool:
    """Writes the dataset's sketches to a file; returns whether there are any."""
    statement = (
        "COPY (SELECT id, source, product_name, encode(sketch, 'hex') FROM reviews_review "
        "WHERE dataset_id = %s AND sketch IS NOT NULL AND ended_in IS NULL ORDER BY id) TO STDOUT (FORMAT csv)"
    )
    with connection.cursor() as cursor, path.open("wb") as file, cursor.copy(statement, [dataset.pk]) as copy:
        for data in copy:
            file.write(data)
        return file.tell() > 0


@dataclass(frozen=True, kw_only=True)
class Parted:
    """The duplicates among a file's rows."""

    kinds: dict[str, int]
    """Kind of duplicate → how many rows; follow-ups beside rows apart."""
    leaves: list[str]
    """Of all that were parted."""


def duplicates_part(
    dataset: ReviewDataset, found: DatasetImport, *, follow_ups: bool, again: Sequence[str], near: bool
) -> Parted:
    """Parts duplicates from what is new, and notes each.

    `follow_ups` says whether there are any, `again` what the content_sha256 of rows begins with that may repeat each
    other. Without `near`, what is nearly the same stays and is flagged.
    """
    scope = {"brand": dataset.brand_id, "dataset": dataset.pk, "import": found.pk, "again": list(again)}
    there = Review.objects.filter(dataset=dataset).exists()
    leaves: list[str] = []
    if there or follow_ups:
        _run("ANALYZE incoming (id, content_sha256, first_sha256, shared_id, is_follow_up)")
    if follow_ups:
        _run(FIRSTS_BESIDE)
        _run(FIRSTS_SHARED)
    if there:
        _run(SAME_AS_THERE, scope)
        leaves += _gone()
    if again:
        _run(SAME_IN_FILE, scope)
        leaves += _gone()
    _run(NEAR_APART if near else NEAR_FLAGGED)
    leaves += _gone()
    if follow_ups:
        _run(FIRSTS_KEPT)
    _run(DUPLICATES, scope)
    kinds = dict(_rows("SELECT kind, count(*) FROM repeated WHERE NOT beside GROUP BY kind"))
    return Parted(kinds={kind: kinds[kind] for kind in DuplicateKind.values if kind in kinds}, leaves=leaves)


def _gone() -> list[str]:
    return [leaf for (leaf,) in _rows(GONE)]


# A follow-up of the same row stands beside it and is no row of its own.
BESIDE: Final = "first_sha256 <> ''"
FIRSTS_BESIDE: Final = f"""
UPDATE incoming AS later SET first = earlier.id FROM incoming AS earlier
WHERE later.{BESIDE} AND earlier.content_sha256 = later.first_sha256
"""
FIRSTS_SHARED: Final = """
UPDATE incoming AS later SET first = earlier.id
FROM (SELECT DISTINCT ON (shared_id) shared_id, id FROM incoming
      WHERE shared_id <> '' AND NOT is_follow_up ORDER BY shared_id, id) AS earlier
WHERE later.is_follow_up AND later.first IS NULL AND later.shared_id = earlier.shared_id
"""
SAME_AS_THERE: Final = f"""
INSERT INTO repeated SELECT incoming.id, incoming.line, 'exact', there.id, 1, {BESIDE}
FROM incoming JOIN reviews_review AS there
  ON there.brand_id = %(brand)s AND there.dataset_id = %(dataset)s AND there.content_sha256 = incoming.content_sha256
"""
SAME_IN_FILE: Final = f"""
INSERT INTO repeated
WITH ordered AS (
  SELECT incoming.*, first_value(id) OVER (PARTITION BY content_sha256 ORDER BY id) AS kept
  FROM incoming JOIN unnest(%(again)s::text[]) AS again(prefix) ON prefix = left(content_sha256, {2 * PREFIX})
)
SELECT id, line, 'exact', kept, 1, {BESIDE} FROM ordered WHERE id <> kept
"""
NEAR_APART: Final = f"""
INSERT INTO repeated
SELECT incoming.id, incoming.line, nearly.kind, coalesce(earlier.repeats, nearly.repeats), nearly.similarity, {BESIDE}
FROM incoming JOIN nearly USING (id) LEFT JOIN repeated AS earlier ON earlier.id = nearly.repeats
WHERE NOT incoming.is_follow_up
"""
NEAR_FLAGGED: Final = """
UPDATE incoming SET flags = coalesce(flags, '{}')
  || jsonb_build_object('near_duplicate', coalesce(earlier.repeats, nearly.repeats)::text)
FROM nearly LEFT JOIN repeated AS earlier ON earlier.id = nearly.repeats WHERE nearly.id = incoming.id
"""
GONE: Final = "DELETE FROM incoming USING repeated WHERE repeated.id = incoming.id RETURNING leaf_sha256"
FIRSTS_KEPT: Final = "UPDATE incoming SET first = repeated.repeats FROM repeated WHERE incoming.first = repeated.id"
DUPLICATES: Final = """
INSERT INTO reviews_duplicaterow (id, brand_id, created_at, dataset_import_id, line, kind, repeats, similarity)
SELECT gen_random_uuid(), %(brand)s, now(), %(import)s, line, kind, repeats, similarity FROM repeated WHERE NOT beside
"""
AUTHOR_BURSTS: Final = f"""
UPDATE incoming SET flags = coalesce(flags, '{{}}') || jsonb_build_object('author_burst', burst.reviews::text)
FROM (
  SELECT author_sha256, date, count(*) AS reviews FROM incoming WHERE author_sha256 <> '' AND date IS NOT NULL
  GROUP BY author_sha256, date HAVING count(*) >= {BURST_OF_AUTHOR}
) AS burst
WHERE incoming.author_sha256 = burst.author_sha256 AND incoming.date = burst.date
"""
DAY_BURSTS: Final = f"""
UPDATE incoming SET flags = coalesce(flags, '{{}}') || jsonb_build_object('day_burst', burst.reviews::text)
FROM (
  WITH day AS (
    SELECT product_name, date, count(*) AS reviews FROM incoming WHERE date IS NOT NULL GROUP BY product_name, date
  ), usual AS (
    SELECT product_name, percentile_cont(0.5) WITHIN GROUP (ORDER BY reviews) AS median FROM day
    GROUP BY product_name HAVING count(*) >= {DAYS}
  )
  SELECT product_name, date, reviews FROM day JOIN usual USING (product_name)
  WHERE reviews >= {BURST_OF_DAY} AND reviews >= {BURST_TIMES} * median
) AS burst
WHERE incoming.product_name = burst.product_name AND incoming.date = burst.date
"""


def suspicions_add() -> None:
    """Flags what only all rows together can tell: too many reviews by one author or of one product on one day."""
    _run(AUTHOR_BURSTS)
    _run(DAY_BURSTS)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is left of a file's rows when all others have been parted: reviews to be."""

    imported: int
    """Rows."""
    follow_ups: int
    """Follow-ups beside them."""
    languages: dict[str, int]
    """Language → how many."""
    flags: dict[str, int]
    """Kind of suspicion → how many."""


def kept() -> Kept:
    """Counts what is left."""
    rows = _rows(f"SELECT {BESIDE}, language, flags IS NOT NULL, count(*) FROM incoming GROUP BY 1, 2, 3")
    beside: Counter[bool] = Counter()
    languages: Counter[str] = Counter()
    for stands_beside, language, _flagged, count in rows:
        beside[stands_beside] += count
        languages[language] += count if language else 0
    return Kept(
        imported=beside[False],
        follow_ups=beside[True],
        languages=dict((+languages).most_common()),
        flags=dict(_rows(FLAGS)) if any(row[2] for row in rows) else {},
    )


FLAGS: Final = """
SELECT kind, count(*) FROM incoming, jsonb_object_keys(flags) AS kind WHERE flags IS NOT NULL
GROUP BY kind ORDER BY 2 DESC
"""


def reviews_insert(dataset: ReviewDataset, found: DatasetImport, number: int) -> None:
    """Makes reviews of what is left."""
    columns = [name for name in COLUMNS if name not in {"shared_id", "first_sha256"}]
    own = {
        "brand_id": dataset.brand_id,
        "project_id": dataset.project_id,
        "dataset_id": dataset.pk,
        "dataset_import_id": found.pk,
        "version_number": number,
    }
    marks = ", ".join(f"%({name})s" for name in own)
    _run(
        f"INSERT INTO reviews_review ({', '.join([*own, *columns])}, first_id, created_at) "
        f"SELECT {marks}, {', '.join(columns)}, first, now() FROM incoming",
        own,
    )


def rejected_insert(found: DatasetImport) -> int:
    """Keeps the rejected rows; returns how many."""
    statement = (
        'INSERT INTO reviews_rejectedrow (id, brand_id, created_at, dataset_import_id, line, "column", code, value, '
        'cells, raw) SELECT gen_random_uuid(), %s, now(), %s, line, "column", code, value, cells, raw FROM refused'
    )
    return _run(statement, [found.brand_id, found.pk])


def _run(statement: str, values: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
