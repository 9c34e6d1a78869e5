"""How fast a review file becomes reviews: 1,000,000 rows of CSV, half of them Chinese, into the embedded Postgres.

In the same run and the same server: raw COPY of the very rows that the import has made, into a table with the same
indexes and references but without row-level security; the import without and with enrichment; pandas' to_sql and
Django's bulk_create on 60,000 rows. Then XLSX beside openpyxl, and browsing and searching a million reviews of 50
brands (tests/benchmarks/browsing.py). The last line is JSON.

    BENCH_ROWS=200000 make bench NAME=import
"""

import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connections

from tests.benchmarks import browsing, reading
from tests.servers import DATABASE, Servers

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
FEW = min(ROWS, 60_000)
TURNS = int(os.environ.get("BENCH_TURNS", "2"))
HEADER = "review id,review,title,rating,date,product,source,user name,helpful votes,verified purchase"


def main() -> None:
    """Prints a table, then the figures as JSON."""
    servers = Servers()
    os.environ.update(servers.environment() | {"DJANGO_SETTINGS_MODULE": "ideation.settings", "LOG_LEVEL": "ERROR"})
    os.environ |= {"UPLOAD_MEGABYTES": "4000", "QUOTA_REVIEWS": "unlimited"}
    try:
        django.setup()
        call_command("migrate", database="owner", verbosity=0)
        with tempfile.TemporaryDirectory(prefix="ideation-bench-") as name:
            figures = measured(servers, Path(name))
            workbook = Path(name) / "reviews.xlsx"
            reading.write_xlsx(workbook, max(1000, ROWS // 10))
            figures["xlsx_vs_openpyxl"] = reading.beside_openpyxl(workbook)
        with servers.postgres.superuser(DATABASE) as superuser:
            superuser.execute("TRUNCATE reviews_review CASCADE")
            figures |= browsing.measure(browsing.fill(superuser))
        print(json.dumps(figures))
    finally:
        connections.close_all()
        servers.stop()


def measured(servers: Servers, folder: Path) -> dict[str, float]:
    """All figures that the goals name."""
    path = folder / "reviews.csv"
    write_reviews(path, ROWS)
    say(f"{ROWS:,} rows, half of them Chinese, {path.stat().st_size / 1e6:.0f} MB of CSV; {os.cpu_count()} cores")
    say(f"{'':46}{'rows':>10}{'seconds':>9}{'rows/s':>9}{'peak MB':>9}")
    plain, copied, heaps, enriched, peaks = [], [], [], [], []
    for _turn in range(TURNS):
        seconds, peak = imported(path, enriched=False)
        plain.append(line("import, validated, not enriched", ROWS, seconds, peak))
        seconds, bare = copied_raw(servers, folder)
        copied.append(line("raw COPY of its rows: same indexes, references", ROWS, seconds))
        heaps.append(line("raw COPY of its rows: bare table, no indexes", ROWS, bare))
        seconds, high = imported(path, enriched=True)
        enriched.append(line("import, all enrichment", ROWS, seconds, high))
        peaks += [peak, high]
    bulk = [line("Django bulk_create", FEW, bulk_created(FEW)) for _turn in range(TURNS)]
    pandas = to_sql(servers, FEW)
    if pandas:
        line("pandas to_sql", FEW, pandas)
    middle = statistics.median(plain)
    return {
        "import_vs_copy": round(middle / statistics.median(copied), 3),
        "import_vs_bare_copy": round(middle / statistics.median(heaps), 3),
        "import_vs_bulk_create": round(middle / statistics.median(bulk), 2),
        "peak_mb": round(max(peaks)),
        "enriched_rows_per_s": round(statistics.median(enriched)),
    }


def write_reviews(path: Path, count: int) -> None:
    """Reviews of about 400 bytes from words of their own language, so that no two are nearly the same."""
    chance = random.Random(4)
    english, chinese = vocabulary(chance, "en", 6000), vocabulary(chance, "zh", 6000)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER + "\n")
        for number in range(count):
            is_chinese = number % 2 == 1
            text = "，".join(
                "".join(chance.choices(chinese, k=chance.randint(3, 8))) for _part in range(7)
            ) if is_chinese else ". ".join(
                " ".join(chance.choices(english, k=chance.randint(4, 11))).capitalize() for _part in range(7)
            )  # fmt: skip
            day = f"20{18 + number % 7}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            product = f"{'保温杯' if is_chinese else 'Flask'} {number % 300}"
            user = f"user{chance.randrange(count)}"
            title = text[:18].replace(",", " ") if number % 3 else ""
            source = "天猫" if is_chinese else "shop"
            file.write(
                f'{number},"{text}",{title},{number % 5 + 1},{day},{product},{source},{user},{number % 40},true\n'
            )


def vocabulary(chance: random.Random, language: str, count: int) -> list[str]:
    """Words, the frequent ones several times."""
    if language == "zh":
        common = (
            "的很好用了不是一个这有我也在没质量杯子盖漏水保温外观喜欢买客服物流快包装颜色大小适合孩子老人价格推荐失望"
        )
        words = ["".join(chance.choices(common, k=chance.randint(1, 3))) for _word in range(count)]
        return words + list(common) * 20
    syllables = "ba con de ful ing ket lo mer na or pre qui re ster ta un ver wi xe yo".split()
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _word in range(count)]
    return (
        words + "the and it is very good not my a was for with this but lid leaks steel bottle keeps hot".split() * 60
    )


