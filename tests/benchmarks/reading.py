"""How fast files of reviews are recognised and read, and with how much memory: 1,000,000 rows of CSV, half of them
Chinese, in a child of at most 700 MB of data; the other formats on fewer rows; XLSX and openpyxl's read-only mode in
turn; what a row of another's share costs.

    python -m tests.benchmarks.reading [ROWS]
"""

import gzip
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import ParamSpec, TypeVar

import openpyxl
import polars as pl
import zstandard

from ideation.jobs.child import run_child
from mlcore.reviewfiles import Batch, ReadDone, read, recognise
from mlcore.specs.reviewfiles import ReadSpec

MEGABYTES = 700
ROUNDS = 3
"""How often XLSX and openpyxl are measured in turn; medians are compared."""
HEADER = ("review_id", "review", "title", "rating", "date", "product", "source", "user", "helpful votes", "verified")
ENGLISH = (
    "The lid leaks in my bag every single day.", "Keeps tea hot for hours, even in winter.",
    "Cheap plastic smell at first.",
    'My 24" screen fits, but only just.', "Delivery took nine days.", "I would buy this kettle again, no doubt.",
    "The strap broke after two weeks.", "Battery life is honestly disappointing.", "Great value for the money.",
    "Customer service answered within an hour.", "The colour is darker than in the pictures.",
    "Easy to clean, easy to love.",
)  # fmt: skip
CHINESE = (
    "盖子漏水，包里全湿了。", "保温效果很好，冬天也够用。", "物流很快，包装也很用心。",
    "用了两个星期带子就断了，质量堪忧。",
    "颜色比图片深一点，不过还能接受。", "客服态度不错，一小时内就回复了。", "性价比很高，推荐购买！",
    "电池续航让人失望。",
    "味道有点大，放了几天才散。", "容易清洗，很喜欢。", "尺寸刚刚好，\n老人用着也方便。",
    "说是“加厚”，其实挺薄的,退货了。",
)  # fmt: skip


def rows(count: int, seed: int = 4) -> Iterator[tuple[str, ...]]:
    """Reviews of about 400 bytes."""
    chance = random.Random(seed)
    for number in range(count):
        chinese = number % 2 == 1
        words = chance.choices(CHINESE if chinese else ENGLISH, k=7 if chinese else 8)
        text = ("" if chinese else " ").join(words) + f" #{number}"
        day = f"20{18 + number % 7}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        title = words[0][:20] if number % 3 else ""
        product, source = f"{'保温杯' if chinese else 'Flask'} {number % 300}", "天猫" if chinese else "shop"
        person = f"user{number % 200_000}"
        yield (str(number), text, title, str(number % 5 + 1), day, product, source, person, str(number % 40), "true")


def write_csv(path: Path, count: int) -> None:
    """A file as spreadsheets write it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(HEADER) + "\n")
        for row in rows(count):
            file.write(",".join(_quoted(cell) for cell in row) + "\n")


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\n') else cell


def write_xlsx(path: Path, count: int) -> None:
    """A workbook with one sheet."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("reviews")
    sheet.append(HEADER)
    for row in rows(count):
        sheet.append([float(cell) if place in {3, 8} else cell for place, cell in enumerate(row)])
    book.save(path)


def write_json_lines(path: Path, count: int) -> None:
    """One object a line."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows(count):
            file.write(json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) + "\n")


def through_child(path: Path, *, masked: bool = False) -> tuple[int, float]:
    """Rows read, and seconds, of the product's own way: a child reads, its parent takes the batches."""
    start, done = time.perf_counter(), 0
    spec = ReadSpec(path=path, layout=recognise(path), masked=masked)
    taken = 0
    for event in run_child(spec, megabytes=MEGABYTES, beat=lambda: None):
        if isinstance(event, Batch):
            taken += event.rows.height
        elif isinstance(event, ReadDone):
            done = event.rows
            assert event.rows == event.good + event.rejected + event.left_out == taken
    return done, time.perf_counter() - start


def recognised(path: Path) -> float:
    """Seconds of all its cores together until a file is recognised."""
    start = time.process_time()
    recognise(path)
    return time.process_time() - start


