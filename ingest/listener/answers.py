"""What the door answers: reply codes (RFC 5321 4.2, 2033 4.2) with enhanced status codes (RFC 3463).

The words end up in a sender's bounce. Replies are ASCII unless the client speaks SMTPUTF8, so the Vietnamese stands
without its marks.
"""

from core.arrivals import Excluded, Outcome

MAIL_OK = "250 2.1.0 OK"
RCPT_OK = "250 2.1.5 OK"
BEGIN = "354 End data with <CR><LF>.<CR><LF>"
TAKEN = "250 2.0.0 Da nhan thu"
REFUSED = "550 5.7.1 Thu thuoc loai khong duoc dua vao he thong nay; lien he van thu co quan"
TOO_LARGE = "552 5.3.4 Thu lon hon muc nhan cua may nay"
BAD_SIZE = "501 5.5.4 SIZE=so byte"
UNKNOWN_RECIPIENT = "550 5.1.1 Khong co hop thu nay o day"
TOO_MANY_RECIPIENTS = "452 4.5.3 Qua nhieu nguoi nhan trong mot thu"
NO_ROOM = "452 4.3.1 Vung dem thu dang day, gui lai sau"
TRY_AGAIN = "451 4.3.0 May chua ghi duoc thu, gui lai sau"
BUSY = "421 4.3.2 Qua nhieu ket noi, gui lai sau"
STOPPING = "421 4.3.2 May dang dung, gui lai sau"
TOO_SLOW = "421 4.4.2 Het thoi gian cho"
NOT_FROM_HERE = "554 5.7.1 Dia chi may gui khong duoc phep"


def answer_to(outcome: Outcome | None) -> str:
    """The reply for a letter with this outcome, whose rows are committed; None where they could not be.

    What is left out is nowhere kept, so its sender must hear of it; a held letter is stored, sealed.
    """
    if outcome is None:
        return TRY_AGAIN
    return REFUSED if isinstance(outcome, Excluded) else TAKEN
