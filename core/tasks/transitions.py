"""Which act leads from which state to which, and who may do it (Quy chế 63, Điều 5.3, 6, 7; DOMAIN 9.1)."""

from dataclasses import dataclass
from enum import StrEnum

from core.tasks.tables import State


class Place(StrEnum):
    """What a person is to one task, on the day of the act."""

    CLERK = "clerk"  # văn thư
    APPROVER = "approver"  # Giám đốc, hoặc người được ủy quyền duyệt trong ngày
    DEPUTY = "deputy"  # Phó Giám đốc được chuyển chỉ đạo
    OFFICE = "office"  # Chánh Văn phòng
    HEAD = "head"  # trưởng phòng chủ trì
    HANDLER = "handler"  # người chủ trì xử lý
    CO_HANDLER = "co_handler"  # phòng, người phối hợp
    MAKER = "maker"  # người giao việc không văn bản


class Act(StrEnum):
    """What is done with a task."""

    SUBMIT = "submit"
    ASK_OFFICE = "ask_office"
    SUGGEST = "suggest"
    DEPUTE = "depute"
    RETURN = "return"
    TRANSFER = "transfer"
    ASSIGN = "assign"
    REDIRECT = "redirect"
    TAKE_BACK = "take_back"
    GIVE = "give"
    KEEP = "keep"
    SEND_BACK = "send_back"
    ACCEPT = "accept"
    REPORT = "report"
    ASK = "ask"
    DECIDE = "decide"
    FINISH = "finish"
    CONFIRM = "confirm"
    REJECT = "reject"
    REOPEN = "reopen"
    ANSWER = "answer"
    WAIVE = "waive"
    ADD_PART = "add_part"
    URGE = "urge"


ACT_NAMES = {
    Act.SUBMIT: "Trình lãnh đạo",
    Act.ASK_OFFICE: "Lấy đề xuất của Văn phòng",
    Act.SUGGEST: "Văn phòng đề xuất",
    Act.DEPUTE: "Kính chuyển Phó Giám đốc chỉ đạo",
    Act.RETURN: "Trả lại",
    Act.TRANSFER: "Chuyển thẳng",
    Act.ASSIGN: "Duyệt và giao xử lý",
    Act.REDIRECT: "Giao lại",
    Act.TAKE_BACK: "Lấy lại",
    Act.GIVE: "Phân công",
    Act.KEEP: "Trực tiếp xử lý",
    Act.SEND_BACK: "Trả lại nơi giao",
    Act.ACCEPT: "Nhận việc",
    Act.REPORT: "Báo tiến độ",
    Act.ASK: "Đề nghị",
    Act.DECIDE: "Trả lời đề nghị",
    Act.FINISH: "Báo hoàn thành",
    Act.CONFIRM: "Xác nhận hoàn thành",
    Act.REJECT: "Yêu cầu làm tiếp",
    Act.REOPEN: "Mở lại",
    Act.ANSWER: "Trả lời phối hợp",
    Act.WAIVE: "Thôi chờ phối hợp",
    Act.ADD_PART: "Thêm phối hợp, để biết",
    Act.URGE: "Đôn đốc",
}


@dataclass(frozen=True, slots=True)
class Move:
    """Where an act may lead, and from which places it may be done."""

    targets: frozenset[State]
    places: frozenset[Place]


def _move(targets: State | tuple[State, ...], *places: Place) -> Move:
    return Move(frozenset({targets} if isinstance(targets, State) else targets), frozenset(places))


# What is done with documents alone: a duty goes between who gave it and who has it.
OF_DOCUMENTS = frozenset({Act.SUBMIT, Act.ASK_OFFICE, Act.SUGGEST, Act.DEPUTE, Act.RETURN, Act.TRANSFER})
_ASSIGNED = (State.FILED, State.WITH_HEAD, State.GIVEN)
_OPEN = (State.WITH_HEAD, State.GIVEN, State.IN_PROGRESS, State.REPORTED)
_ABOVE = (State.SUBMITTED, State.DEPUTED)
_DIRECTING = (Place.APPROVER, Place.DEPUTY, Place.MAKER)

