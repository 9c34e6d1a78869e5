"""What reviews call products that the catalogue doesn't know: most frequent first, each with the closest product."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ideation.catalog.models import Product, Project
from ideation.catalog.querysets import product_words
from ideation.reviews.models import IgnoredName
from ideation.reviews.services.matching import names_unmatched
from mlcore.closest import Closest
from mlcore.folding import folded, levelled


@dataclass(frozen=True, kw_only=True)
class UnmatchedName:
    """A name in all its spellings, by the commonest of them."""

    name: str
    reviews: int
    suggested: Product | None = None
    likeness: float = 0.0

    @property
    def percent(self) -> float:
        """How alike both names are, in percent."""
        return 100 * self.likeness


@dataclass(frozen=True, kw_only=True)
class Unmatched:
    """A project's unmatched names."""

    project: Project
    names: list[UnmatchedName]
    ignored: list[UnmatchedName]

    def __len__(self) -> int:
        return len(self.names)

    @property
    def reviews(self) -> int:
        """Reviews that have one of these names."""
        return sum(one.reviews for one in self.names)

    def suggested(self, names: Iterable[UnmatchedName]) -> list[UnmatchedName]:
        """These names with the product that each is closest to."""
        closest = Closest(product_words(self.project))
        guesses = [(one, closest.best(levelled(one.name))) for one in names]
        products = Product.objects.in_bulk([guess.owner for _one, guess in guesses if guess])
        return [
            replace(one, suggested=products.get(guess.owner), likeness=guess.score) if guess else one
            for one, guess in guesses
        ]


def unmatched(project: Project) -> Unmatched:
    """All names of products that reviews without a product have."""
    spellings: dict[str, Counter[str]] = {}
    for name, count in names_unmatched(project).items():
        spellings.setdefault(folded(name), Counter())[name] = count
    passed = set(IgnoredName.objects.filter(project=project).values_list("name", flat=True))
    names: list[UnmatchedName] = []
    ignored: list[UnmatchedName] = []
    for key, counts in spellings.items():
        one = UnmatchedName(name=max(counts, key=lambda name: (counts[name], name)), reviews=counts.total())
        (ignored if key[:200] in passed else names).append(one)
    return Unmatched(project=project, names=_most_first(names), ignored=_most_first(ignored))


def _most_first(names: list[UnmatchedName]) -> list[UnmatchedName]:
    return sorted(names, key=lambda one: (-one.reviews, one.name))
