"""Gunicorn's log, as quiet as the product's own: it writes down what breaks while an answer is being sent."""

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from ideation.base.traces import QuietFormatter


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Leaves out the messages of exceptions (gunicorn --logger-class)."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(QuietFormatter(self.error_fmt, self.datefmt))