def imported(path: Path, *, enriched: bool) -> tuple[float, float]:
    """Seconds from the job's start to the reviews being there, and the highest memory of a child (RSS, MB)."""
    from accounts.models import User
    from accounts.services.brands import brand_create
    from accounts.services.people import person_create
    from accounts.tenancy import brand_scope
    from ideation.catalog.services import project_create
    from ideation.jobs.runner import run_job
    from ideation.reviews.services import import_run, import_start
    from ideation.workspace.services import file_prepare

    owner = User.objects.first() or person_create(email="bench@x.example", name="Bench")
    brand = brand_create(name="Bench", owner=owner)
    with brand_scope(brand.pk):
        found = file_prepare(project=project_create(name="Reviews"), path=path)
        job = import_start(dataset_import=found, mapping=found.layout["mapping"])
    with Watch() as watch:
        begun = time.perf_counter()
        run_job(brand.pk, job.pk, job.kind, partial(import_run, enriched=enriched))
        seconds = time.perf_counter() - begun
    with brand_scope(brand.pk):
        found.refresh_from_db()
        assert found.imported > ROWS * 0.99, (found.imported, found.duplicates_by, found.rejected)
    return seconds, watch.peak


class Watch(threading.Thread):
    """Looks at the memory of this process's children while it is open."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        self.done = threading.Event()

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.done.set()
        self.join()

    def run(self) -> None:
        while not self.done.wait(0.2):
            for process in children():
                with suppress(OSError, StopIteration):
                    status = Path(f"/proc/{process}/status").read_text().splitlines()
                    high = next(line for line in status if line.startswith("VmHWM"))
                    self.peak = max(self.peak, int(high.split()[1]) / 1024)


def children() -> Iterator[int]:
    """This process's direct children that Python has started."""
    for path in Path("/proc/self/task").glob("*/children"):
        for number in path.read_text().split():
            with suppress(OSError):
                if b"multiprocessing" in Path(f"/proc/{number}/cmdline").read_bytes():
                    yield int(number)


