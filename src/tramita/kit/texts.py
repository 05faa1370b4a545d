"""One rule for the text of people: names, streets, cities.

It is shown, printed and passed on to systems that do not know more than letters. What moves a
cursor, turns the direction of writing or cannot be seen has no place in it.
"""

from typing import Final

# ``$`` alone would let a line feed follow; ``(?!\n)`` says the same in every dialect.
WHOLE: Final = r"$(?!\n)"

# No control character, line or paragraph separator, mark or change of direction, invisible
# operator or byte order mark. The two joiners stay: some scripts spell names with them.
_UNSEEN: Final = r"\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"

# Something that can be seen, and nothing that cannot.
OF_PEOPLE: Final = rf"^(?=.*\S)[^{_UNSEEN}]*{WHOLE}"
