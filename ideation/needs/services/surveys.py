"""What a survey says of needs, from a file: it goes before what is read off the reviews."""

import difflib
import math
import re
import uuid
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.needs.models import Need, SurveyFigure
from ideation.needs.querysets import current_analysis, needs_of
from ideation.needs.services.figures import figures_set
from mlcore.survey import SurveyAnswers
from mlcore.tables import TableRead, TableRow, fields_of

COLUMNS: Final = {
    "need": ("need", "statement", "need statement", "label", "name", "id", "need id", "需求", "名称", "题目"),
    "importance": ("importance", "mean importance", "importance mean", "重要性", "重要度"),
    "satisfaction": ("satisfaction", "mean satisfaction", "satisfaction mean", "满意度"),
    "answers": ("n", "answers", "base", "respondents", "count", "样本量", "人数", "样本数"),
    "scale": ("scale", "量表"),
}
"""Field → what its column may be called."""
SCALES: Final = ("1-5", "1-7", "1-10", "0-10", "0-100")
MOST_ANSWERS: Final = 10_000_000
LIKE: Final = 0.5
"""How alike a need must be to be offered for one that isn't known."""


@dataclass(frozen=True, kw_only=True)
class Unused:
    """A row that couldn't be used."""

    line: int
    column: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    value: str


@dataclass(kw_only=True)
class Survey:
    """What became of the rows."""

    used: list[tuple[int, Need]] = field(default_factory=list)
    """Line and need."""
    unused: list[Unused] = field(default_factory=list)


class _UnfitError(Exception):
    """A row that can't be used."""

    def __init__(self, code: str, name: str, **params: Any) -> None:
        self.code, self.name, self.params = code, name, params


@dataclass(frozen=True, kw_only=True)
class _Known:
    """The project's needs by all that a row may call them."""

    names: Mapping[str, Sequence[Need]]

    @classmethod
    def of(cls, needs: Sequence[Need]) -> "_Known":
        names: dict[str, list[Need]] = defaultdict(list)
        for need in needs:
            for name in {_folded(need.statement), _folded(need.label), str(need.pk), str(need.standing_id)}:
                names[name].append(need)
        return cls(names=names)

    def find(self, text: str, taken: Container[uuid.UUID]) -> Need:
        """The one need that is called so, if no other row has said so."""
        found = self.names.get(_folded(text), ())
        if len(found) == 1 and found[0].standing_id in taken:
            raise _UnfitError("need_repeats", "need")
        if len(found) == 1:
            return found[0]
        if found:
            raise _UnfitError("survey_need_ambiguous", "need")
        like = difflib.get_close_matches(_folded(text), list(self.names), n=1, cutoff=LIKE)
        if like:
            raise _UnfitError("survey_need_like", "need", like=self.names[like[0]][0].statement)
        raise _UnfitError("survey_need_unknown", "need")


@transaction.atomic
def survey_import(*, project: Project, table: TableRead, source: str, scale: str) -> Survey:
    """Keeps what a survey says of the project's needs, in the place of what an earlier one said of them.

    `scale` holds where the file has no column for it. Raises UserError where columns are missing, or before anything
    was analysed.
    """
    analysis = current_analysis(project)
    if analysis is None:
        raise UserError("no_analysis", status=409)
    fields = fields_of(table.columns, COLUMNS)
    if "need" not in fields or not {"importance", "satisfaction"} & set(fields):
        raise UserError("survey_columns", field="file")
    known = _Known.of(list(needs_of(analysis).select_related("standing")))
    done = Survey(unused=[Unused(line=r.line, column=r.column, code=r.code, value=r.value) for r in table.rejected])
    figures: dict[uuid.UUID, SurveyFigure] = {}
    for row in table.rows:
        _take(row, table, fields, known, figures, done, source=source, scale=scale)
    SurveyFigure.objects.filter(standing__in=list(figures)).delete()
    SurveyFigure.objects.bulk_create(figures.values())
    if figures:
        figures_set(analysis)
    return done


@transaction.atomic
def survey_remove(*, need: Need) -> None:
    """Forgets what a survey said of a need; what reviews show counts again."""
    SurveyFigure.objects.filter(standing=need.standing).delete()
    figures_set(need.analysis)


def _take(
    row: TableRow,
    table: TableRead,
    fields: Mapping[str, int],
    known: _Known,
    figures: dict[uuid.UUID, SurveyFigure],
    done: Survey,
    *,
    source: str,
    scale: str,
) -> None:
    """Puts a row among the figures, or among those that can't be used."""
    cells = {name: row.cells[index] for name, index in fields.items()}
    try:
        need = known.find(cells["need"], figures)
        figures[need.standing_id] = _figure(need, cells, source, scale)
        done.used.append((row.line, need))
    except _UnfitError as fault:
        index = fields.get(fault.name, fields["need"])
        column, value = table.columns[index], row.cells[index][:160]
        done.unused.append(Unused(line=row.line, column=column, code=fault.code, params=fault.params, value=value))


def _figure(need: Need, cells: Mapping[str, str], source: str, scale: str) -> SurveyFigure:
    """Both figures on 0 to 10."""
    lowest, highest = _scale(cells.get("scale", "") or scale)
    answers = _number(cells.get("answers", "") or "1", "answers")
    if answers is None or not 1 <= answers <= MOST_ANSWERS:
        raise _UnfitError("bad_answers", "answers")
    found: dict[str, float | None] = {}
    for name in ("importance", "satisfaction"):
        value = _number(cells.get(name, ""), name)
        if value is not None and not lowest <= value <= highest:
            raise _UnfitError("off_scale", name, lowest=f"{lowest:g}", highest=f"{highest:g}")
        scaled = SurveyAnswers(lowest=lowest, highest=highest)
        found[name] = None if value is None else scaled.rescaled(value)
    if found["importance"] is None and found["satisfaction"] is None:
        raise _UnfitError("survey_row_empty", "importance" if "importance" in cells else "satisfaction")
    return SurveyFigure(standing=need.standing, answers=round(answers), source=source, **found)


def _scale(text: str) -> tuple[float, float]:
    """`1-5`, `1 to 7`, `0–10`; a single number means from 1, or from 0 for 100."""
    numbers = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", text)]
    if len(numbers) == 1:
        numbers = [0.0 if numbers[0] == 100 else 1.0, *numbers]
    if len(numbers) != 2 or numbers[0] >= numbers[1]:
        raise _UnfitError("bad_scale", "scale")
    return numbers[0], numbers[1]


def _number(cell: str, name: str) -> float | None:
    if not cell:
        return None
    try:
        value = float(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell.replace(",", ""))
    except ValueError:
        raise _UnfitError("bad_number", name) from None
    if not math.isfinite(value):
        raise _UnfitError("bad_number", name)
    return value


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".。")
