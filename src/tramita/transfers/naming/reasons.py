"""Why something of an application happened, or did not, where it is the platform's own word.

It is kept with what happened, in English, and put into the reader's language where it is shown.
"""

from typing import Final

from tramita.kit.languages.words import to_translate

# What is against accepting an offer by itself.
STANDS_ELSEWHERE: Final = to_translate("the application does not wait for an offer any more")
FORM_CHANGED: Final = to_translate("something else stands in the application by now")
NOT_MASTER: Final = to_translate("its tenant is not the master any more")
NOT_ON_THE_LIST: Final = to_translate("its agent is not on the list any more")
OF_ANOTHER: Final = to_translate("it is another agent’s")

# Why an act at 1C is not wanted any more.
NOT_UNDER_WAY: Final = to_translate("The application is not under way any more.")
STILL_UNDER_WAY: Final = to_translate("The application is under way after all.")
OFFICES_WORD: Final = to_translate("1C itself says how the payment stands.")
NOT_AWAITED: Final = to_translate("Nobody waits for it any more.")

# Why the platform has ended an application by itself.
TOO_LATE: Final = to_translate("its deadline has passed")
ONE_CHAT: Final = to_translate("its chat is another one’s, which has an application")
