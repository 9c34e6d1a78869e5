"""What customers judge, and how: 'battery: dies fast, negative', in English and Chinese, without torch.

Finding terms and the words that judge them is a chain (`tagger`), their polarity and category are linear models; all
are trained on sentences that were written for this project (`seed`), and anew on a brand's own labelled
sentences (`tune`).
"""

from mlcore.aspects.find import Aspect, aspects_of
from mlcore.aspects.lexicon import taxonomy

__all__ = ["Aspect", "aspects_of", "taxonomy"]
