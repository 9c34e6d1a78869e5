"""Where text is written: every backend takes prompts and gives continuations, whatever model stands behind it."""

from typing import Protocol

from mlcore.backends.endpoint import EndpointBackend
from mlcore.backends.local import LocalBackend
from mlcore.specs.generate import BackendSpec


class Backend(Protocol):
    """A language model that continues prompts."""

    @property
    def name(self) -> str:
        """The model's name, to be kept beside what it wrote."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages it writes well."""
        ...

    @property
    def tokens(self) -> int:
        """Tokens written so far, over all calls."""
        ...

    def complete(
        self, prompts: list[str], *, max_tokens: int, stop: list[str], temperature: float, top_p: float, seed: int
    ) -> list[str]:
        """One continuation a prompt, in order, without the prompt and the stop string."""
        ...


def open_backend(spec: BackendSpec) -> Backend:
    """Opens the backend: loads a local model (seconds), or prepares a connection without calling it yet."""
    return LocalBackend(spec) if spec.kind == "local" else EndpointBackend(spec)
