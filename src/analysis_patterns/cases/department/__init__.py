"""The senior posts of a department of state, as it published them at six dates (2.9)."""

from .case import run
from .loading import learned, load_publications
from .post import Establishment, Holder, SeniorPost
from .published import Publication, PublishedRow, published, read_publications
from .report import (
    Acceptance,
    Changes,
    acceptance,
    chain_above,
    changes,
    establishments,
    quarantined,
    reproduced,
    tops,
    vacant,
)
from .standing import Standing, standings
from .upload import Listing, QuarantinedRow, Refusal, Upload

__all__ = [
    "Acceptance",
    "Changes",
    "Establishment",
    "Holder",
    "Listing",
    "Publication",
    "PublishedRow",
    "QuarantinedRow",
    "Refusal",
    "SeniorPost",
    "Standing",
    "Upload",
    "acceptance",
    "chain_above",
    "changes",
    "establishments",
    "learned",
    "load_publications",
    "published",
    "quarantined",
    "read_publications",
    "reproduced",
    "run",
    "standings",
    "tops",
    "vacant",
]