TRANSITIONS: dict[tuple[State, Act], Move] = {
    (State.RETURNED, Act.SUBMIT): _move(State.SUBMITTED, Place.CLERK),
    (State.SUBMITTED, Act.ASK_OFFICE): _move(State.SUGGESTING, Place.APPROVER),
    (State.SUBMITTED, Act.SUGGEST): _move(State.SUBMITTED, Place.OFFICE),
    (State.SUGGESTING, Act.SUGGEST): _move(State.SUBMITTED, Place.OFFICE),
    (State.SUBMITTED, Act.DEPUTE): _move(State.DEPUTED, Place.APPROVER),
    (State.SUBMITTED, Act.RETURN): _move(State.RETURNED, Place.APPROVER),
    (State.DEPUTED, Act.RETURN): _move(State.SUBMITTED, Place.DEPUTY),
    # The clerk who gives the số đến does it, as an order of the Director says (Điều 23.1 NĐ 30).
    (State.SUBMITTED, Act.TRANSFER): _move(_ASSIGNED, Place.CLERK),
    (State.SUBMITTED, Act.ASSIGN): _move(_ASSIGNED, Place.APPROVER, Place.MAKER),
    (State.SUGGESTING, Act.ASSIGN): _move(_ASSIGNED, Place.APPROVER),
    (State.DEPUTED, Act.ASSIGN): _move(_ASSIGNED, Place.APPROVER, Place.DEPUTY),
    **{(state, Act.REDIRECT): _move(_ASSIGNED, *_DIRECTING) for state in (*_OPEN, State.FILED)},
    (State.SUGGESTING, Act.TAKE_BACK): _move(State.SUBMITTED, Place.APPROVER),
    (State.DEPUTED, Act.TAKE_BACK): _move(State.SUBMITTED, Place.APPROVER),
    **{(state, Act.TAKE_BACK): _move(_ABOVE, *_DIRECTING) for state in _ASSIGNED},
    (State.WITH_HEAD, Act.GIVE): _move(State.GIVEN, Place.HEAD),
    (State.GIVEN, Act.GIVE): _move(State.GIVEN, Place.HEAD),
    (State.IN_PROGRESS, Act.GIVE): _move(State.GIVEN, Place.HEAD),
    (State.WITH_HEAD, Act.KEEP): _move(State.IN_PROGRESS, Place.HEAD),
    (State.GIVEN, Act.KEEP): _move(State.IN_PROGRESS, Place.HEAD),
    (State.WITH_HEAD, Act.SEND_BACK): _move(_ABOVE, Place.HEAD),
    (State.GIVEN, Act.SEND_BACK): _move((State.WITH_HEAD, *_ABOVE), Place.HANDLER),
    (State.IN_PROGRESS, Act.SEND_BACK): _move((State.WITH_HEAD, *_ABOVE), Place.HANDLER),
    (State.GIVEN, Act.ACCEPT): _move(State.IN_PROGRESS, Place.HANDLER),
    (State.IN_PROGRESS, Act.REPORT): _move(State.IN_PROGRESS, Place.HANDLER),
    (State.IN_PROGRESS, Act.ASK): _move(State.IN_PROGRESS, Place.HANDLER),
    (State.IN_PROGRESS, Act.DECIDE): _move(State.IN_PROGRESS, *_DIRECTING, Place.HEAD),
    (State.IN_PROGRESS, Act.FINISH): _move((State.REPORTED, State.DONE), Place.HANDLER),
    (State.REPORTED, Act.CONFIRM): _move(State.DONE, Place.HEAD, *_DIRECTING),
    (State.REPORTED, Act.REJECT): _move(State.IN_PROGRESS, Place.HEAD, *_DIRECTING),
    (State.DONE, Act.REOPEN): _move(State.IN_PROGRESS, Place.HEAD, *_DIRECTING),
    **{(state, Act.ANSWER): _move(state, Place.CO_HANDLER) for state in _OPEN},
    **{(state, Act.WAIVE): _move(state, Place.HANDLER, Place.HEAD, *_DIRECTING) for state in _OPEN},
    **{(state, Act.ADD_PART): _move(state, Place.HEAD, *_DIRECTING) for state in (*_OPEN, State.FILED)},
    **{(state, Act.URGE): _move(state, Place.HEAD, Place.OFFICE, *_DIRECTING) for state in _OPEN},
}
