"""WhatsApp's templates as if Meta had approved them."""

from bot import templates
from bot.service import Service
from flows.templates import by_use, shipped_templates
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio_templates import Approval


def approve(service: Service, *uses: str, status: str = "approved") -> dict[str, str]:
    """What the use's template may do from now on; use → its Content SID."""
    sids = {}
    with service.database.write() as connection:
        for use in uses:
            template = by_use(shipped_templates(), use)
            assert template is not None, use
            sids[use] = "HX" + template.fingerprint.rjust(32, "0")
            state = {
                "name": template.name, "content_sid": sids[use], "status": status,
                "category": template.category, "reason": "", "fingerprint": template.fingerprint,
            }  # fmt: skip
            templates.keep(connection, service.database, state, service.clock.now())
    return sids


def register(service: Service, twilio: FakeTwilio, *uses: str) -> dict[str, str]:
    """The same, and the provider has them too."""
    sids = approve(service, *uses)
    for use, sid in sids.items():
        template = by_use(shipped_templates(), use)
        assert template is not None, use
        types = {"twilio/text": {"body": template.body}}
        twilio.contents[sid] = {"language": "id", "types": types, "moment": ""}
        name, category = template.registered_name, template.category
        twilio.templates.approvals[sid] = Approval(name, category, "approved")
    return sids
