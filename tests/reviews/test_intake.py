"""An import from file to reviews: each row ends in exactly one place, whatever happens on the way."""

import gzip
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
import zstandard
from django.core.files.base import ContentFile
from django.db import connection

from ideation.catalog.models import Project
from ideation.catalog.services import product_save
from ideation.jobs.child import ChildKilledError
from ideation.jobs.models import JobState
from ideation.jobs.runner import run_job
from ideation.reviews import services
from ideation.reviews.models import DatasetImport, DuplicateRow, RejectedRow, Review, ReviewDataset
from ideation.reviews.services import intake, staging
from ideation.reviews.services.verify import version_verify
from mlcore.errors import SENTENCES, InputError
from mlcore.intake import Part, taking
from mlcore.reviewfiles import recognise
from mlcore.specs.intake import IntakeSpec
from tests.mlcore.malformed import cases
from tests.mlcore.tables import write

LONG = "The lid of this kettle leaks every single morning when I pour the first cup of tea for my mother and me."
ZH = "这个保温杯的盖子总是漏水，早上倒第一杯茶的时候包里全湿了，妈妈说不如买便宜的那一种，客服也没有回复我。"


def take(
    project: Project, content: bytes, name: str = "r.csv", dataset: ReviewDataset | None = None, **layout: object
) -> DatasetImport:
    """Imports a file to its end."""
    found = services.import_prepare(
        project=project, file=ContentFile(content, name=name), file_name=name, dataset=dataset
    )
    DatasetImport.objects.filter(pk=found.pk).update(layout={**found.layout, **layout})
    found.refresh_from_db()
    job = services.import_start(dataset_import=found, mapping=found.layout["mapping"])
    run_job(job.brand_id, job.pk, job.kind, services.import_run)
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, (job.state, job.reason_code, job.reason_params)
    found.refresh_from_db()
    return found


def adds_up(found: DatasetImport) -> bool:
    """Whether every row of the file is told."""
    assert Review.objects.filter(dataset_import=found).count() == found.imported + found.follow_ups
    assert RejectedRow.objects.filter(dataset_import=found).count() == found.rejected
    assert DuplicateRow.objects.filter(dataset_import=found).count() == found.duplicates
    return found.rows_read == found.imported + found.duplicates + found.rejected + found.left_out


ROWS = [
    {"review": LONG, "rating": "2", "date": "2026-01-03", "product": "Kettle", "user": "ana"},
    {"review": ZH, "rating": "5", "date": "2026-01-04", "product": "Kettle", "user": "bo"},
    {"review": LONG, "rating": "2", "date": "2026-01-03", "product": "Kettle", "user": "ana"},
    {"review": "", "rating": "4", "date": "2026-01-05", "product": "Kettle", "user": "cy"},
    {"review": "Too small", "rating": "9", "date": "2026-01-05", "product": "Kettle", "user": "di"},
    {"review": "此用户没有填写评价。", "rating": "5", "date": "2026-01-06", "product": "Kettle", "user": "ed"},
]


def csv_of(rows: list[dict[str, str]], mark: str = ",") -> bytes:
    """The rows as delimited text."""
    lines = [mark.join(rows[0]), *(mark.join(f'"{cell}"' for cell in row.values()) for row in rows)]
    return "\n".join(lines).encode()


def parquet_of(rows: list[dict[str, str]]) -> bytes:
    """The rows as Parquet."""
    buffer = BytesIO()
    pl.DataFrame(rows).write_parquet(buffer)
    return buffer.getvalue()


def xlsx_of(rows: list[dict[str, str]]) -> bytes:
    """The rows as a workbook."""
    buffer = BytesIO()
    pl.DataFrame(rows).write_excel(buffer)
    return buffer.getvalue()


