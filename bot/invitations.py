"""An officer is invited anew: the same from the console and from the command line."""

from sqlalchemy import select

from bot import roster
from bot.effects import Effects
from bot.officers import contact_of, leader_ids, office_of, officers


def invite_anew(effects: Effects, officer_id: int) -> str:
    """Shut the old chat, account and sessions out at once; returns the code for the new chat.

    Whoever invites could enrol in that name: so the old chat and the office's leaders hear of it.
    """
    connection, now = effects.connection, effects.now
    effects.tell_officer(officer_id, "notice.invited_you")  # while the old chat is theirs
    roster.shut_out(connection, officer_id)
    code = roster.invite(connection, effects.service.ring, officer_id, now)
    roster.hand_over_orphans(connection, now)
    staff_no = connection.execute(
        select(officers.c.staff_no).where(officers.c.id == officer_id)
    ).scalar_one()
    office = office_of(connection, officer_id)
    for leader in leader_ids(connection, office, effects.service.today(now)):
        contact_id = contact_of(connection, leader)
        if contact_id is not None and leader != officer_id:
            effects.tell(contact_id, "notice.invited", {"staff_no": staff_no})
    return code
