"""What browsing costs: a million reviews of 50 brands, the largest with some 300,000, the smallest with some thousand.

The tables are filled by the owner's side: texts and vectors are mixed from 20,000 real ones, so that words are as
common, and meanings as near, as they are in reviews. Everything measured is the product's own code, as the serving role
in a brand's scope. Run by itself it prints a table; the last line is JSON.
"""

import csv
import hashlib
import json
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import numpy as np
import psycopg
from django.core.management import call_command
from django.db import connections

from tests.servers import DATABASE, Servers

BRANDS = 50
REVIEWS = int(os.environ.get("BENCH_REVIEWS", "1000000"))
DISTINCT = int(os.environ.get("BENCH_TEXTS", "20000"))
SKEW = 1.2
"""Of Zipf's law: the largest brand has three in ten of all reviews."""
PAGE = 25
DEEP = 10_000
ROUNDS = 200
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A brand with its project."""

    brand: uuid.UUID
    project: uuid.UUID
    count: int


def main() -> int:
    """Fills the servers, measures, prints; 0 whatever the figures are."""
    servers = Servers()
    os.environ.update(servers.environment() | {"DJANGO_SETTINGS_MODULE": "ideation.settings"})
    try:
        django.setup()
        call_command("migrate", database="owner", verbosity=0)
        with servers.postgres.superuser(DATABASE) as superuser:
            filled = fill(superuser)
        figures = measure(filled)
        figures["words_per_s"] = round(words_per_second(filled[1]))
        say(json.dumps(figures))
    finally:
        connections.close_all()
        servers.stop()
    return 0


def measure(filled: Sequence[Filled]) -> dict[str, float]:
    """All figures of browsing, for a database that `fill` has filled."""
    largest, smallest = filled[0], filled[-1]
    figures: dict[str, float] = {"deep_page_ratio": round(deep_page_ratio(largest), 3)}
    figures["search_p95_ms"] = round(max(search_p95_ms(one) for one in (largest, smallest)), 1)
    figures["semantic_recall"] = round(min(semantic_recall(one) for one in (largest, smallest)), 4)
    return figures


# Filling


def sizes() -> list[int]:
    """How many reviews each brand has, the largest first."""
    shares = [(place + 1) ** -SKEW for place in range(BRANDS)]
    return [max(60, round(REVIEWS * share / sum(shares))) for share in shares]


def texts() -> list[str]:
    """Distinct texts of one to three sentences, mixed from those in the repository, half of them Chinese."""
    said: dict[str, list[str]] = {"en": [], "zh": []}
    with (ROOT / "ideation/workspace/sample/reviews.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            _sort(said, next(iter(sorted(row.values(), key=lambda cell: -len(cell or "")))))
    for name in ("sentiment_seed.jsonl", "theme_seed.jsonl"):
        for line in (ROOT / "mlcore/data" / name).read_text(encoding="utf-8").splitlines():
            _sort(said, str(json.loads(line).get("text", "")))
    dice, found = random.Random(7), dict[str, None]()
    while len(found) < DISTINCT:
        parts = said["zh" if len(found) % 2 else "en"]
        found[" ".join(dice.sample(parts, dice.choice((1, 2, 2, 3))))] = None
    return list(found)


def _sort(said: dict[str, list[str]], text: str) -> None:
    if len(text) > 8:
        said["zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "en"].append(text)


def vectors(chosen: Sequence[str]) -> Any:
    """Their embeddings; computed once a machine."""
    from mlcore.embed import open_encoder  # noqa: PLC0415 - only who fills needs it

    digest = hashlib.sha256("\n".join(chosen).encode()).hexdigest()[:16]
    kept = Path(tempfile.gettempdir()) / f"ideation-bench-{digest}.npy"
    if not kept.exists():
        order = sorted(range(len(chosen)), key=lambda place: len(chosen[place]))
        found = np.empty((len(chosen), 512), dtype=np.float32)
        for start in range(0, len(order), 256):
            places = order[start : start + 256]
            found[places] = open_encoder().encode([chosen[place][:400] for place in places])
            say(f"\rembedding: {start + len(places):,} of {len(chosen):,}", end="")
        np.save(kept, found)
    return np.load(kept)


def fill(superuser: "psycopg.Connection[Any]") -> list[Filled]:
    """A million reviews with words and vectors; the brands, the largest first."""
    begun = time.monotonic()
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("SET maintenance_work_mem = '1GB'")
    _pool(superuser)
    filled = []
    with _without_index(superuser, "reviews_reviewwords_words"):
        for number, count in enumerate(sizes()):
            filled.append(_brand(superuser, number, count))
            say(f"\rfilling: brand {number + 1} of {BRANDS}          ", end="")
        say("\rindexing words                              ", end="")
    superuser.execute("DROP TABLE bench_pool")
    for table in ("reviews_review", "reviews_reviewwords", "reviews_reviewvector"):
        superuser.execute(f"VACUUM (ANALYZE) {table}")  # type: ignore[arg-type]
    total = sum(one.count for one in filled)
    say(
        f"\r{total:,} reviews of {BRANDS} brands ({filled[0].count:,} to {filled[-1].count:,}) with words and vectors, "
    )
    say(f"filled in {time.monotonic() - begun:.0f} s")
    return filled


def _pool(superuser: "psycopg.Connection[Any]") -> None:
    """The distinct texts with what they are found by."""
    from ideation.reviews.stems import stems_of  # noqa: PLC0415 - Django must be set up
    from mlcore.searchwords import found_by  # noqa: PLC0415

    chosen = texts()
    superuser.execute("CREATE UNLOGGED TABLE bench_pool (n int PRIMARY KEY, text text, words tsvector, v halfvec(512))")
    with superuser.cursor().copy("COPY bench_pool FROM STDIN") as copy:
        for number, (text, vector) in enumerate(zip(chosen, vectors(chosen).tolist(), strict=True)):
            words, lexemes = found_by(text)
            lexemes |= {stem for stem in stems_of(words).values() if stem}
            written = "[" + ",".join(f"{value:.4g}" for value in vector) + "]"
            copy.write_row((number, text, " ".join(f"'{one}'" for one in lexemes), written))
    superuser.execute("ANALYZE bench_pool")


@contextmanager
def _without_index(superuser: "psycopg.Connection[Any]", name: str) -> Iterator[None]:
    row = superuser.execute("SELECT pg_get_indexdef(%s::regclass)", [name]).fetchone()
    assert row is not None
    superuser.execute(f"DROP INDEX {name}")  # type: ignore[arg-type]
    yield
    superuser.execute(row[0])


MADE = """
CREATE TEMPORARY TABLE made AS SELECT uuidv7() AS id, line, a.text || ' ' || b.text AS text,
  date '2021-01-01' + (random() * 1800)::int AS day, a.words || b.words AS words,
  l2_normalize(a.v + b.v) AS v, CASE WHEN a.n %% 2 = 1 THEN 'zh' ELSE 'en' END AS language
