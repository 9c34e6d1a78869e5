"""mlcore's error sentences, said once more for translation: mlcore knows no Django, so it can't mark its own."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ML_SENTENCES: dict[str, str | Promise] = {}
