"""Makes dataset versions. No row is copied: a version is a number, a count, and a hash over its reviews' leaves."""

from ideation.reviews.models import DatasetVersion, ReviewDataset
from ideation.reviews.querysets import leaves_of, reviews_in
from mlcore.merkle import merkle_root


def version_next(dataset: ReviewDataset) -> int:
    """The number of a dataset's next version. The dataset is locked until the transaction ends, so it stays free."""
    ReviewDataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    newest = DatasetVersion.objects.filter(dataset=dataset).first()
    return newest.number + 1 if newest else 1


def version_create(dataset: ReviewDataset, number: int) -> DatasetVersion:
    """Pins the dataset as it stands now, erased reviews by what is left of them."""
    made = DatasetVersion(dataset=dataset, number=number)
    made.reviews_count = reviews_in(made).count()
    made.root_sha256 = merkle_root(leaves_of(dataset.pk, number))
    made.save(force_insert=True)
    return made
