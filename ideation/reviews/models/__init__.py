"""Datasets and their versions, where reviews come from, what became of each row, the reviews, and what finds them."""

from ideation.reviews.models.datasets import DatasetVersion as DatasetVersion
from ideation.reviews.models.datasets import ErasedReview as ErasedReview
from ideation.reviews.models.datasets import ReviewDataset as ReviewDataset
from ideation.reviews.models.datasets import salt_make as salt_make
from ideation.reviews.models.finding import DIMENSIONS as DIMENSIONS
from ideation.reviews.models.finding import ExportForm as ExportForm
from ideation.reviews.models.finding import ReviewExport as ReviewExport
from ideation.reviews.models.finding import ReviewVector as ReviewVector
from ideation.reviews.models.finding import ReviewWords as ReviewWords
from ideation.reviews.models.finding import SavedView as SavedView
from ideation.reviews.models.imports import DatasetImport as DatasetImport
from ideation.reviews.models.imports import DuplicateKind as DuplicateKind
from ideation.reviews.models.imports import DuplicateRow as DuplicateRow
from ideation.reviews.models.imports import RejectedRow as RejectedRow
from ideation.reviews.models.reviews import UNDATED as UNDATED
from ideation.reviews.models.reviews import Correction as Correction
from ideation.reviews.models.reviews import IgnoredName as IgnoredName
from ideation.reviews.models.reviews import Review as Review
from ideation.reviews.models.reviews import day as day
from ideation.reviews.models.sources import ReviewSource as ReviewSource
from ideation.reviews.models.sources import SourceKind as SourceKind
from ideation.reviews.models.sources import Upload as Upload
