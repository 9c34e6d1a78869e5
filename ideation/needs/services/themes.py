"""The tree of headings over needs: filled from the shipped headings, then arranged by people."""

from ideation.needs.models import Analysis, Theme
from mlcore.headings import headings


def theme_for(analysis: Analysis, code: str) -> Theme | None:
    """The project's theme that came from a shipped heading, made when it is first needed; None for no heading."""
    if not code:
        return None
    names = headings()[code]
    found, _made = Theme.objects.get_or_create(
        project_id=analysis.project_id,
        code=code,
        defaults={"name": names["en"], "name_zh": names["zh"], "position": list(headings()).index(code)},
    )
    return found
