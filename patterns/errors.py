"""The one root of every error that this library raises on purpose."""

__all__ = ["AnalysisPatternsError"]


class AnalysisPatternsError(Exception):
    """Anything that this library refuses; never a `ValueError`, which pydantic would swallow."""
