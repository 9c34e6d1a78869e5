"""Raises alerts at the end of an analysis, and tells those who asked for it by mail, once the analysis stands."""

import datetime as dt
import logging
import smtplib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Brand, Membership
from accounts.projects import projects
from accounts.tenancy import current_brand
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.needs.models import AlertKind, Analysis, Need, NeedAlert, NeedWatch
from ideation.needs.services.trends import Moving, month_date, movements
from mlcore.estimates import benjamini_hochberg

FALSE: Final = 0.1
"""Share of the alerts that may be chance (Benjamini & Hochberg over all needs of an analysis)."""
CHANGES: Final = ("emerging", "growing", "fading")
MOST: Final = 500
"""Watches of a project."""
logger = logging.getLogger(__name__)


@transaction.atomic
def watch_add(*, project: Project, member: Membership, need: Need | None, kind: str, site: str) -> NeedWatch:
    """Somebody is told from now on. Raises UserError for a kind that isn't known, or one who can't see the project."""
    if kind and kind not in AlertKind.values:
        raise UserError("alert_kind_unknown", kind=kind, known=", ".join(AlertKind.values))
    if project.pk in projects().hidden_from(member.user_id):
        raise UserError("watch_unseen")
    if NeedWatch.objects.filter(project=project).count() >= MOST:
        raise UserError("watches_many", most=MOST)
    standing = need.standing if need else None
    found, _made = NeedWatch.objects.update_or_create(
        project=project, member=member, standing=standing, kind=kind, defaults={"site": site[:200]}
    )
    return found


@transaction.atomic
def watch_end(*, watch: NeedWatch) -> None:
    """Nobody is told by it any more."""
    watch.delete()


@transaction.atomic
def alerts_raise(*, analysis: Analysis) -> list[NeedAlert]:
    """Keeps what broke out in the newest complete month, each break once, and tells its watchers after the commit."""
    found = [row for row in movements(analysis).needs if row.newest.month is not None]
    raised = []
    for one, kind, side, figures in (*_breaks(found), *_changes(found)):
        alert, is_new = NeedAlert.objects.get_or_create(
            standing_id=one.need.standing_id, kind=kind, month=_month(one),
            defaults={"project_id": analysis.project_id, "side": side, "figures": figures},
        )  # fmt: skip
        raised += [alert] * is_new
    if raised:
        _tell(analysis, raised)
    return raised


def _month(one: Moving) -> dt.date:
    assert one.newest.month is not None
    return month_date(one.newest.month)


def _breaks(found: Sequence[Moving]) -> Iterator[tuple[Moving, str, str, dict[str, Any]]]:
    """Volumes and moods outside their bands that are still out of the ordinary among all that were looked at."""
    bands = [(one, kind, band) for one in found for kind, band in _bands(one) if band is not None]
    if not bands:
        return
    for (one, kind, band), q in zip(bands, benjamini_hochberg([band.p for *_one, band in bands]), strict=True):
        if band.side is not None and q <= FALSE:
            yield one, kind, band.side, {**asdict(band), "q": float(q)}


def _bands(one: Moving) -> Iterable[tuple[str, Any]]:
    return (AlertKind.VOLUME.value, one.newest.volume), (AlertKind.MOOD.value, one.newest.mood)


def _changes(found: Sequence[Moving]) -> Iterator[tuple[Moving, str, str, dict[str, Any]]]:
    """Trends that were not there when the last alert of this need's trend was raised."""
    last = {
        alert.standing_id: alert.side
        for alert in NeedAlert.objects.filter(
            kind=AlertKind.TREND, standing__in=[one.need.standing_id for one in found]
        ).order_by("month", "created_at")
    }
    for one in found:
        direction = one.trend.direction
        if direction in CHANGES and last.get(one.need.standing_id) != direction:
            before, after = one.trend.before, one.trend.after
            assert before is not None
            assert after is not None
            yield one, AlertKind.TREND.value, direction, {
                "before": asdict(before), "after": asdict(after), "p": one.trend.p, "q": one.trend.q,
                "months": one.trend.months, "base": one.trend.base,
            }  # fmt: skip


