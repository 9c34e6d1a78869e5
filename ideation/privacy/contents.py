"""What an archive of a brand holds: a file a table, each column by its name, without secrets and computed vectors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import F, Model, QuerySet
from django.db.models.expressions import Combinable

from accounts.models import ApiKey, AuditEntry, Brand, EmailDomain, IdentityProvider, Invitation, Membership
from accounts.tenancy import current_brand
from ideation.catalog.models import Product
from ideation.needs.models import Citation, Evidence, Sentence, SentenceVector, SentimentModel
from ideation.privacy.tables import brand_models
from ideation.reviews.models import (
    DatasetImport,
    Review,
    ReviewDataset,
    ReviewExport,
    ReviewSource,
    ReviewVector,
    ReviewWords,
    Upload,
)
from ideation.training.models import ModelVersion

LEFT_OUT: Final[dict[type[Model], frozenset[str]]] = {
    ApiKey: frozenset({"secret_sha256"}),
    Brand: frozenset({"folder"}),
    DatasetImport: frozenset({"file"}),
    EmailDomain: frozenset({"token"}),
    IdentityProvider: frozenset({"secret"}),
    Invitation: frozenset({"token_sha256"}),
    ModelVersion: frozenset({"folder"}),
    Product: frozenset({"image"}),
    Review: frozenset({"salt", "as_written", "sketch"}),
    ReviewDataset: frozenset({"salt"}),
    ReviewExport: frozenset({"file"}),
    ReviewSource: frozenset({"secret"}),
    Sentence: frozenset({"key"}),
    SentimentModel: frozenset({"weights"}),
    Upload: frozenset({"file"}),
}
"""Columns that stay here: secrets, places on this machine, and vectors that any machine computes from the text."""
COMPUTED: Final = frozenset({ReviewVector, ReviewWords, SentenceVector})
"""Tables that stay here whole: any machine makes them from the texts."""
BESIDE: Final[dict[type[Model], dict[str, Combinable]]] = {
    Citation: {"sentence": F("evidence__sentence__text"), "review_id": F("evidence__sentence__review_id")},
    Evidence: {"sentence": F("sentence__text"), "review_id": F("sentence__review_id")},
    Membership: {"email": F("user__email"), "name": F("user__name")},
}
"""What a reader would otherwise have to join."""
NAMES: Final = {
    "accounts_apikey": "api-keys",
    "accounts_auditentry": "audit",
    "accounts_membership": "members",
    "needs_evidence": "evidence",
    "reviews_datasetimport": "imports",
    "training_modelversion": "models",
    "training_trainingrun": "training-runs",
}

README: Final = """# Everything of a brand

Each `.jsonl` file is one kind of thing; each line is one of it, as a JSON object in UTF-8. `manifest.json` names every
file with its rows, bytes and SHA-256.

Lines refer to each other by `id`: a line's `review_id` is the `id` of a line in `reviews.jsonl`, and so on for
`need_id`, `analysis_id`, `project_id`, `dataset_id`, `generation_id`, `concept_id`, `claim_id`, `evidence_id`.

- From a concept to the reviews behind it: `concepts` → `concept-claims` → `claims` → `citations`, where each citation
  carries its sentence and its review's id. From a need: `needs` → `evidence`, likewise.
- `reviews.jsonl` holds texts with personal data masked ([email], [电话] …). Only an archive that was asked for "with
  what customers wrote" has `as_written` beside, where something was masked.
- `models.jsonl` and `training-runs.jsonl` are the registry of tuned models with their learning curves;
  `evaluations.jsonl` says how they measured.
- `imports.jsonl` and `rejected-rows.jsonl` are the reports of the imports.
- `audit.jsonl`: who did what, when.

Left out: secrets and their hashes, salts, places of files on the server, model weights, uploaded files, and vectors
that can be computed from the texts. As a JSON array: `jq -s . reviews.jsonl`. In pandas:
`pd.read_json("reviews.jsonl", lines=True)`.
"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of the archive."""

    name: str
    model: type[Model]
    columns: tuple[str, ...]
    beside: Mapping[str, Combinable] = field(default_factory=dict)

    def rows(self) -> QuerySet[Any, dict[str, Any]]:
        """The current brand's rows."""
        own = {"pk": current_brand()} if self.model is Brand else {"brand": current_brand()}
        values: QuerySet[Any, dict[str, Any]] = self.model._default_manager.filter(**own).values(  # noqa: SLF001  # Django's public name
            "pk", *self.columns, **{f"beside_{name}": value for name, value in self.beside.items()}
        )
        return values

    def plain(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row as it goes out."""
        return {name: row[name] for name in self.columns} | {name: row[f"beside_{name}"] for name in self.beside}


def parts(*, as_written: bool) -> list[Part]:
    """All files of an archive, by name."""
    models: list[type[Model]] = [Brand, AuditEntry, *(model for model in brand_models() if model not in COMPUTED)]
    return sorted((_part(model, as_written) for model in models), key=lambda part: part.name)


def _part(model: type[Model], as_written: bool) -> Part:
    left_out = LEFT_OUT.get(model, frozenset()) - ({"as_written"} if as_written else set()) | {"brand_id"}
    columns = tuple(one.attname for one in model._meta.concrete_fields if one.attname not in left_out)
    return Part(name=f"{_name(model)}.jsonl", model=model, columns=columns, beside=BESIDE.get(model, {}))


def _name(model: type[Model]) -> str:
    """Plural, with hyphens: RejectedRow → rejected-rows."""
    if known := NAMES.get(model._meta.db_table):
        return known
    words = "".join(f"-{char.lower()}" if char.isupper() else char for char in model.__name__).strip("-")
    return (
        words[:-1] + "ies"
        if words.endswith("y") and words[-2:-1] not in "aeiou"
        else words + ("es" if words.endswith(("s", "x")) else "s")
    )