FROM (SELECT line, (random() * (%(pool)s - 1))::int AS i, (random() * (%(pool)s - 1))::int AS j
      FROM generate_series(1, %(count)s) line) d
JOIN bench_pool a ON a.n = d.i JOIN bench_pool b ON b.n = d.j - (d.j - d.i) %% 2
"""
INTO = (
    """
    INSERT INTO reviews_review (id, brand_id, created_at, project_id, dataset_id, dataset_import_id, version_number,
      line, external_id, text, title, rating, rating_written, date, product_name, source, author_sha256, currency,
      country, is_follow_up, language, characters, tokens, content_sha256, salt, leaf_sha256)
    SELECT id, %(brand)s, now(), %(project)s, %(dataset)s, %(import)s, 1, line, 'R-' || line, text, '', line %% 5 + 1,
      '', day, 'Product ' || line %% 40, 'shop ' || line %% 4, '', '', '', false, language, length(text), 0,
      md5(id::text) || md5(line::text), gen_random_uuid(), '' FROM made ORDER BY id
    """,
    """
    INSERT INTO reviews_reviewwords (id, brand_id, created_at, review_id, project_id, day, words)
    SELECT id, %(brand)s, now(), id, %(project)s, day, array_to_tsvector(ARRAY[%(mark)s]) || words
    FROM made ORDER BY id
    """,
    """
    INSERT INTO reviews_reviewvector (id, brand_id, created_at, review_id, project_id, bits, vector)
    SELECT id, %(brand)s, now(), id, %(project)s, binary_quantize(v), v FROM made ORDER BY id
    """,
)


def _brand(superuser: "psycopg.Connection[Any]", number: int, count: int) -> Filled:
    from ideation.reviews.search import project_lexeme  # noqa: PLC0415 - Django must be set up
    from tests.benchmarks.tenancy import insert  # noqa: PLC0415

    ids = {name: uuid.uuid4() for name in ("brand", "project", "dataset", "import", "version")}
    mine = {"brand_id": ids["brand"]}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("accounts_brand", {"id": ids["brand"], "name": f"Brand {number}", "slug": f"browsing-{number}"}),
        ("catalog_project", {"id": ids["project"], "name": "Kettles", **mine}),
        ("reviews_reviewdataset", {"id": ids["dataset"], "project_id": ids["project"], "name": "Reviews", **mine}),
        ("reviews_datasetimport", {"id": ids["import"], "dataset_id": ids["dataset"], "file_bytes": 1, **mine}),
        (
            "reviews_datasetversion",
            {"id": ids["version"], "dataset_id": ids["dataset"], "number": 1, "reviews_count": count, **mine},
        ),
    ]
    for table, values in rows:
        insert(superuser, table, values)
    given = {**ids, "count": count, "pool": DISTINCT, "mark": project_lexeme(ids["project"])}
    superuser.execute(MADE, given)
    for statement in INTO:
        superuser.execute(statement, given)
    superuser.execute("DROP TABLE made")
    return Filled(brand=ids["brand"], project=ids["project"], count=count)


# Measuring


def timed(filled: Filled, work: Callable[[], Any]) -> float:
    """Milliseconds of a request's part, in the brand's scope, as the serving role."""
    from accounts.tenancy import brand_scope  # noqa: PLC0415 - Django must be set up

    with brand_scope(filled.brand):
        begun = time.perf_counter()
        work()
        return (time.perf_counter() - begun) * 1000


def listing(filled: Filled, **wanted: Any) -> Any:
    from ideation.catalog.models import Project  # noqa: PLC0415 - Django must be set up
    from ideation.reviews.browse import Listing  # noqa: PLC0415

    return Listing(project=Project(pk=filled.project, brand_id=filled.brand), wanted=wanted, firsts=True)


def deep_page_ratio(filled: Filled) -> float:
    """Median of page 10,000 (or the last one) to that of the first, asked for by turns."""
    from accounts.tenancy import brand_scope  # noqa: PLC0415 - Django must be set up
    from ideation.reviews.models import Review  # noqa: PLC0415
    from ideation.reviews.places import beyond, place_of  # noqa: PLC0415

    offset = min((DEEP - 1) * PAGE, filled.count - PAGE - 1)
    whole = listing(filled)
    with brand_scope(filled.brand):
        deep = place_of(beyond(Review.objects.filter(project_id=filled.project), None)[offset - 1])
    times: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(ROUNDS + 20):
        for down in (False, True):
            place = deep if down else None
            spent = timed(filled, lambda place=place: whole.page(PAGE, older=place))
            if turn >= 20:
                times[down].append(spent)
    first, tenthousandth = statistics.median(times[False]), statistics.median(times[True])
    say(f"first page {first:.2f} ms, page {offset // PAGE + 1:,} {tenthousandth:.2f} ms")
    return tenthousandth / first


def queries() -> list[str]:
    """As people search: a word, several, a phrase, without, or; common and rare, English and Chinese."""
    dice = random.Random(11)
    chosen = texts()
    english = [text.split() for text in chosen[::2]]
    chinese = chosen[1::2]
    made = []
    for _turn in range(ROUNDS // 8):
        words = [word.strip(".,!?\"'-") for word in dice.choice(english)]
        start = dice.randrange(max(1, len(words) - 3))
        text = dice.choice(chinese)
        at = dice.randrange(max(1, len(text) - 4))
        made += [
            dice.choice(words),
            " ".join(dice.sample(words, min(2, len(words)))),
            f'"{" ".join(words[start : start + 2])}"',
            f"{dice.choice(words)} -{dice.choice(words)}",
            f"{dice.choice(words)} OR {dice.choice(words)}",
            text[at : at + 2],
            f'"{text[at : at + 4]}"',
            f"{text[at : at + 2]} {text[:2]}",
        ]
    return [one for one in made if any(char.isalnum() for char in one)]


def search_p95_ms(filled: Filled) -> float:
    """The slower of both searches: by words and by meaning, from the query to the first page's reviews."""
    asked = queries()
    by_words = [timed(filled, lambda q=q: listing(filled, q=q).page(PAGE)) for q in asked]
    half = asked[: len(asked) // 2]
    by_meaning = [timed(filled, lambda q=q: first_closest(listing(filled, q=q, how="meaning"))) for q in half]
    # The first one loads the encoder, once a process.
    found = {"words": by_words, "meaning": by_meaning[1:]}
    for name, times in found.items():
        slowest = max(zip(times, asked, strict=False))
        say(
            f"search by {name} among {filled.count:,}: median {statistics.median(times):.1f} ms, "
            f"p95 {p95(times):.1f} ms, slowest {slowest[0]:.0f} ms"
        )
    return max(p95(times) for times in found.values())


def first_closest(found: Any) -> Any:
    return found.those(found.closest()[:PAGE])


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def semantic_recall(filled: Filled) -> float:
    """Part of the 10 exactly nearest that the search finds among its first 10, over 40 queries; prints that of 50."""
    from pgvector import HalfVector  # noqa: PLC0415
    from pgvector.django import CosineDistance  # noqa: PLC0415

    from accounts.tenancy import brand_scope  # noqa: PLC0415 - Django must be set up
    from ideation.catalog.models import Project  # noqa: PLC0415
    from ideation.reviews.browse import Listing  # noqa: PLC0415
    from ideation.reviews.meaning import closest, query_vector  # noqa: PLC0415
    from ideation.reviews.models import ReviewVector  # noqa: PLC0415

    project = Project(pk=filled.project, brand_id=filled.brand)
    found: dict[int, list[float]] = {10: [], 50: []}
    for query in random.Random(5).sample(queries(), 40):
        with brand_scope(filled.brand):
            vector = query_vector(query)
            near = closest(project, Listing(project=project, wanted={}).rows(), vector, narrowed=False)
            rows = ReviewVector.objects.filter(project_id=filled.project)
            exact = list(
                rows.order_by(CosineDistance("vector", HalfVector(vector))).values_list("review_id", flat=True)[:50]
            )
        for most, kept in found.items():
            kept.append(len(set(exact[:most]) & set(near[:most])) / min(most, len(exact[:most])))
    means = {most: statistics.mean(kept) for most, kept in found.items()}
    say(f"recall by meaning among {filled.count:,}: {means[10]:.3f} at 10, {means[50]:.3f} at 50")
    return means[10]


def words_per_second(filled: Filled) -> float:
    """Reviews whose words are noted a second, with all indexes in place: the second largest brand's, once more."""
    from accounts.tenancy import brand_scope  # noqa: PLC0415 - Django must be set up
    from ideation.catalog.models import Project  # noqa: PLC0415
    from ideation.reviews.models import Review, ReviewWords  # noqa: PLC0415
    from ideation.reviews.services.indexing import CHUNK, words_keep  # noqa: PLC0415

    project = Project(pk=filled.project, brand_id=filled.brand)
    with brand_scope(filled.brand):
        ReviewWords.objects.filter(project_id=filled.project).delete()
    begun, count, last = time.monotonic(), 0, uuid.UUID(int=0)
    while count < min(filled.count, 100_000):
        with brand_scope(filled.brand):
            rows = Review.objects.filter(project_id=filled.project, pk__gt=last).order_by("pk")[:CHUNK]
            chunk = list(rows.values_list("pk", "date", "title", "text"))
            words_keep(project, chunk, whole=len(chunk) < CHUNK)
        if not chunk:
            break
        count, last = count + len(chunk), chunk[-1][0]
    return count / (time.monotonic() - begun)


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, flush=True)


if __name__ == "__main__":
    sys.exit(main())
