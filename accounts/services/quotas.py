"""The only writer of quotas. Postgres counts: of any number of takers of the last unit exactly one gets it.

Work whose use is known only at its end sets an upper bound aside first (hold) and is charged what it really used when
it ends (settle), so that it never stops half-way for want of a quota.
"""

import uuid
from collections.abc import Mapping
from datetime import date

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.errors import AccountError
from accounts.models import QuotaHold, QuotaUse
from accounts.quotas import QUOTAS, limit_of, period_of, renewal_of, used_of
from accounts.tenancy import current_brand

UNLIMITED = 2**62

# The row is made, or counted up in place if the limit allows: one statement, so that nobody comes between.
TAKE = """
INSERT INTO accounts_quotause (id, brand_id, created_at, kind, period, used)
SELECT gen_random_uuid(), %(brand)s, clock_timestamp(), %(kind)s, %(period)s, %(amount)s
WHERE %(amount)s <= %(limit)s
ON CONFLICT (brand_id, kind, period) DO UPDATE SET used = accounts_quotause.used + EXCLUDED.used
WHERE accounts_quotause.used + EXCLUDED.used <= %(limit)s
RETURNING used
"""


@transaction.atomic
def quota_take(*, kind: str, amount: int) -> None:
    """Uses some of the current brand's quota. Raises AccountError `quota_reached`, and takes nothing, beyond it."""
    limit = limit_of(kind)
    if not _taken(kind, amount, UNLIMITED if limit is None else limit):
        raise _reached(kind, amount, limit or 0)


@transaction.atomic
def quota_charge(*, kind: str, amount: int) -> None:
    """Counts what has been used already, beyond the limit too."""
    _taken(kind, amount, UNLIMITED)


def _taken(kind: str, amount: int, limit: int) -> bool:
    assert amount >= 0, amount
    values = {
        "brand": current_brand(), "kind": kind, "period": period_of(kind), "amount": amount, "limit": limit,
    }  # fmt: skip
    if amount == 0:
        return True
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        return cursor.fetchone() is not None


def _reached(kind: str, amount: int, limit: int) -> AccountError:
    quota, renewal = QUOTAS[kind], renewal_of(kind)
    error = AccountError(
        "quota_reached",
        status=429,
        what=quota.title,
        used=quota.said(used_of(kind)),
        limit=quota.said(limit),
        wanted=quota.said(amount),
        cure=quota.cure,
    )
    if renewal is not None:
        error.wait = int((renewal - timezone.now()).total_seconds()) + 1
    return error


@transaction.atomic
def quota_give(*, kind: str, amount: int) -> None:
    """Gives back what was deleted."""
    _charge(kind, period_of(kind), -amount)


@transaction.atomic
def quota_hold(*, kind: str, amount: int, holder_id: uuid.UUID) -> None:
    """Sets aside for a piece of work the most that it may use. Raises AccountError `quota_reached`."""
    quota_take(kind=kind, amount=amount)
    QuotaHold.objects.create(kind=kind, period=period_of(kind), amount=amount, holder_id=holder_id)


@transaction.atomic
def quota_settle(*, holder_id: uuid.UUID, used: Mapping[str, int]) -> dict[str, int]:
    """Charges a piece of work what it used instead of what was set aside for it; once, the second time does nothing.

    Returns what it used of kinds of which nothing was set aside for it: that is still to be charged.
    """
    holds = list(QuotaHold.objects.select_for_update().filter(holder_id=holder_id).order_by("kind"))
    for hold in holds:
        _charge(hold.kind, hold.period, used.get(hold.kind, 0) - hold.amount)
    QuotaHold.objects.filter(pk__in=[hold.pk for hold in holds]).delete()
    held = {hold.kind for hold in holds}
    return {kind: amount for kind, amount in used.items() if kind not in held}


def _charge(kind: str, period: date | None, amount: int) -> None:
    used = Greatest(F("used") + amount, 0)
    QuotaUse.objects.filter(kind=kind, period=period).update(used=used)
