"""What each review gets at import, a batch at a time: its language, its length, suspicions, and a sketch by which a
text that is nearly the same is known.
"""

from mlcore.enrich.near import Near, near_duplicates
from mlcore.enrich.rows import enriched
from mlcore.enrich.sketch import packed, unpacked
from mlcore.enrich.suspicion import SUSPICIONS

__all__ = ["SUSPICIONS", "Near", "enriched", "near_duplicates", "packed", "unpacked"]
