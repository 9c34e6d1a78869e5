"""How the platform is, in counts: for the people who run it, who see no brand's name, content or people."""

import uuid
from dataclasses import dataclass, fields

from accounts.models import User
from accounts.tenancy import system_ids


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What the function platform_counts() returns of one brand, or of all together."""

    members: int = 0
    reviews: int = 0
    storage_bytes: int = 0
    cpu_queued: int = 0
    cpu_running: int = 0
    gpu_queued: int = 0
    gpu_running: int = 0
    waiting: int = 0
    """Jobs that sleep until their parts end."""
    silent: int = 0
    """Running jobs whose worker has not been heard of for longer than its lease."""
    ended_day: int = 0
    failed_day: int = 0
    oldest_seconds: int = 0
    """How long the oldest queued job has waited."""
    failed_logins_day: int = 0


@dataclass(frozen=True, kw_only=True)
class Health:
    """The platform at this moment."""

    people: int
    total: Counts
    brands: dict[uuid.UUID, Counts]


def health() -> Health:
    """Counts of every brand and of all together."""
    names = [field.name for field in fields(Counts)]
    found = {row[0]: Counts(**dict(zip(names, row[1:], strict=True))) for row in system_ids("platform_counts")}
    whole = {name: sum(getattr(one, name) for one in found.values()) for name in names}
    whole["oldest_seconds"] = max((one.oldest_seconds for one in found.values()), default=0)
    # The row without a brand counts what belongs to nobody: logins that failed.
    brands = {brand: counts for brand, counts in found.items() if brand is not None}
    return Health(people=User.objects.filter(is_active=True).count(), total=Counts(**whole), brands=brands)
