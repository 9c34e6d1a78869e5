"""A team's code frame from a file: its themes become the project's, its needs stand under them as added by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.files import File
from django.db import transaction

from accounts.models import User
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.jobs.smallfiles import small_file_read
from ideation.needs.models import About, Need, StandingNeed, Theme
from ideation.needs.querysets import current_analysis
from ideation.needs.services.corrections import LABEL, STATEMENT, Wish, needs_add
from ideation.needs.services.themes import NAME, theme_create
from mlcore.reviewfiles.events import Rejected
from mlcore.specs.tables import ReadTableSpec
from mlcore.tables import TableRead, TableRow, fields_of

COLUMNS: Final = {
    "theme": ("theme", "theme en", "level 1", "category", "主题", "一级主题", "一级", "主題"),
    "theme_zh": ("theme zh", "chinese theme", "中文主题", "主题中文"),
    "subtheme": ("subtheme", "sub theme", "subtheme en", "level 2", "subcategory", "子主题", "二级主题", "二级"),
    "subtheme_zh": ("subtheme zh", "chinese subtheme", "中文子主题"),
    "subsubtheme": ("subsubtheme", "level 3", "三级主题", "三级"),
    "statement": ("statement", "need", "need statement", "statement en", "need en", "code", "需求", "需求描述"),
    "statement_zh": ("statement zh", "need zh", "need statement zh", "chinese statement", "中文需求"),
    "label": ("label", "name", "short name", "code name", "名称", "标签", "简称"),
    "about": ("about", "kind", "针对"),
}
"""Field → what its column may be called."""
LEVELS: Final = ("theme", "subtheme", "subsubtheme")
ABOUT: Final = {"": About.PRODUCT, "product": About.PRODUCT, "产品": About.PRODUCT, "service": About.SERVICE,
                "服务": About.SERVICE}  # fmt: skip
SHORT: Final = 60
"""Characters of a statement that serve as a name where there is none."""

Path = tuple[tuple[str, str], ...]
"""Names of themes from the top down, each with its Chinese name."""


@dataclass(frozen=True, kw_only=True)
class FrameNeed:
    """A need of the frame."""

    line: int
    path: Path
    statement: str
    label: str
    about: str
    known: bool
    """Whether the project has it already: then it only goes under the theme."""


@dataclass(kw_only=True)
class Frame:
    """What a file would bring, before it does."""

    themes: list[Path] = field(default_factory=list)
    """Those that the project doesn't have yet, parents first."""
    needs: list[FrameNeed] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def new_needs(self) -> list[FrameNeed]:
        """Those that the project doesn't have."""
        return [need for need in self.needs if not need.known]


class _UnfitError(Exception):
    """A row that can't be used: code and column."""

    def __init__(self, code: str, name: str) -> None:
        self.code, self.name = code, name


def table_read(file: "File[bytes]") -> TableRead:
    """A small table of any format. Raises UserError for what can't be read as one."""
    read = small_file_read(file, lambda path: ReadTableSpec(path=path))
    assert isinstance(read, TableRead)
    return read


def frame_read(*, project: Project, table: TableRead) -> Frame:
    """What a table would bring into a project. Raises UserError where no column holds themes or needs."""
    fields = fields_of(table.columns, COLUMNS)
    if not {"theme", "statement", "statement_zh"} & set(fields):
        raise UserError("frame_columns", field="file")
    frame = Frame(rejected=list(table.rejected))
    there = {_folded(one) for one in _called(project)}
    paths = set(_paths(project))
    seen: set[str] = set()
    for row in table.rows:
        try:
            path, need = _meant(project, row, fields)
            _taken_up(frame, row, path, need, paths, seen, there)
        except _UnfitError as fault:
            column, value = _place(table, row, fields, fault.name)
            frame.rejected.append(Rejected(line=row.line, column=column, code=fault.code, value=value))
    return frame


@transaction.atomic
def frame_import(*, project: Project, table: TableRead, by: User | None) -> Frame:
    """Brings themes and needs in; what is there already is kept and put under its theme. Rows with faults are left out.

    Raises UserError where no column holds themes or needs, or before anything was analysed.
    """
    frame = frame_read(project=project, table=table)
    themes = {_folded_path(path): theme for path, theme in _themes(project)}
    for path in frame.themes:
        names = path[-1]
        parent = themes.get(_folded_path(path[:-1]))
        themes[_folded_path(path)] = theme_create(project=project, name=names[0], name_zh=names[1], parent=parent)
    wishes = [
        Wish(statement=one.statement, label=one.label, about=one.about, theme=themes.get(_folded_path(one.path)))
        for one in frame.new_needs
    ]
    needs_add(project=project, wishes=wishes, by=by)
    for one in frame.needs:
        if one.known and one.path:
            _put(project, one, themes[_folded_path(one.path)])
    return frame


