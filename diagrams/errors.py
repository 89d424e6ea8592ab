"""What can go wrong when something is drawn."""

from ..patterns.errors import AnalysisPatternsError


class TargetError(AnalysisPatternsError):
    """What should be drawn cannot be found, loaded, or holds nothing to draw."""


class HintError(AnalysisPatternsError):
    """A model says something about its own figure that cannot be read."""


class EngineError(AnalysisPatternsError):
    """The layout engine is missing, or failed."""


class UnsafePictureError(AnalysisPatternsError):
    """A picture holds something that a browser might run or fetch; it is not handed out."""


class DocumentError(AnalysisPatternsError):
    """What should be a picture or a model, written as JSON, is none, or one of another version."""


class OutputError(AnalysisPatternsError):
    """What was drawn cannot be put where it was asked for; what was there is as before."""
