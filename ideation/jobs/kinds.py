"""Which kinds of job there are, for which queue: rooms register the work itself in tasks.py, services name it."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of work."""

    queue: str
    """`cpu` or `gpu`."""
    title: str | Promise
    """What a person calls it."""
    capabilities: tuple[str, ...]
    """What starting it, stopping it and trying it again needs."""
    noted: bool = True
    """Whether the audit tells that somebody has started it; what follows from their other work is no news."""


QUEUES: Final = ("cpu", "gpu")

KINDS: Final[dict[str, Kind]] = {
    "dataset_import": Kind(queue="cpu", title=_("Import reviews"), capabilities=("import_reviews",)),
    "reviews_fetch": Kind(queue="cpu", title=_("Fetch reviews"), capabilities=("import_reviews",)),
    "reviews_index": Kind(queue="cpu", title=_("Make reviews findable"), capabilities=("import_reviews",), noted=False),
    "reviews_export": Kind(queue="cpu", title=_("Export reviews"), capabilities=("run_analysis",)),
    "reviews_analyse": Kind(queue="cpu", title=_("Find needs"), capabilities=("run_analysis",)),
    "sentiment_tune": Kind(queue="cpu", title=_("Learn sentiment from stars"), capabilities=("run_analysis",)),
    "model_train": Kind(queue="gpu", title=_("Tune the language model"), capabilities=("train_models",)),
    "concepts_write": Kind(queue="gpu", title=_("Write concepts"), capabilities=("write_concepts",)),
    "reviews_erase": Kind(queue="cpu", title=_("Erase reviews"), capabilities=("erase_reviews",)),
    "brand_export": Kind(queue="cpu", title=_("Export everything"), capabilities=("export_brand",)),
    "reviews_match": Kind(queue="cpu", title=_("Match reviews to products"), capabilities=("manage_projects",)),
    "version_verify": Kind(queue="cpu", title=_("Verify a dataset version"), capabilities=("import_reviews",)),
    "main_job": Kind(
        queue="cpu",
        title=_("From reviews to concepts"),
        capabilities=("import_reviews", "run_analysis", "train_models", "write_concepts"),
    ),
}

STEPS: Final[dict[str, str | Promise]] = {
    "waiting": _("Waiting for a worker"),
    "reading": _("Reading"),
    "importing": _("Importing reviews"),
    "fetching": _("Fetching the file"),
    "looking": _("Looking at the file"),
    "sentences": _("Splitting sentences"),
    "embedding": _("Understanding sentences"),
    "learning": _("Learning from the stars"),
    "aspects": _("Finding what is judged, and how"),
    "sentiment": _("Reading the mood"),
    "grouping": _("Grouping into needs"),
    "stating": _("Writing needs down"),
    "saving": _("Saving"),
    "loading_model": _("Loading the language model"),
    "reading_corpus": _("Preparing the reviews for tuning"),
    "training": _("Tuning on your reviews"),
    "saving_model": _("Saving the model"),
    "measuring_base": _("Measuring the untuned model"),
    "measuring_tuned": _("Measuring the tuned model"),
    "features": _("Thinking of features"),
    "briefing": _("Writing the brief"),
    "writing": _("Writing concepts"),
    "exporting": _("Writing the archive"),
    "matching": _("Giving reviews their products"),
    "verifying": _("Computing hashes anew"),
    "indexing": _("Noting words"),
    "understanding": _("Understanding reviews"),
    "writing_file": _("Writing the file"),
    "import": _("Import reviews"),
    "needs": _("Find needs"),
    "model": _("Tune the language model"),
    "concepts": _("Write concepts"),
}
"""Step codes of work and what a person reads."""

UNITS: Final[dict[str, str | Promise]] = {
    "rows": _("rows"),
    "bytes": _("bytes"),
    "reviews": _("reviews"),
    "sentences": _("sentences"),
    "texts": _("texts"),
    "tokens": _("tokens"),
    "steps": _("steps"),
    "needs": _("needs"),
    "concepts": _("concepts"),
    "parts": _("parts"),
    "stage": _("stages"),
    "files": _("files"),
}
