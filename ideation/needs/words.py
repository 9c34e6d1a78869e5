"""What people read about needs: themes in the page's language, who worded a need, what a class or a rank means."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from ideation.needs.models import EditKind, Kano, Need, NeedEdit, Theme

Word = str | Promise

WORDED: Final[Mapping[str, tuple[Word, Word]]] = {
    "theme": (gettext_lazy("common wish"), gettext_lazy("Worded from our list of common wishes.")),
    "evidence": (gettext_lazy("from reviews"), gettext_lazy("Worded from the sentences that show it.")),
    "model": (gettext_lazy("by the model"), gettext_lazy("Worded by the language model from its evidence.")),
    "person": (gettext_lazy("by a person"), gettext_lazy("Worded by your team; no analysis changes it.")),
}
"""Who worded a need → in short, and in a sentence."""

KANO: Final[Mapping[str, Word]] = {
    Kano.MUST_BE: gettext_lazy(
        "Must-be: taken for granted. Failing it costs stars, meeting it earns none. Don't fall short of it."
    ),
    Kano.PERFORMANCE: gettext_lazy(
        "Performance: the better it is met, the more content customers are, and the other way round."
    ),
    Kano.ATTRACTIVE: gettext_lazy("Attractive: nobody misses it, but meeting it delights. Here one can stand out."),
    Kano.INDIFFERENT: gettext_lazy("Indifferent: neither meeting nor failing it moves the rating."),
}

KANO_RULES: Final[Mapping[str, Word]] = {
    "complaint_outweighs": gettext_lazy("A complaint clearly costs more stars than praise adds."),
    "praise_outweighs": gettext_lazy("Praise clearly adds more stars than a complaint costs."),
    "both_move": gettext_lazy("Praise adds stars and complaints cost some; neither clearly outweighs the other."),
    "neither_moves": gettext_lazy("Praise and complaint both change the odds of more stars by less than half."),
    "unclear": gettext_lazy("The intervals are too wide for any class: more reviews would tell."),
    "too_few_praised": gettext_lazy("Fewer than ten rated reviews praise it."),
    "too_few_complained": gettext_lazy("Fewer than ten rated reviews complain of it."),
    "too_few_ratings": gettext_lazy("Too few reviews have stars, or all have the same."),
}
"""Why a need has its class, or none: the rules of mlcore.kano."""

INTENTS: Final[Mapping[str, Word]] = {
    "praise": gettext_lazy("praise"),
    "complaint": gettext_lazy("complaint"),
    "wish": gettext_lazy("wish"),
    "question": gettext_lazy("question"),
    "comparison": gettext_lazy("comparison"),
    "return": gettext_lazy("return"),
}
"""What a sentence does."""


def theme_name(theme: Theme) -> str:
    """A theme's name in the page's language."""
    chinese = (get_language() or "").startswith("zh")
    return (theme.name_zh if chinese else "") or theme.name


def rank_sentence(need: Need, total: int) -> str:
    """How firm a need's place among `total` needs is, in words."""
    low, high = need.rank_low, need.rank_high
    if low is None or high is None:
        return _("How firm its place is isn't known: it was found before that was measured, or nobody mentions it.")
    values = {"rank": need.rank, "low": low, "high": high, "total": total}
    if low == high:
        return _("Firm: it is no. %(rank)s of %(total)s in nine out of ten samples of other customers.") % values
    if high - low <= max(2, total // 10):
        return _("Fairly firm: with other customers it would nearly always be between no. %(low)s and %(high)s of "
                 "%(total)s.") % values  # fmt: skip
    return _("Not firm: with other customers it could be anywhere from no. %(low)s to %(high)s of %(total)s. More "
             "reviews would tell.") % values  # fmt: skip


def opportunity_sentence(need: Need) -> str:
    """How far the opportunity would move with other customers; empty where that isn't known."""
    if need.opportunity_low is None or need.opportunity_high is None:
        return ""
    values = {"low": f"{need.opportunity_low:.1f}", "high": f"{need.opportunity_high:.1f}"}
    return _("90 %% interval: drawing other customers of the same kind, it would lie between %(low)s and %(high)s in "
             "nine out of ten cases.") % values  # fmt: skip


def edit_words(edit: NeedEdit) -> str:
    """What a person did, in a line."""
    after: dict[str, Any] = edit.after
    said = edit.get_kind_display()
    count = after.get("sentences")
    if edit.kind == EditKind.RENAME:
        return f"{said}: {after.get('statement', '')}"
    if edit.kind == EditKind.MERGE:
        others = len(after.get("merged", ()))
        return ngettext("%(said)s with %(n)s other", "%(said)s with %(n)s others", others) % {"said": said, "n": others}
    if count:
        return ngettext("%(said)s: %(n)s sentence", "%(said)s: %(n)s sentences", count) % {"said": said, "n": count}
    return said
