"""Files of reviews in any usual form (CSV, JSON, Parquet, workbooks; packed or not): recognised, then read in
batches.
"""

import os

# Blocks are small: a second thread costs more than it brings, and readers stand side by side. polars looks once.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

from mlcore.reviewfiles.events import ROWS, Batch, ReadDone, Recognised, Rejected
from mlcore.reviewfiles.plain import read_reviews
from mlcore.reviewfiles.reading import read
from mlcore.reviewfiles.recognition import recognise, recognising

__all__ = ["ROWS", "Batch", "ReadDone", "Recognised", "Rejected", "read", "read_reviews", "recognise", "recognising"]
