"""The same work as the product's, on plain files: python -m mlcore needs reviews.csv.

Prints what happens line by line; what a person can mend ends in one sentence and exit status 2. What a command needs
of the heavy libraries is imported by that command, so that --help answers at once.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from mlcore.errors import InputError, MlError
from mlcore.events import Event, Progress

FORMATS = "CSV, TSV, JSON, JSON Lines, Parquet, XLSX, XLS or ODS, packed or not"
FIRST = 2**20
"""Bytes of a first line that are looked at."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0 done, 1 failed, 2 for the person to mend, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except MlError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on from the last checkpoint.", file=sys.stderr)
        return 130
    return 0


def _needs(options: argparse.Namespace) -> None:
    folder = options.out.parent
    _write_needs(options.reviews, folder / "analysis", options.out, options.seed)


def _finetune(options: argparse.Namespace) -> None:
    from mlcore.finetune import finetune
    from mlcore.specs.finetune import FinetuneSpec
    from mlcore.taskadapter import BASE, SHIPPED, write_documents

    start, replay = options.start, None
    if (
        options.method == "lora"
        and options.base == BASE
        and not options.plain
        and (SHIPPED / "adapter_config.json").exists()
    ):
        start, replay = start or SHIPPED, options.out / "replay.jsonl"
        write_documents(replay)
    spec = FinetuneSpec(
        corpus=json_lines(options.reviews, options.out),
        output=options.out,
        base=options.base,
        models=options.models,
        method=options.method,
        start=start,
        replay=replay,
        learning_rate=options.learning_rate,
        epochs=options.epochs,
        max_tokens=options.max_tokens,
        seed=options.seed,
    )
    _tell(finetune(spec))


def _evaluate(options: argparse.Namespace) -> None:
    from mlcore.evaluate import evaluate
    from mlcore.specs.evaluate import EvaluateSpec

    spec = EvaluateSpec(
        texts=json_lines(options.texts, Path.cwd()),
        base=options.base,
        models=options.models,
        adapter=options.adapter,
        max_tokens=options.max_tokens,
        seed=options.seed,
    )
    _tell(evaluate(spec))


def _generate(options: argparse.Namespace) -> None:
    from mlcore.concepts import write_concepts
    from mlcore.needsfile import read_needs
    from mlcore.specs.concepts import BriefSpec, ConceptsSpec
    from mlcore.specs.generate import BackendSpec
    from mlcore.taskadapter import BASE, SHIPPED

    needs = options.input
    if not is_needs(needs):
        needs = options.out / "needs.json"
        _write_needs(options.input, options.out / "analysis", needs, options.seed)
    adapter = options.adapter or (
        SHIPPED if options.base == BASE and (SHIPPED / "adapter_config.json").exists() else None
    )
    spec = ConceptsSpec(
        backend=BackendSpec(
            kind="endpoint" if options.url else "local",
            base=options.base,
            models=options.models,
            adapter=adapter,
            url=options.url,
            key=os.environ.get("GENERATION_KEY", ""),
            model=options.model,
        ),
        brief=BriefSpec(
            product=options.product,
            category=options.category,
            language=options.language,
            needs=read_needs(needs, options.language)[: options.most_needs],
            must_have=tuple(options.must_have),
            must_avoid=tuple(options.must_avoid),
            audience=options.audience,
        ),
        count=options.count,
        seed=options.seed,
        output=options.out,
    )
    _tell(write_concepts(spec))


def _adapter(options: argparse.Namespace) -> None:
    from mlcore.finetune import finetune
    from mlcore.taskadapter import halve, recipe, write_documents

    spec = recipe(options.out, options.models)
    write_documents(spec.corpus)
    _tell(finetune(spec))
    halve(options.out / "adapter", options.out / "halved")
    print(f"To ship it, copy the files of {options.out / 'halved'} over mlcore/adapters/.")


def _write_needs(reviews: Path, analysis: Path, path: Path, seed: int) -> None:
    from mlcore.analyse import analyse
    from mlcore.needsfile import write_needs
    from mlcore.specs.analyse import AnalyseSpec

    lines = json_lines(reviews, analysis, "id")
    _tell(analyse(AnalyseSpec(reviews=lines, output=analysis, seed=seed)))
    with lines.open(encoding="utf-8") as file:
        count = write_needs(analysis, sum(1 for _ in file), path)
    print(f"{count} needs in {path}")


def _aspects(options: argparse.Namespace) -> None:
    from mlcore.aspects.lines import aspect_lines

    for line in aspect_lines(json_lines(options.reviews, options.out)):
        print(line)


def is_needs(path: Path) -> bool:
    """Whether a file holds needs, which are one object, and not reviews."""
    if path.suffix != ".json" or not path.is_file():
        return path.suffix == ".json"
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return not file.read(FIRST).lstrip().startswith("[")