def alone(path: Path, *, masked: bool = False, share: tuple[int, int] = (0, 1)) -> tuple[int, float, float]:
    """Rows read, seconds of all its cores together, and peak megabytes of a process that only reads."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES * 2**20, MEGABYTES * 2**20))
    layout = recognise(path)
    start, done = time.process_time(), 0
    for event in read(ReadSpec(path=path, layout=layout, masked=masked, share=share)):
        if isinstance(event, ReadDone):
            done = event.rows
    # Not getrusage: its peak begins with that of the process that started this one.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return done, time.process_time() - start, int(peak.split()[1]) / 1024


def openpyxl_alone(path: Path) -> tuple[int, float]:
    """Rows, and seconds of all its cores together, of openpyxl's fastest way."""
    start = time.process_time()
    book = openpyxl.load_workbook(path, read_only=True)
    count = sum(1 for _row in book.worksheets[0].iter_rows(values_only=True)) - 1
    return count, time.process_time() - start


def main(count: int) -> None:
    """Prints a line a format, and all figures as JSON at last."""
    figures: dict[str, float] = {}
    # As the product's own child has it; here polars may come first.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        csv = folder / "reviews.csv"
        write_csv(csv, count)
        print(f"CSV of {count:,} rows, {csv.stat().st_size / 1e6:.0f} MB")
        print("Seconds are of the clock for child to parent, and of the processor's cores together for the others.")
        print(f"{'':28}{'rows':>10}{'seconds':>10}{'rows/s':>10}{'peak MB':>10}")
        done, seconds = through_child(csv)
        figures["csv_child_rows_per_s"] = _line("CSV, child to parent", done, seconds)
        cases = _cases(folder, csv, count // 10)
        for label, path, masked in [("CSV", csv, False), ("CSV, masked", csv, True), *cases]:
            done, seconds, peak = _apart(alone, path, masked=masked)
            key = label.lower().replace(", ", "_").replace(" ", "_").replace(".", "_")
            figures[f"{key}_rows_per_s"], figures[f"{key}_peak_mb"] = _line(label, done, seconds, peak), round(peak)
        figures["xlsx_vs_openpyxl"] = beside_openpyxl(folder / "reviews.xlsx")
        for path in (csv, folder / "gb18030.csv"):
            seconds = _apart(recognised, path)
            size = path.stat().st_size / 1e6
            print(f"{path.name} of {size:.0f} MB recognised in {seconds:.2f} s")
            figures[f"recognised_{path.stem}_s_per_400_mb"] = round(seconds * 400 / size, 2)
        _done, seconds, _peak = _apart(alone, csv, share=(count, count + 1))
        figures["csv_skipped_row_us"] = round(seconds / count * 1e6, 2)
    print(json.dumps(figures))


def beside_openpyxl(path: Path) -> float:
    """How many times as long openpyxl takes, by the medians of rounds in turn."""
    ours, theirs = [], []
    for _round in range(ROUNDS):
        done, seconds, _peak = _apart(alone, path)
        ours.append(seconds)
        theirs.append(_apart(openpyxl_alone, path)[1])
    _line("XLSX, median", done, median(ours))
    _line("XLSX by openpyxl, median", done, median(theirs))
    return round(median(theirs) / median(ours), 2)


def _cases(folder: Path, csv: Path, fewer: int) -> list[tuple[str, Path, bool]]:
    for suffix, opening in ((".gz", gzip.compress), (".zst", zstandard.ZstdCompressor().compress)):
        csv.with_suffix(f".csv{suffix}").write_bytes(opening(csv.read_bytes()))
    gb = folder / "gb18030.csv"
    gb.write_bytes(csv.read_text(encoding="utf-8").encode("gb18030"))
    write_json_lines(folder / "reviews.jsonl", fewer)
    frame = pl.read_ndjson(folder / "reviews.jsonl")
    (folder / "reviews.json").write_text(json.dumps(frame.to_dicts(), ensure_ascii=False), encoding="utf-8")
    pl.read_csv(csv, infer_schema=False).write_parquet(folder / "reviews.parquet")
    write_xlsx(folder / "reviews.xlsx", fewer)
    names = ("csv.gz", "csv.zst", "parquet", "jsonl", "json", "xlsx")
    return [*((name.upper(), folder / f"reviews.{name}", False) for name in names), ("GB18030 CSV", gb, False)]


P = ParamSpec("P")
R = TypeVar("R")


def _apart(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def _line(label: str, done: int, seconds: float, peak: float | None = None) -> float:
    speed = round(done / seconds)
    print(f"{label:28}{done:>10,}{seconds:>10.2f}{speed:>10,}{'' if peak is None else round(peak):>10}", flush=True)
    return speed


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
