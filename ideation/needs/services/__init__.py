"""The only writer of analyses, needs, evidence, themes and claims."""

from ideation.needs.services.analyses import analysis_holds, analysis_run, analysis_start
from ideation.needs.services.claims import claim_create
from ideation.needs.services.corrections import (
    evidence_move,
    need_add,
    need_care,
    need_dismiss,
    need_merge,
    need_pin,
    need_restore,
    need_reword,
    need_split,
    need_theme,
    needs_add,
    sentences_place,
)
from ideation.needs.services.frames import frame_import, frame_read, table_packed, table_read, table_unpacked
from ideation.needs.services.sentiment import sentiment_reset, sentiment_run, sentiment_start
from ideation.needs.services.surveys import survey_import, survey_remove
from ideation.needs.services.themes import theme_change, theme_create, theme_delete, theme_move, theme_rename
from ideation.needs.services.undoing import edit_undo

__all__ = [
    "analysis_holds",
    "analysis_run",
    "analysis_start",
    "claim_create",
    "edit_undo",
    "evidence_move",
    "frame_import",
    "frame_read",
    "need_add",
    "need_care",
    "need_dismiss",
    "need_merge",
    "need_pin",
    "need_restore",
    "need_reword",
    "need_split",
    "need_theme",
    "needs_add",
    "sentences_place",
    "sentiment_reset",
    "sentiment_run",
    "sentiment_start",
    "survey_import",
    "survey_remove",
    "table_packed",
    "table_read",
    "table_unpacked",
    "theme_change",
    "theme_create",
    "theme_delete",
    "theme_move",
    "theme_rename",
]
