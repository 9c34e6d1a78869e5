"""The only writer of analyses, needs, evidence and claims."""

from ideation.needs.services.analyses import analysis_holds, analysis_run, analysis_start
from ideation.needs.services.claims import claim_create

__all__ = ["analysis_holds", "analysis_run", "analysis_start", "claim_create"]