def zipped(content: bytes, name: str = "r.csv") -> bytes:
    """A zip with one file."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "r.csv": lambda: csv_of(ROWS),
    "r.tsv": lambda: csv_of(ROWS, "\t"),
    "gb.csv": lambda: csv_of(ROWS).decode().encode("gb18030"),
    "utf16.csv": lambda: csv_of(ROWS).decode().encode("utf-16"),
    "r.jsonl": lambda: "\n".join(json.dumps(row) for row in ROWS).encode(),
    "r.json": lambda: json.dumps(ROWS).encode(),
    "r.parquet": lambda: parquet_of(ROWS),
    "r.xlsx": lambda: xlsx_of(ROWS),
    "r.csv.gz": lambda: gzip.compress(csv_of(ROWS)),
    "r.csv.zst": lambda: zstandard.compress(csv_of(ROWS)),
    "r.zip": lambda: zipped(csv_of(ROWS)),
}


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("name", FILES)
def test_every_row_of_every_format_is_told(project: Project, name: str) -> None:
    found = take(project, FILES[name](), name)
    assert adds_up(found)
    told = (found.rows_read, found.imported, found.duplicates_by, found.rejected, found.left_out)
    assert told == (6, 2, {"exact": 1}, 2, 1)
    assert version_verify(version=found.version).intact  # type: ignore[arg-type]
    assert Review.objects.count() == 2


@pytest.mark.usefixtures("inside")
def test_the_same_file_again_adds_nothing_and_says_what_it_repeats(project: Project) -> None:
    first = take(project, csv_of(ROWS))
    again = take(project, csv_of(ROWS), dataset=first.dataset)
    assert adds_up(again)
    assert (again.imported, again.duplicates, again.version) == (0, 3, None)
    there = set(Review.objects.values_list("pk", flat=True))
    assert set(DuplicateRow.objects.filter(dataset_import=again).values_list("repeats", flat=True)) <= there


@pytest.mark.usefixtures("inside")
def test_what_is_nearly_the_same_is_left_out_or_flagged(project: Project) -> None:
    text = f"{LONG} Apart from that it boils fast and looks good on the shelf, but I would not buy it again."
    rows = [{**ROWS[0], "review": text}, {**ROWS[0], "review": text.replace("again.", "twice!"), "user": "flo"}]
    found = take(project, csv_of(rows))
    assert adds_up(found)
    assert found.duplicates_by == {"near": 1}
    assert DuplicateRow.objects.get().repeats == Review.objects.get().pk
    kept = take(project, csv_of(rows), near_duplicates="keep")
    assert (kept.imported, kept.duplicates) == (2, 0)
    flagged = Review.objects.filter(dataset_import=kept, flags__has_key="near_duplicate")
    assert flagged.get().line == 3


@pytest.mark.usefixtures("inside")
def test_the_same_words_from_another_source_are_syndicated(project: Project) -> None:
    rows = [{**ROWS[0], "source": "shop"}, {**ROWS[0], "source": "marketplace", "user": "ana b."}]
    found = take(project, csv_of(rows))
    assert found.duplicates_by == {"syndicated": 1}
    later = take(project, csv_of([{**ROWS[0], "source": "third", "user": "x"}]), dataset=found.dataset)
    assert later.duplicates_by == {"syndicated": 1}


@pytest.mark.usefixtures("inside")
def test_follow_ups_know_their_first_review(project: Project) -> None:
    rows = [
        {
            "初评内容": ZH,
            "追评内容": "用了一个月以后盖子彻底坏了，再也不会买。",
            "评价时间": "2026-01-03",
            "买家昵称": "a",
        }
    ]
    found = take(project, csv_of(rows))
    assert adds_up(found)
    assert (found.rows_read, found.imported, found.follow_ups) == (1, 1, 1)
    follow_up = Review.objects.get(is_follow_up=True)
    assert follow_up.first is not None
    assert (follow_up.first.text, follow_up.first.is_follow_up) == (ZH, False)
    again = take(project, csv_of(rows), dataset=found.dataset)
    assert (again.imported, again.duplicates, again.follow_ups) == (0, 1, 0)
    rows[0]["追评内容"] = "三个月以后客服终于给我换了一个新的盖子。"
    third = take(project, csv_of(rows), dataset=found.dataset)
    assert (third.imported, third.duplicates, third.follow_ups) == (0, 1, 1)
    assert {one.first_id for one in Review.objects.filter(is_follow_up=True)} == {follow_up.first_id}


@pytest.mark.usefixtures("inside")
def test_reviews_are_enriched(project: Project) -> None:
    product_save(project=project, sku="K-1", name="Kettle")
    incentive = "I received this kettle for free in exchange for my honest review. Call me at 555-010-4477."
    rows = [ROWS[1], {**ROWS[0], "review": incentive, "user": "zoe"}]
    take(project, csv_of(rows))
    chinese, english = Review.objects.all()
    assert (chinese.language, english.language) == ("zh", "en")
    assert (chinese.characters, chinese.flags, chinese.product and chinese.product.sku) == (len(ZH), None, "K-1")
    assert english.tokens > 10
    assert "incentivised" in (english.flags or {})
    assert "[phone]" in english.text
    assert english.as_written
    assert (english.rating_written, english.rating) == ("2", 2.0)


@pytest.mark.usefixtures("inside")
def test_bursts_are_flagged(project: Project) -> None:
    texts = [f"A text of its own that nobody else has written, number {n} of {n * n}" for n in range(7)]
    rows = [{**ROWS[0], "review": text, "user": "one"} for text in texts]
    rows += [{**ROWS[0], "review": f"Somebody else said {n}", "user": f"u{n}"} for n in range(3)]
    found = take(project, csv_of(rows))
    assert found.flags == {"author_burst": 7}
    assert Review.objects.filter(flags__isnull=True).count() == 3


@pytest.mark.usefixtures("inside")
def test_an_import_that_is_cut_off_leaves_nothing_and_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = services.import_prepare(project=project, file=ContentFile(csv_of(ROWS), name="r.csv"), file_name="r.csv")
    job = services.import_start(dataset_import=found, mapping=found.layout["mapping"])

    def vanish(*_args: object) -> None:
        DatasetImport.objects.filter(pk=found.pk).update(rows_read=4)
        raise ChildKilledError

    with monkeypatch.context() as patched:
        patched.setattr(intake, "_compared", vanish)
        run_job(job.brand_id, job.pk, job.kind, services.import_run)
    assert not Review.objects.exists()
    run_job(job.brand_id, job.pk, job.kind, services.import_run)
    found.refresh_from_db()
    assert adds_up(found)
    assert (found.imported, found.rolled_back) == (2, 4)


@pytest.mark.usefixtures("inside")
def test_postgres_takes_what_any_malformed_file_yields(tmp_path: Path) -> None:
    """The whole corpus, in this process, up to the tables in which an import waits: what is read is what is staged."""
    answers = [staged(write(tmp_path, case.data), tmp_path) for case in cases()]
    assert set(answers) <= {"", *SENTENCES}
    assert answers.count("") > 100


def staged(path: Path, folder: Path) -> str:
    """The code that a file is refused with; empty if it is read and lies ready, each row of it accounted for."""
    try:
        spec = IntakeSpec(path=path, layout=recognise(path), folder=folder, salt="salt", started_ms=1)
        parts = [event for event in taking(spec) if isinstance(event, Part)]
    except InputError as error:
        return error.code
    with staging.tables():
        for part in parts:
            staging.rows_copy(part.path)
            staging.rejected_copy(part.rejected)
            assert part.read == part.rows - part.added + len(part.rejected) + part.left_out
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT count(*) FROM incoming), (SELECT count(*) FROM refused)")
            assert cursor.fetchone() == (sum(part.rows for part in parts), sum(len(part.rejected) for part in parts))
    return ""