def copied_raw(servers: Servers, folder: Path) -> tuple[float, float]:
    """Seconds of psycopg copying the newest import's rows: into a twin of the table, and into a bare one."""
    ready = folder / "ready.copy"
    with servers.postgres.superuser(DATABASE) as superuser:
        newest = "(SELECT id FROM reviews_datasetimport ORDER BY created_at DESC LIMIT 1)"
        rows = f"COPY (SELECT * FROM reviews_review WHERE dataset_import_id = {newest} ORDER BY id) TO STDOUT"
        with ready.open("wb") as file, superuser.cursor() as cursor, cursor.copy(rows) as copy:  # type: ignore[arg-type]
            for data in copy:
                file.write(data)
        names = [row[0] for row in superuser.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'reviews_review'::regclass "
            "AND contype = 'f' AND NOT pg_get_constraintdef(oid) LIKE '%%REFERENCES reviews_review(%%'"
        )]  # fmt: skip
        seconds = []
        for table, like in (("twin", "LIKE reviews_review INCLUDING ALL"), ("heap", "LIKE reviews_review")):
            superuser.execute(f"CREATE TABLE {table} ({like})")  # type: ignore[arg-type]
            for definition in names if table == "twin" else ():
                superuser.execute(f"ALTER TABLE {table} ADD {definition}")  # type: ignore[arg-type]
            superuser.commit()
            begun = time.perf_counter()
            with (
                ready.open("rb") as file,
                superuser.cursor() as cursor,
                cursor.copy(f"COPY {table} FROM STDIN") as copy,
            ):  # type: ignore[arg-type]
                while data := file.read(2**18):
                    copy.write(data)
            superuser.commit()
            seconds.append(time.perf_counter() - begun)
            superuser.execute(f"DROP TABLE {table}")  # type: ignore[arg-type]
            superuser.commit()
        superuser.execute("TRUNCATE reviews_review CASCADE")
        superuser.commit()
    ready.unlink()
    return seconds[0], seconds[1]


def ready_rows(count: int) -> list[dict[str, Any]]:
    """Rows for the two ways that make them one by one: as good as the import's, made beforehand."""
    import uuid

    chance = random.Random(5)
    words = vocabulary(chance, "en", 6000)
    return [
        {
            "id": uuid.uuid4(), "line": number, "text": " ".join(chance.choices(words, k=52)), "rating": 4.0,
            "version_number": 1, "salt": uuid.uuid4(), "content_sha256": chance.randbytes(32).hex(),
            "leaf_sha256": chance.randbytes(32).hex(), "author_sha256": chance.randbytes(32).hex(),
        }
        for number in range(count)
    ]  # fmt: skip


def bulk_created(count: int) -> float:
    """Seconds of Django's bulk_create, 2,000 rows at a time, in one transaction as the serving role."""
    from accounts.models import User
    from accounts.services.brands import brand_create
    from accounts.tenancy import brand_scope
    from ideation.catalog.services import project_create
    from ideation.reviews.models import DatasetImport, Review, ReviewDataset

    owner = User.objects.get()
    brand = brand_create(name="Bulk", owner=owner)
    rows = ready_rows(count)
    with brand_scope(brand.pk):
        project = project_create(name="Reviews")
        dataset = ReviewDataset.objects.create(project=project, name="Reviews")
        found = DatasetImport.objects.create(dataset=dataset, file_bytes=1)
        own = {"project_id": project.pk, "dataset": dataset, "dataset_import": found}
        begun = time.perf_counter()
        Review.objects.bulk_create([Review(**row, **own) for row in rows], batch_size=2000)
    return time.perf_counter() - begun


def to_sql(servers: Servers, count: int) -> float:
    """Seconds of pandas' to_sql into a table without indexes; 0 where pandas and SQLAlchemy aren't installed."""
    try:
        import pandas as pd
        import sqlalchemy
    except ImportError:
        say("pandas to_sql: left out (pip install pandas==2.3.3 sqlalchemy==2.0.44 to see it)")
        return 0.0
    options = {"host": str(servers.postgres.files.socket), "user": "postgres", "dbname": DATABASE}
    engine = sqlalchemy.create_engine("postgresql+psycopg://", connect_args=options)
    rows = pd.DataFrame(ready_rows(count))
    begun = time.perf_counter()
    rows.to_sql("from_pandas", engine, index=False, chunksize=2000, method="multi")
    seconds = time.perf_counter() - begun
    engine.dispose()
    return seconds


def line(label: str, rows: int, seconds: float, peak: float | None = None) -> float:
    """Prints a line of the table; returns rows a second."""
    speed = rows / seconds
    say(f"{label:46}{rows:>10,}{seconds:>9.2f}{speed:>9,.0f}{'' if peak is None else f'{peak:,.0f}':>9}")
    return speed


def say(text: str) -> None:
    """A line, at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
