"""Which files of content/ hold dated rows, and what reads each."""

from collections.abc import Callable, Mapping
from pathlib import Path

from flows.check_facts import (
    ClosedDestination,
    RedFlag,
    Way,
    load_destinations,
    load_red_flags,
    load_ways,
)
from flows.departure_facts import Cost, Document, load_costs, load_documents

Fact = RedFlag | ClosedDestination | Way | Document | Cost

LOADERS: Mapping[str, Callable[[Path], tuple[Fact, ...]]] = {
    "red_flags.yaml": load_red_flags,
    "destinations.yaml": load_destinations,
    "ways.yaml": load_ways,
    "checklist.yaml": load_documents,
    "costs.yaml": load_costs,
}
"""File in content/ → what reads its rows."""
