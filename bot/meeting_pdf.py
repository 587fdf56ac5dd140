"""The report of a meeting as a page to print and file."""

from fpdf import FPDF

from bot.meeting_report import lines
from bot.picture_cards import FONTS, CannotDraw, missing
from flows.meeting_plan import MeetingReport


def pdf(report: MeetingReport, office: str) -> bytes:
    """One A4 page (more, if many questions were asked). Raises CannotDraw where the fonts are
    missing."""
    if problem := missing():
        raise CannotDraw(problem)
    page = FPDF(format="A4")
    page.set_title(report.meeting.plan.title)
    page.set_margin(20)
    page.set_auto_page_break(auto=True, margin=18)
    page.add_font("page", "", FONTS / "DejaVuSans.ttf")
    page.add_font("page", "B", FONTS / "DejaVuSans-Bold.ttf")
    page.add_page()
    page.set_font("page", "B", 15)
    page.multi_cell(0, 8, report.meeting.plan.title, new_x="LMARGIN", new_y="NEXT")
    page.set_font("page", "", 9)
    about = f"Laporan pertemuan {report.meeting.number}, {office}. Tanpa nama dan nomor siapa pun."
    page.multi_cell(0, 6, about, new_x="LMARGIN", new_y="NEXT")
    page.ln(3)
    for heading, text in lines(report):
        page.set_font("page", "B", 10)
        page.multi_cell(0, 5.5, heading, new_x="LMARGIN", new_y="NEXT")
        page.set_font("page", "", 10)
        page.multi_cell(0, 5.5, text, new_x="LMARGIN", new_y="NEXT")
        page.ln(1.5)
    return bytes(page.output())
