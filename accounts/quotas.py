"""What a brand may use: kinds of quota, their limits, and how they stand. Written by services/quotas.py alone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand, QuotaUse
from accounts.tenancy import current_brand


@dataclass(frozen=True, kw_only=True)
class Quota:
    """A kind of quota."""

    title: str | Promise
    cure: str | Promise
    """What to do when it is used up."""
    monthly: bool = False
    """Begins anew with each month, in UTC."""
    bytes: bool = False

    def said(self, amount: int) -> str:
        """An amount as a person reads it."""
        return str(filesizeformat(amount)) if self.bytes else f"{amount:,}"


NEXT_MONTH = _("It begins anew with the next month; whoever runs this installation can raise the limit.")

QUOTAS: Final[dict[str, Quota]] = {
    "reviews": Quota(
        title=_("Reviews kept"), cure=_("Delete reviews that you no longer need, import a smaller file, or ask whoever "
                                        "runs this installation for a higher limit."),
    ),
    "storage_bytes": Quota(
        title=_("Storage"), bytes=True, cure=_("Delete files that you no longer need, or ask whoever runs this "
                                               "installation for a higher limit."),
    ),
    "training_tokens": Quota(title=_("Tokens for tuning this month"), monthly=True, cure=NEXT_MONTH),
    "generation_tokens": Quota(title=_("Tokens for writing this month"), monthly=True, cure=NEXT_MONTH),
    "concurrent_jobs": Quota(
        title=_("Jobs under way"), cure=_("Wait until one of them ends, or cancel one that you no longer need."),
    ),
}  # fmt: skip
"""kind → what it is. A test holds that each has a limit in the settings."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a brand stands with a kind of quota."""

    kind: str
    used: int
    """What running work has set aside counts as used until it ends."""
    limit: int | None
    """None: unlimited."""
    renews: datetime | None

    @property
    def quota(self) -> Quota:
        """The kind's words."""
        return QUOTAS[self.kind]

    @property
    def percent(self) -> float:
        """Used part of the limit, 0 to 100; 0 where there is no limit."""
        return min(100.0, 100 * self.used / self.limit) if self.limit else (100.0 if self.limit == 0 else 0.0)

    @property
    def used_said(self) -> str:
        return self.quota.said(self.used)

    @property
    def limit_said(self) -> str:
        return "" if self.limit is None else self.quota.said(self.limit)


def limit_of(kind: str) -> int | None:
    """The current brand's limit: its own, else the settings'. None: unlimited."""
    own: dict[str, Any] = Brand.objects.values_list("limits", flat=True).get(pk=current_brand())
    limit: int | None = own.get(kind, settings.QUOTAS[kind])
    return limit


def period_of(kind: str) -> date | None:
    """The first day of the running month, None for what doesn't begin anew."""
    return timezone.now().astimezone(UTC).date().replace(day=1) if QUOTAS[kind].monthly else None


def renewal_of(kind: str) -> datetime | None:
    """When a monthly quota begins anew."""
    first = period_of(kind)
    if first is None:
        return None
    following = (first + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, 1, tzinfo=UTC)


def used_of(kind: str) -> int:
    """What the current brand has used, in this month where it is monthly."""
    found = QuotaUse.objects.filter(kind=kind, period=period_of(kind)).values_list("used", flat=True).first()
    return found or 0


def standings() -> list[Standing]:
    """Every quota of the current brand."""
    return [Standing(kind=kind, used=used_of(kind), limit=limit_of(kind), renews=renewal_of(kind)) for kind in QUOTAS]
