"""Martin Fowler's analysis patterns as typed, persistent, explainable models."""

__version__ = "0.1.0"
