"""Texts that Mini Apps were opened with, and what they were signed with. No token is a real bot's."""

from typing import Final

TOKEN: Final = "1000001:TEST-TOKEN-NOT-A-REAL-BOT"
PUBLIC_TOKEN: Final = "42:TEST"

_BY_ANNA: Final = (
    "user=%7B%22id%22%3A700001%2C%22first_name%22%3A%22%D0%90%D0%BD%D0%BD%D0%B0%22%2C%22last_name%22"
    "%3A%22%D0%9A%22%2C%22username%22%3A%22client_anna%22%2C%22language_code%22%3A%22ru%22%7D"
)
_BY_IGOR: Final = (
    "user=%7B%22id%22%3A700900%2C%22first_name%22%3A%22%D0%98%D0%B3%D0%BE%D1%80%D1%8C%22%2C"
    "%22username%22%3A%22agent_igor%22%2C%22language_code%22%3A%22ru%22%7D"
)
_IN_A_GROUP: Final = (
    "&chat_instance=-4815162342108&chat_type=supergroup&start_param=c_8Qm2T4xVY0"
    "&auth_date=1767225600"
)
# A client, an agent, and a client whose application takes the group for a chat with the sender.
CLIENT: Final = (
    f"{_BY_ANNA}{_IN_A_GROUP}"
    "&signature=uTVGhTxkzNYHWDWGlG2cLa9tSfmVFqIdhLyObFD3t8saEVAcPfSDXnlNGw7XTj-v-gD6IAeJZ7p7uQ5XZI16Ag"
    "&hash=04cab79a4795dbacfca508eb5f682b6418d638a2d78d79a06996e6168537f7d3"
)
AGENT: Final = (
    f"{_BY_IGOR}{_IN_A_GROUP}"
    "&signature=djS5wluRzfZQDT2Om0VLVHyFU2IS-Ylw97mhc7kCIXzQ44o5MDxnZR3SI0P1RyMJSADWXV1O7N4RplbQGb0XDw"
    "&hash=a7a6b5f7f0e08d81447854c7f576eed06da65930f8a8f0e6191ebc19a0675401"
)
CONFUSED: Final = (
    "user=%7B%22id%22%3A700001%2C%22first_name%22%3A%22%D0%90%D0%BD%D0%BD%D0%B0%22%2C"
    "%22language_code%22%3A%22ru%22%7D&chat_instance=99887766&chat_type=sender"
    "&start_param=c_8Qm2T4xVY0&auth_date=1767225600"
    "&signature=xenNO8CLS61PlRWmnmIog4iL-HG9KkOtQAVbEVunc6Ec4SFOl0cvAXs7m4_qakddZMP18zTSp1uv2XMGPUi9Bg"
    "&hash=4f2163e4c79bf56596dee5461c6727421dbbb67efd9b1e1c0249261d087ad6e5"
)
# Published with tests of other libraries; the last is signed for others only, without a hash.
PLAIN: Final = (
    "auth_date=1650385342&user=%7B%22id%22%3A42%2C%22first_name%22%3A%22Test%22%7D&query_id=test"
    "&hash=46d2ea5e32911ec8d30999b56247654460c0d20949b6277af519e76271182803"
)
WITH_BLANKS: Final = (
    "auth_date=1650385342&user=%7B%22id%22%3A+%22123456789%22%2C+%22first_name%22%3A+"
    "%22PlaceholderFirstName%22%2C+%22last_name%22%3A+%22PlaceholderLastName+%5Cud83c%5Cuddfa"
    "%5Cud83c%5Cudde6%22%2C+%22username%22%3A+%22Latand%22%2C+%22language_code%22%3A+%22en%22%2C+"
    "%22is_premium%22%3A+%22true%22%2C+%22allows_write_to_pm%22%3A+%22true%22%7D&query_id=test"
    "&hash=b3c8b293f14ad0f7f0abcf769aea1209a72295d30a87eb0e74df855d32e53bfe"
)
FOR_OTHERS: Final = (
    "auth_date=1650385342&user=%7B%22id%22%3A42%2C%22first_name%22%3A%22Test%22%7D&query_id=test"
    "&signature=JQ0JR2tjC65yq_jNZV0wuJVX6J-SWPMV0mprUXG34g-NvxL4RcF1Rz5n4VVo00VRghEUBf5t___uoeb1-jU_Cw"
)
