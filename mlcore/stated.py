"""The analysis of reviews with a language model that words the needs which the bank of themes does not know."""

from collections.abc import Iterator
from dataclasses import replace

from mlcore.analyse import analyse as analyse_plainly
from mlcore.backends import open_backend
from mlcore.events import Event
from mlcore.specs.analyse import Analysed, StatedAnalyseSpec
from mlcore.statements import statement_writer


def analyse(spec: StatedAnalyseSpec) -> Iterator[Event]:
    """As mlcore.analyse.analyse; a model's statement stands only where it passes the checks of mlcore.statements.

    Raises what opening the backend raises (InputError) before anything is read.
    """
    backend = open_backend(spec.backend)
    tuned = spec.backend.kind == "local" and spec.backend.adapter is not None
    for event in analyse_plainly(spec, statement_writer(backend, tuned=tuned, seed=spec.seed)):
        yield replace(event, tokens=backend.tokens) if isinstance(event, Analysed) else event
