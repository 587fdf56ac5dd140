"""What a check of the content has found."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """An error stops a release; a warning is shown to the editors."""

    severity: Literal["error", "warning"]
    file: str
    """The content file, or the name of the flow."""
    node: str
    problem: str

    def line(self) -> str:
        place = f"{self.file} {self.node}" if self.node else self.file
        return f"{self.severity} {place}: {self.problem}"


def error(file: str, node: str, problem: str) -> Finding:
    return Finding("error", file, node, problem)


def warning(file: str, node: str, problem: str) -> Finding:
    return Finding("warning", file, node, problem)
