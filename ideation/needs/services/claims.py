"""Writes claims with what they stand on."""

from django.db import transaction

from ideation.needs.models import Citation, Claim, Evidence


@transaction.atomic
def claim_create(*, text: str, evidence: list[Evidence]) -> Claim:
    """A claim with what it stands on. One without evidence isn't kept: it would be an invention."""
    assert evidence, "a claim cites at least one piece of evidence"
    claim = Claim.objects.create(text=text)
    Citation.objects.bulk_create(
        [Citation(claim=claim, evidence=piece, position=place) for place, piece in enumerate(evidence)]
    )
    return claim