def _put(project: Project, found: FrameNeed, theme: Theme) -> None:
    standing = Need.objects.filter(analysis=current_analysis(project), statement__iexact=found.statement)
    StandingNeed.objects.filter(pk__in=standing.values("standing")).update(theme=theme)


def _called(project: Project) -> Iterator[str]:
    analysis = current_analysis(project)
    return iter(Need.objects.filter(analysis=analysis).values_list("statement", flat=True))


def _themes(project: Project) -> Iterator[tuple[Path, Theme]]:
    every = {theme.pk: theme for theme in Theme.objects.filter(project=project)}
    for theme in every.values():
        path = []
        above: Theme | None = theme
        while above is not None:
            path.append((above.name, above.name_zh))
            above = every[above.parent_id] if above.parent_id else None
        yield tuple(reversed(path)), theme


def _paths(project: Project) -> Iterator[tuple[str, ...]]:
    return (_folded_path(path) for path, _theme in _themes(project))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _folded_path(path: Path) -> tuple[str, ...]:
    return tuple(_folded(name) for name, _chinese in path)


def _meant(project: Project, row: TableRow, fields: dict[str, int]) -> tuple[Path, dict[str, str]]:
    """A row's theme and its need; an empty statement means a theme alone."""
    cells = {name: row.cells[index] for name, index in fields.items()}
    path: list[tuple[str, str]] = []
    for depth, level in enumerate(LEVELS):
        name, chinese = cells.get(level, ""), cells.get(f"{level}_zh", "")
        if name or chinese:
            if len(path) < depth:
                raise _UnfitError("theme_gap", level)
            if max(len(name), len(chinese)) > NAME:
                raise _UnfitError("cell_over_length", level)
            path.append((name or chinese, chinese))
    said = [cells.get("statement", ""), cells.get("statement_zh", "")]
    if project.language.startswith("zh"):
        said.reverse()
    statement = said[0] or said[1]
    label = cells.get("label", "") or _shortened(statement)
    about = ABOUT.get(cells.get("about", "").casefold())
    if about is None:
        raise _UnfitError("bad_about", "about")
    if len(statement) > STATEMENT or len(label) > LABEL:
        raise _UnfitError("cell_over_length", "statement" if len(statement) > STATEMENT else "label")
    return tuple(path), {"statement": statement, "label": label, "about": about}


def _shortened(statement: str) -> str:
    return statement if len(statement) <= SHORT else statement[: SHORT - 1].rstrip() + "…"


def _taken_up(
    frame: Frame,
    row: TableRow,
    path: Path,
    need: dict[str, str],
    paths: set[tuple[str, ...]],
    seen: set[str],
    there: set[str],
) -> None:
    """Notes what a row brings that wasn't there."""
    if not path and not need["statement"]:
        raise _UnfitError("frame_row_empty", "theme")
    key = _folded(need["statement"])
    if key and key in seen:
        raise _UnfitError("need_repeats", "statement")
    for depth in range(1, len(path) + 1):
        folded = _folded_path(path[:depth])
        if folded not in paths:
            paths.add(folded)
            frame.themes.append(path[:depth])
    if key:
        seen.add(key)
        frame.needs.append(FrameNeed(line=row.line, path=path, known=key in there, **need))


def _place(table: TableRead, row: TableRow, fields: dict[str, int], name: str) -> tuple[str, str]:
    """The column's own name, and what the row has there."""
    index = fields.get(name, fields.get(f"{name}_zh", -1))
    return (table.columns[index], row.cells[index][:160]) if index >= 0 else ("", "")


def table_packed(table: TableRead) -> dict[str, Any]:
    """A table as plain values, to be sent along with its preview."""
    return {"columns": list(table.columns), "rows": [[row.line, *row.cells] for row in table.rows]}


def table_unpacked(packed: Any, most: int) -> TableRead:
    """A table from plain values that a page sent back. Raises UserError for anything else."""
    try:
        columns = tuple(str(name) for name in packed["columns"])
        rows = [TableRow(line=int(line), cells=_fitted(cells, len(columns))) for line, *cells in packed["rows"][:most]]
    except (TypeError, ValueError, KeyError):
        raise UserError("table_gone", field="file") from None
    return TableRead(columns=columns, rows=rows, rejected=[])


def _fitted(cells: Sequence[Any], width: int) -> tuple[str, ...]:
    return tuple([str(cell) for cell in cells[:width]] + [""] * (width - len(cells)))