def json_lines(path: Path, folder: Path, *needed: str) -> Path:
    """The reviews as JSON Lines: the file itself if it is that already, else read and written into the folder."""
    from mlcore.reviewfiles import read_reviews

    if not path.is_file():
        raise InputError("corpus_missing", path=path)
    if _is_own(path, needed):
        return path
    folder.mkdir(parents=True, exist_ok=True)
    lines = folder / f"{path.name.split('.')[0]}-read.jsonl"
    rows = (json.dumps(row, ensure_ascii=False) for row in read_reviews(path))
    lines.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return lines


def _is_own(path: Path, needed: tuple[str, ...]) -> bool:
    """Whether the first line is an object as mlcore itself writes them: a review with these fields, or segments."""
    with path.open("rb") as file:
        try:
            first = json.loads(file.readline(FIRST))
        except (ValueError, RecursionError):
            return False
    if not isinstance(first, dict):
        return False
    return "segments" in first or (isinstance(first.get("text"), str) and all(name in first for name in needed))


def _tell(events: Iterator[Event]) -> None:
    """Prints each event as a line."""
    for event in events:
        if isinstance(event, Progress):
            print(f"{event.step}: {event.done} of {event.total} {event.unit}", flush=True)
        else:
            fields = ((key, value) for key, value in vars(event).items() if key != "curve")
            print(type(event).__name__, *(f"{key}={_short(value)}" for key, value in fields), flush=True)


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mlcore", description="From reviews to needs, models and concepts.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _needs_options(commands.add_parser("needs", help="find the customer needs in reviews"))
    _aspects_options(commands.add_parser("aspects", help="print what each sentence judges, and how, as JSON Lines"))
    _finetune_options(commands.add_parser("finetune", help="tune a language model on reviews; resumes if stopped"))
    _evaluate_options(commands.add_parser("evaluate", help="measure a base model, and a tuned one beside it"))
    _generate_options(commands.add_parser("generate", help="write product concepts for needs"))
    adapter = commands.add_parser("adapter", help="tune the task adapter that ships with the project anew")
    adapter.add_argument("--out", type=Path, default=Path("adapter-run"), help="folder for it (%(default)s)")
    _shared_options(adapter, _adapter)
    return parser


def _shared_options(parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace], None]) -> None:
    parser.add_argument(
        "--models", type=Path, default=Path("var/models"), help="folder for converted models (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same result (%(default)s)")
    parser.set_defaults(command=command)


def _base_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", default="smollm2-135m", help="name, folder or .gguf file (%(default)s)")


def _needs_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reviews", type=Path, help=FORMATS)
    parser.add_argument("--out", type=Path, default=Path("needs.json"), help="file for the needs (%(default)s)")
    _shared_options(parser, _needs)


def _aspects_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reviews", type=Path, help=FORMATS)
    parser.add_argument("--out", type=Path, default=Path("var/aspects"), help="folder for what is read (%(default)s)")
    _shared_options(parser, _aspects)


def _finetune_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reviews", type=Path, help=FORMATS)
    parser.add_argument("--out", type=Path, default=Path("tuned"), help="folder for the model (%(default)s)")
    _base_options(parser)
    parser.add_argument("--method", choices=("lora", "full", "scratch"), default="lora", help="(%(default)s)")
    parser.add_argument("--start", type=Path, help="adapter or tuned model to go on from")
    parser.add_argument("--plain", action="store_true", help="start from the bare base, without the task adapter")
    parser.add_argument("--learning-rate", type=float, default=3e-4, help="at its peak (%(default)s)")
    parser.add_argument("--epochs", type=int, default=3, help="times that each review is read (%(default)s)")
    parser.add_argument("--max-tokens", type=int, default=16_000, help="stop after so many tokens (%(default)s)")
    _shared_options(parser, _finetune)


def _evaluate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("texts", type=Path, help="held-out texts: the eval.jsonl of a tuning, or reviews")
    _base_options(parser)
    parser.add_argument("--adapter", type=Path, help="adapter or tuned model to measure beside the base")
    parser.add_argument("--max-tokens", type=int, default=4_000, help="measure on so many tokens (%(default)s)")
    _shared_options(parser, _evaluate)


def _generate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, help="needs.json, or reviews")
    parser.add_argument("--product", required=True, help="what is to be conceived, e.g. 'insulated lunch box'")
    parser.add_argument("--category", default="", help="its product class")
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="of the concepts (%(default)s)")
    parser.add_argument("--audience", default="", help="target user")
    parser.add_argument("--must-have", action="append", default=[], help="a feature of every concept; repeatable")
    parser.add_argument("--must-avoid", action="append", default=[], help="what no concept may speak of; repeatable")
    parser.add_argument("--most-needs", type=int, default=8, help="best needs to answer (%(default)s)")
    parser.add_argument("--count", type=int, default=8, help="concepts to write (%(default)s)")
    parser.add_argument("--out", type=Path, default=Path("concepts"), help="folder for concepts.json (%(default)s)")
    _base_options(parser)
    parser.add_argument("--adapter", type=Path, help="adapter or tuned model to write with")
    parser.add_argument("--url", default="", help="write with an OpenAI-compatible server; key in GENERATION_KEY")
    parser.add_argument("--model", default="", help="the model's name on that server")
    _shared_options(parser, _generate)


if __name__ == "__main__":
    sys.exit(main())
