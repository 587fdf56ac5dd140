"""Answers that officers write often, ready to be changed before they are sent."""

CANNED = (
    "canned.received",
    "canned.more",
    "canned.safe",
    "canned.proof",
    "canned.passed_on",
)
"""At most five, in the order in which they are offered."""