def _tell(analysis: Analysis, raised: Sequence[NeedAlert]) -> None:
    words = {need.standing_id: need.statement for need in Need.objects.filter(analysis=analysis)}
    mine: dict[Membership, list[NeedAlert]] = defaultdict(list)
    sites: dict[Membership, str] = {}
    for watch in NeedWatch.objects.filter(project=analysis.project_id).select_related("member__user"):
        if analysis.project_id in projects().hidden_from(watch.member.user_id):
            continue
        fitting = [one for one in raised if _concerns(watch, one) and one not in mine[watch.member]]
        mine[watch.member] += fitting
        sites[watch.member] = watch.site
    brand = Brand.objects.get(pk=current_brand())
    for member, alerts in mine.items():
        if alerts:
            mail = _mail(analysis, brand, member, sites[member], [(one, words[one.standing_id]) for one in alerts])
            transaction.on_commit(partial(_send, *mail, member.user.email))


def _concerns(watch: NeedWatch, alert: NeedAlert) -> bool:
    return watch.standing_id in (None, alert.standing_id) and watch.kind in ("", alert.kind)


def _mail(
    analysis: Analysis, brand: Brand, member: Membership, site: str, alerts: Sequence[tuple[NeedAlert, str]]
) -> tuple[str, str]:
    with translation.override(member.user.language or brand.language):
        counted = ngettext("%(n)s alert in %(project)s", "%(n)s alerts in %(project)s", len(alerts))
        # A name may hold line breaks; a mail's header may not.
        subject = " ".join((counted % {"n": len(alerts), "project": analysis.project.name}).split())
        lines = [f"- {words}\n  {alert_words(alert)} ({alert.month:%Y-%m})" for alert, words in alerts]
        page = reverse("needs_trends", args=[brand.slug, analysis.project_id])
        end = _("You get this mail because you watch these needs. To change that:")
        return subject, "\n\n".join([subject, "\n".join(lines), f"{end}\n{site.rstrip('/')}{page}"])


def alert_words(alert: NeedAlert) -> str:
    """What broke out, in a sentence of the current language."""
    figures = alert.figures
    if alert.kind == AlertKind.TREND and alert.side in CHANGES and "before" in figures:
        before, after = figures["before"], figures["after"]
        words = {
            "emerging": _("It emerges: %(after)s of n = %(after_n)s reviews, before %(before)s of n = %(before_n)s."),
            "growing": _("It grows: %(after)s of n = %(after_n)s reviews, before %(before)s of n = %(before_n)s."),
            "fading": _("It fades: %(after)s of n = %(after_n)s reviews, before %(before)s of n = %(before_n)s."),
        }[alert.side]
        return words % {
            "after": after["count"], "after_n": after["base"], "before": before["count"], "before_n": before["base"]
        }  # fmt: skip
    if "observed" not in figures:
        return alert.get_kind_display()
    told = {name: figures[name] for name in ("observed", "low", "high")}
    if alert.kind == AlertKind.VOLUME:
        said = {name: f"{100 * value:.1f} %" for name, value in told.items()} | {"n": figures["base"]}
        return _("%(observed)s of n = %(n)s reviews speak of it; %(low)s to %(high)s was to be expected.") % said
    said = {name: f"{value:+.2f}".replace("-", "−") for name, value in told.items()} | {"n": figures["base"]}
    return _("Net sentiment %(observed)s over n = %(n)s reviews; %(low)s to %(high)s was to be expected.") % said


def _send(subject: str, text: str, address: str) -> None:
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [address])
    except (OSError, smtplib.SMTPException):
        # The alert stands on the page; an analysis must not fail for a mail.
        logger.exception("an alert could not be mailed")
